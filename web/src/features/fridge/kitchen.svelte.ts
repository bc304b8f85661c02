import type { ConsumeRequest, DiscardRequest, FridgeItem } from '../../api/types';
import type { Services } from '../../context';

/** What is in the fridge, and whether it is what the device kept. */
export interface Content {
  items: FridgeItem[];
  stale: boolean;
}

/** What was done last, and can be taken back. */
export interface Done {
  kind: 'consume' | 'discard';
  item: FridgeItem;
  /** What an undo names; absent while it waits for the network. */
  eventId: string | undefined;
}

/** How items are grouped: what needs attention first. */
export const groups = ['recalled', 'past', 'soon', 'opened', 'later', 'undated', 'frozen'] as const;
export type Group = (typeof groups)[number];

/** Where an item stands. */
export function groupOf(item: FridgeItem): Group {
  if (item.recall_status === 'affected' || item.recall_status === 'cannot_tell') return 'recalled';
  if (item.frozen_at !== undefined) return 'frozen';
  if (item.state === 'past_use_by' || item.state === 'past_best_before') return 'past';
  if (item.state === 'soon' || item.state === 'today') return 'soon';
  if (item.opened_at !== undefined) return 'opened';
  return item.state === 'no_date' ? 'undated' : 'later';
}

/** The fridge: what is there, and what somebody does with it. */
export class Kitchen {
  #done = $state.raw<Done>();

  constructor(private readonly needs: Pick<Services, 'fridge' | 'offline'>) {}

  get done(): Done | undefined {
    return this.#done;
  }

  /** All of it; what was done while the network was away is sent before. */
  async load(): Promise<Content> {
    const { fridge, offline } = this.needs;
    await offline.flush();
    const { value, stale } = await offline.remember('fridge', async () => {
      const all: FridgeItem[] = [];
      let cursor: string | undefined;
      do {
        const page = await fridge.items(cursor);
        all.push(...page.items);
        cursor = page.next_cursor ?? undefined;
      } while (cursor !== undefined);
      return all;
    });
    return { items: value, stale };
  }

  consume(item: FridgeItem, request: ConsumeRequest): Promise<FridgeItem | undefined> {
    return this.#act(item, { kind: 'consume', item_id: item.item_id, request });
  }

  discard(item: FridgeItem, request: DiscardRequest): Promise<FridgeItem | undefined> {
    return this.#act(item, { kind: 'discard', item_id: item.item_id, request });
  }

  /** Takes back what was done last. */
  async undo(key: string): Promise<void> {
    const done = this.#done;
    if (done?.eventId === undefined) return;
    await this.needs.fridge.undo(done.item.item_id, done.eventId, key);
    this.#done = undefined;
  }

  async #act(item: FridgeItem, deed: Parameters<Services['offline']['act']>[0]) {
    const now = await this.needs.offline.act(deed);
    this.#done = { kind: deed.kind, item, eventId: now?.last_event_id };
    return now;
  }
}

/** The list after something was done: gone if nothing is left, else as it is now. */
export function after(
  items: readonly FridgeItem[],
  item: FridgeItem,
  now: FridgeItem | undefined,
): FridgeItem[] {
  const isGone = now === undefined || now.gone_at !== undefined || now.quantity.value === 0;
  return items.flatMap((one) => (one.item_id !== item.item_id ? [one] : isGone ? [] : [now]));
}
