import 'fake-indexeddb/auto';
import { expect, test, vi } from 'vitest';
import { ApiFailure } from '../api/failure';
import type { FridgeItem } from '../api/types';
import { granola } from '../testing/fixtures';
import { Offline } from './offline.svelte';
import { Store } from './store';

let databases = 0;
const store = () => new Store(`test-${++databases}`);
const item = { item_id: 'i1', last_event_id: 'e1' } as FridgeItem;
const away = () => Promise.reject<FridgeItem>(new ApiFailure('offline'));
const eat = { kind: 'consume', item_id: 'i1', request: {} } as const;

test('what was asked for is kept, and given when nobody can be asked', async () => {
  const offline = new Offline(store(), { consume: away, discard: away });
  await offline.remember('fridge', () => Promise.resolve([item]));
  const again = await offline.remember('fridge', () => Promise.reject(new ApiFailure('offline')));
  expect(again).toEqual({ value: [item], stale: true });
});

test('a refusal is no absence: nothing old is given for it', async () => {
  const offline = new Offline(store(), { consume: away, discard: away });
  await offline.remember('fridge', () => Promise.resolve([item]));
  const refused = offline.remember('fridge', () => Promise.reject(new ApiFailure('forbidden')));
  await expect(refused).rejects.toThrow('forbidden');
});

test('a deed without a network waits, and is sent once under the key that it had', async () => {
  const kept = store();
  const lost = vi.fn(away);
  const first = new Offline(kept, { consume: lost, discard: away });
  expect(await first.act(eat)).toBeUndefined();
  expect(first.waiting).toBe(1);

  // The page crashes; another one finds what waits.
  const sent = vi.fn(() => Promise.resolve(item));
  const second = new Offline(kept, { consume: sent, discard: away });
  await Promise.all([second.flush(), second.flush()]);
  await second.flush();
  expect(sent).toHaveBeenCalledTimes(1);
  expect(sent.mock.calls[0]).toEqual(lost.mock.calls[0]);
  expect(second.waiting).toBe(0);
});

test('what the server refuses is not kept', async () => {
  const kept = store();
  const conflict = () => Promise.reject<FridgeItem>(new ApiFailure('conflict'));
  const offline = new Offline(kept, { consume: conflict, discard: conflict });
  await expect(offline.act(eat)).rejects.toThrow('conflict');
  expect(await kept.queue()).toEqual([]);
});

test('a deed that waits outlives being signed out for a moment, and goes when the item is gone', async () => {
  const kept = store();
  const consume = vi.fn(away);
  const offline = new Offline(kept, { consume, discard: away });
  await offline.act(eat);
  consume.mockRejectedValueOnce(new ApiFailure('signed_out'));
  await offline.flush();
  expect(offline.waiting).toBe(1);
  consume.mockRejectedValueOnce(new ApiFailure('conflict'));
  await offline.flush();
  expect(offline.waiting).toBe(0);
});

test('at the end of a session everything is forgotten', async () => {
  const kept = store();
  const offline = new Offline(kept, { consume: away, discard: away });
  await offline.keepPassport(granola);
  await offline.act(eat);
  await offline.forget();
  expect(await kept.passport(granola.gtin)).toBeUndefined();
  expect(await kept.queue()).toEqual([]);
});
