import { asFailure, type ApiFailure } from '../api/failure';

/** What a page shows of something that it asks for. Empty or not is for the page to say. */
export type Loaded<T> = { at: 'loading' } | { at: 'ready'; value: T } | { at: 'failed'; failure: ApiFailure };

/** Something that a page asks for. */
export class Resource<T> {
  #state = $state.raw<Loaded<T>>({ at: 'loading' });
  #latest = 0;

  constructor(private readonly ask: () => Promise<T>) {}

  get state(): Loaded<T> {
    return this.#state;
  }

  get value(): T | undefined {
    return this.#state.at === 'ready' ? this.#state.value : undefined;
  }

  /** Asks for it; again after a failure. What is there stays until the answer is. */
  async load(): Promise<void> {
    const turn = ++this.#latest;
    if (this.#state.at === 'failed') this.#state = { at: 'loading' };
    try {
      const value = await this.ask();
      if (turn === this.#latest) this.#state = { at: 'ready', value };
    } catch (thrown) {
      if (turn === this.#latest) this.#state = { at: 'failed', failure: asFailure(thrown) };
    }
  }

  /** What it is now, by the answer to a change. */
  set(value: T): void {
    this.#latest += 1;
    this.#state = { at: 'ready', value };
  }
}

/** A list that comes in pages. */
export interface Listed<T> {
  items: T[];
  next_cursor: string | null;
}

/** The list with its next page behind it. */
export async function more<T>(
  list: Listed<T>,
  ask: (cursor: string) => Promise<Listed<T>>,
): Promise<Listed<T>> {
  if (list.next_cursor === null) return list;
  const { items, next_cursor } = await ask(list.next_cursor);
  return { items: [...list.items, ...items], next_cursor };
}
