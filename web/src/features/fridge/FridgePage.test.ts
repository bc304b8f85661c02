import { fireEvent, screen } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import { ApiFailure } from '../../api/failure';
import { milk, samples } from '../../testing/samples';
import { fakeServices, renderPage, type Told } from '../../testing/render-page';
import FridgePage from './FridgePage.svelte';

const fresh = { ...milk, state: 'fresh' as const, expires_on: '2026-11-30' };
const press = async (name: string) => fireEvent.click(await screen.findByRole('button', { name }));

async function open(fridge: NonNullable<Told['fridge']>): Promise<void> {
  renderPage(FridgePage, await fakeServices({ session: 'in', fridge }));
}

test('what is eaten is gone, and can be taken back', async () => {
  const undo = vi.fn().mockResolvedValue(fresh);
  const consume = vi
    .fn()
    .mockResolvedValue({ ...fresh, gone_at: '2026-11-22T10:00:00Z', last_event_id: 'e9' });
  await open({ items: () => Promise.resolve({ items: [fresh], next_cursor: null }), consume, undo });
  await press('Eaten: Milk');
  await screen.findByText('Eaten: Milk', { selector: 'p' });
  expect(screen.queryByRole('heading', { name: 'Milk' })).toBeNull();
  await press('Undo');
  expect(undo).toHaveBeenCalledWith(milk.item_id, 'e9', expect.any(String));
});

test('past its use-by date eating is asked for twice', async () => {
  const consume = vi.fn().mockResolvedValue({ ...milk, gone_at: '2026-11-22T10:00:00Z' });
  await open({ items: samples.fridge, consume });
  await press('Eaten: Milk');
  expect(await screen.findByText('It is past its use-by date')).toBeTruthy();
  expect(consume).not.toHaveBeenCalled();
  await press('Yes, it was eaten');
  await vi.waitFor(() => expect(consume.mock.calls[0]?.[1]).toEqual({ confirm: true }));
});

test('what is thrown away has a reason, the likely one first', async () => {
  const discard = vi.fn().mockResolvedValue({ ...milk, gone_at: '2026-11-22T10:00:00Z' });
  await open({ items: samples.fridge, discard });
  await press('Thrown away: Milk');
  await press('Thrown away: Milk');
  await vi.waitFor(() => expect(discard.mock.calls[0]?.[1]).toEqual({ reason: 'past_use_by' }));
});

test('without a network it waits', async () => {
  const consume = () => Promise.reject(new ApiFailure('offline'));
  await open({ items: () => Promise.resolve({ items: [fresh], next_cursor: null }), consume });
  await press('Eaten: Milk');
  expect(await screen.findByText('1 change waits for the network.')).toBeTruthy();
  expect(screen.getByText('It is sent when the network is back.')).toBeTruthy();
});

test('what another one ate meanwhile is said', async () => {
  const consume = () => Promise.reject(new ApiFailure('conflict'));
  await open({ items: () => Promise.resolve({ items: [fresh], next_cursor: null }), consume });
  await press('Eaten: Milk');
  expect(await screen.findByText('It is not there any more, or not so much of it.')).toBeTruthy();
});
