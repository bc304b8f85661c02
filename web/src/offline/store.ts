import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import type {
  ConsumeRequest,
  DiscardRequest,
  FridgeItem,
  KeptProfile,
  Passport,
  RuleSet,
  Scan,
} from '../api/types';

/** Something that a person did to an item of the fridge while the network was away. */
export type Queued = {
  /** The Idempotency-Key: however often it is sent, it counts once. */
  key: string;
  item_id: string;
} & ({ kind: 'consume'; request: ConsumeRequest } | { kind: 'discard'; request: DiscardRequest });

/** What is kept of the last time that the network was there. */
export interface Kept {
  scans: Scan[];
  fridge: FridgeItem[];
  profiles: KeptProfile[];
  rules: RuleSet;
}

interface Schema extends DBSchema {
  kept: { key: string; value: unknown };
  passports: { key: string; value: { passport: Passport; seen: number }; indexes: { seen: number } };
  queue: { key: number; value: Queued };
}

/** As many passports are kept. */
const most = 200;

/** What this device keeps: the person's own data, for when there is no network. Gone at sign-out. */
export class Store {
  #database: Promise<IDBPDatabase<Schema>> | undefined;

  constructor(
    private readonly name = 'packytrace',
    private readonly now = () => Date.now(),
  ) {}

  async keep<K extends keyof Kept>(what: K, value: Kept[K]): Promise<void> {
    await (await this.#open()).put('kept', value, what);
  }

  async kept<K extends keyof Kept>(what: K): Promise<Kept[K] | undefined> {
    return (await (await this.#open()).get('kept', what)) as Kept[K] | undefined;
  }

  async keepPassport(passport: Passport): Promise<void> {
    const database = await this.#open();
    await database.put('passports', { passport, seen: this.now() }, passport.gtin);
    const surplus = (await database.count('passports')) - most;
    if (surplus <= 0) return;
    const oldest = await database.getAllKeysFromIndex('passports', 'seen', null, surplus);
    await Promise.all(oldest.map((gtin) => database.delete('passports', gtin)));
  }

  async passport(gtin: string): Promise<Passport | undefined> {
    return (await (await this.#open()).get('passports', gtin))?.passport;
  }

  async enqueue(queued: Queued): Promise<void> {
    await (await this.#open()).add('queue', queued);
  }

  /** What waits to be sent, the oldest first, by its place. */
  async queue(): Promise<[place: number, queued: Queued][]> {
    const database = await this.#open();
    const [places, queued] = await Promise.all([database.getAllKeys('queue'), database.getAll('queue')]);
    return places.flatMap((place, nth) => (queued[nth] ? [[place, queued[nth]]] : []));
  }

  async dequeue(place: number): Promise<void> {
    await (await this.#open()).delete('queue', place);
  }

  /** Forgets everything. */
  async clear(): Promise<void> {
    const database = await this.#open();
    await Promise.all([database.clear('kept'), database.clear('passports'), database.clear('queue')]);
  }

  #open(): Promise<IDBPDatabase<Schema>> {
    this.#database ??= openDB<Schema>(this.name, 1, {
      upgrade(database) {
        database.createObjectStore('kept');
        database.createObjectStore('passports').createIndex('seen', 'seen');
        database.createObjectStore('queue', { autoIncrement: true });
      },
    });
    return this.#database;
  }
}
