import { asFailure, type ApiFailure } from '../api/failure';
import { newKey } from '../api/idempotency';

/** How far an attempt to change something is. */
export type AttemptState = { at: 'idle' } | { at: 'busy' } | { at: 'failed'; failure: ApiFailure };

/** Something that a person tries to do. Tried again it is the same attempt, under the same key. */
export class Attempt {
  #state = $state.raw<AttemptState>({ at: 'idle' });
  #key = newKey();

  get state(): AttemptState {
    return this.#state;
  }

  get busy(): boolean {
    return this.#state.at === 'busy';
  }

  get failure(): ApiFailure | undefined {
    return this.#state.at === 'failed' ? this.#state.failure : undefined;
  }

  /** Does it; `undefined` when it failed, and `state` says why. While it runs, nothing else does. */
  async run<R>(work: (key: string) => Promise<R>): Promise<{ done: R } | undefined> {
    if (this.busy) return undefined;
    this.#state = { at: 'busy' };
    try {
      const done = await work(this.#key);
      this.#key = newKey();
      this.#state = { at: 'idle' };
      return { done };
    } catch (thrown) {
      const failure = asFailure(thrown);
      // What was refused will be another request; only what got lost is the same one.
      if (failure.kind === 'refused' || failure.kind === 'conflict') this.#key = newKey();
      this.#state = { at: 'failed', failure };
      return undefined;
    }
  }

  /** Forgets a failure. */
  clear(): void {
    if (!this.busy) this.#state = { at: 'idle' };
  }
}
