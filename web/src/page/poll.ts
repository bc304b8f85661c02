/** How often something is asked again, in milliseconds. */
const pause = 1000;

/**
 * Asks again and again until it is over or nobody looks any more. `told` hears every answer.
 */
export async function poll<T>(
  ask: () => Promise<T>,
  isOver: (answer: T) => boolean,
  told: (answer: T) => void,
  signal: AbortSignal,
  wait: (milliseconds: number) => Promise<void> = (ms) => new Promise((done) => setTimeout(done, ms)),
): Promise<T | undefined> {
  while (!signal.aborted) {
    const answer = await ask();
    told(answer);
    if (isOver(answer)) return answer;
    await wait(pause);
  }
  return undefined;
}
