/** What is asked of the worker: a frame of the camera, or a file that somebody chose. */
export interface Question {
  id: number;
  picture: ImageData | Blob;
}

/** What the worker read: nothing, or a code with its symbology identifier (`]Q1`). */
export interface Answer {
  id: number;
  code?: string;
  symbology?: string;
  /** The picture could not be looked at. */
  broken?: boolean;
}

/** A code that was read from a picture. */
export interface Reading {
  code: string;
  symbology: string | undefined;
}

/** Reads symbols in a worker, so that the page stays alive meanwhile. It is fetched for the first picture. */
export class Decoder {
  #worker: Worker | undefined;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #last = 0;

  constructor(
    private readonly start = () =>
      new Worker(new URL('./decode.worker.ts', import.meta.url), { type: 'module' }),
  ) {}

  /** What is in the picture; `undefined` if nothing can be read. Fails where it cannot be looked at. */
  async read(picture: ImageData | Blob): Promise<Reading | undefined> {
    const id = ++this.#last;
    const answer = await new Promise<Answer>((resolve) => {
      this.#waiting.set(id, resolve);
      const question: Question = { id, picture };
      this.#begun().postMessage(question);
    });
    if (answer.broken) throw new Error('the picture could not be looked at');
    return answer.code === undefined ? undefined : { code: answer.code, symbology: identifier(answer) };
  }

  /** Ends the worker. */
  stop(): void {
    this.#giveUp();
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  #begun(): Worker {
    if (this.#worker) return this.#worker;
    const worker = this.start();
    worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
      this.#waiting.get(data.id)?.(data);
      this.#waiting.delete(data.id);
    });
    worker.addEventListener('error', () => this.#giveUp());
    this.#worker = worker;
    return worker;
  }

  #giveUp(): void {
    for (const [id, resolve] of this.#waiting) resolve({ id, broken: true });
    this.#waiting.clear();
  }
}

/** The identifier of ISO/IEC 15424, where the reader gave one. */
function identifier({ symbology }: Answer): string | undefined {
  return symbology !== undefined && /^\][A-Za-z][0-9A-Za-z]$/.test(symbology) ? symbology : undefined;
}
