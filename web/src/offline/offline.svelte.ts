import { asFailure } from '../api/failure';
import type { FridgeApi } from '../api/fridge-api';
import type { ProfileApi } from '../api/profile-api';
import { newKey } from '../api/idempotency';
import type { FridgeItem, Passport } from '../api/types';
import type { Kept, Queued, Store } from './store';

/** A value, and whether it is what the device kept because the server could not be asked. */
export interface Remembered<T> {
  value: T;
  stale: boolean;
}

/** What somebody does to an item, before it has its place in the queue. */
export type Deed =
  | { kind: 'consume'; item_id: string; request: Extract<Queued, { kind: 'consume' }>['request'] }
  | { kind: 'discard'; item_id: string; request: Extract<Queued, { kind: 'discard' }>['request'] };

/** Makes the app useful without a network: keeps what was seen, and sends later what was done. */
export class Offline {
  #waiting = $state(0);
  #sending: Promise<void> | undefined;

  constructor(
    private readonly store: Pick<Store, keyof Store>,
    private readonly fridge: Pick<FridgeApi, 'consume' | 'discard'>,
  ) {}

  /** How many deeds wait for the network. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Asks, and keeps the answer; without a network gives what was kept. */
  async remember<K extends keyof Kept>(what: K, ask: () => Promise<Kept[K]>): Promise<Remembered<Kept[K]>> {
    try {
      const value = await ask();
      await quietly(this.store.keep(what, value));
      return { value, stale: false };
    } catch (thrown) {
      const kept = isAway(thrown) ? await quietly(this.store.kept(what)) : undefined;
      if (kept === undefined) throw thrown;
      return { value: kept, stale: true };
    }
  }

  /** The same of one passport. */
  async passport(gtin: string, ask: () => Promise<Passport>): Promise<Remembered<Passport>> {
    try {
      const value = await ask();
      await quietly(this.store.keepPassport(value));
      return { value, stale: false };
    } catch (thrown) {
      const kept = isAway(thrown) ? await quietly(this.store.passport(gtin.padStart(14, '0'))) : undefined;
      if (kept === undefined) throw thrown;
      return { value: kept, stale: true };
    }
  }

  /** Keeps something beside, where it was asked for anyway. */
  async keep<K extends keyof Kept>(what: K, value: Kept[K]): Promise<void> {
    await quietly(this.store.keep(what, value));
  }

  /** Keeps a passport that came with a scan. */
  async keepPassport(passport: Passport): Promise<void> {
    await quietly(this.store.keepPassport(passport));
  }

  /** What was kept. */
  async kept<K extends keyof Kept>(what: K): Promise<Kept[K] | undefined> {
    return quietly(this.store.kept(what));
  }

  /**
   * Does it at the server; without a network puts it into the queue, and then there is no answer. It is
   * in the queue before it is sent, so that neither a crash nor a lost answer loses or doubles it.
   */
  async act(deed: Deed): Promise<FridgeItem | undefined> {
    const queued: Queued = { ...deed, key: newKey() };
    await this.store.enqueue(queued);
    const place = (await this.store.queue()).find(([, one]) => one.key === queued.key)?.[0] ?? 0;
    try {
      const item = await this.#send(queued);
      await this.store.dequeue(place);
      return item;
    } catch (thrown) {
      if (!isAway(thrown)) {
        await this.store.dequeue(place);
        throw thrown;
      }
      await this.#count();
      return undefined;
    }
  }

  /** Sends what waits, one after the other; what the server refuses is done with too. */
  flush(): Promise<void> {
    this.#sending ??= this.#flush().finally(() => (this.#sending = undefined));
    return this.#sending;
  }

  /** Keeps the profiles and the rules that a verdict on this device takes. Without consent there is nothing to keep. */
  async prepare(profiles: Pick<ProfileApi, 'own' | 'members' | 'ruleSets' | 'ruleSet'>): Promise<void> {
    try {
      const [own, members, { items }] = await Promise.all([
        profiles.own(),
        profiles.members(),
        profiles.ruleSets(),
      ]);
      await this.keep('profiles', [own, ...members.items]);
      const [newest] = items;
      const kept = await this.kept('rules');
      if (newest && kept?.hash !== newest.hash)
        await this.keep('rules', await profiles.ruleSet(newest.version));
    } catch {
      // Nobody asked for it: it is tried again the next time.
    }
  }

  /** Forgets everything that this device keeps of the person. */
  async forget(): Promise<void> {
    await quietly(this.store.clear());
    this.#waiting = 0;
  }

  async #flush(): Promise<void> {
    try {
      for (const [place, queued] of await this.store.queue()) {
        try {
          await this.#send(queued);
        } catch (thrown) {
          const { kind } = asFailure(thrown);
          // Signed out or still busy: the person's deed waits on. Gone or refused: nothing would change it.
          if (isAway(thrown) || kind === 'busy' || kind === 'signed_out' || kind === 'unexpected') break;
        }
        await this.store.dequeue(place);
      }
    } finally {
      await this.#count();
    }
  }

  #send(queued: Queued): Promise<FridgeItem> {
    return queued.kind === 'consume'
      ? this.fridge.consume(queued.item_id, queued.request, queued.key)
      : this.fridge.discard(queued.item_id, queued.request, queued.key);
  }

  async #count(): Promise<void> {
    this.#waiting = (await quietly(this.store.queue()))?.length ?? 0;
  }
}

/** Whether it failed because nobody could be reached. */
function isAway(thrown: unknown): boolean {
  const { kind } = asFailure(thrown);
  return kind === 'offline' || kind === 'unavailable';
}

/** Storage may be forbidden or full: then the app works as long as the network does. */
async function quietly<R>(work: Promise<R>): Promise<R | undefined> {
  try {
    return await work;
  } catch {
    return undefined;
  }
}
