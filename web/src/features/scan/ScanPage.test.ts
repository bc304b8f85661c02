import { fireEvent, screen } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';
import { ApiFailure } from '../../api/failure';
import type { Services } from '../../context';
import { invalidCode, scan, unavailable } from '../../testing/fixtures';
import { fakeServices, renderPage } from '../../testing/render-page';
import ScanPage from './ScanPage.svelte';

const field = () => screen.getByRole<HTMLInputElement>('textbox', { name: 'Code on the pack' });

async function open(record: Services['passports']['record']): Promise<Services> {
  const services = await fakeServices({ record });
  renderPage(ScanPage, services);
  return services;
}

async function submit(code: string): Promise<void> {
  await fireEvent.input(field(), { target: { value: code } });
  await fireEvent.submit(field());
}

test('ready: there is a field for the code', async () => {
  await open(() => Promise.resolve(scan));
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('What’s in the pack?');
  expect(field().getAttribute('aria-invalid')).toBe('false');
});

test('a code leads to the passport of its product, with its scan', async () => {
  const record = vi.fn().mockResolvedValue(scan);
  const { router } = await open(record);
  await submit(' 9520123456788 ');
  expect(record).toHaveBeenCalledWith('9520123456788', expect.stringMatching(/^[0-9a-f]{32}$/), undefined);
  await vi.waitFor(() =>
    expect(router.go).toHaveBeenCalledWith(`/p/${scan.identifier.gtin}?scan=${scan.scan_id}`),
  );
});

test('FNC1 inside an element string is sent as it is', async () => {
  const record = vi.fn().mockResolvedValue(scan);
  await open(record);
  await submit('010952012345678810L1\u001d17261130');
  expect(record).toHaveBeenCalledWith('010952012345678810L1\u001d17261130', expect.any(String), undefined);
});

test('loading: the button says so, and a second press does nothing', async () => {
  const record = vi.fn(() => new Promise<never>(() => undefined));
  await open(record);
  await submit('9520123456788');
  const button = screen.getByRole('button', { name: 'Reading the code …' });
  expect(button.getAttribute('aria-disabled')).toBe('true');
  await fireEvent.submit(field());
  expect(record).toHaveBeenCalledTimes(1);
});

test('empty: without a code nothing is sent', async () => {
  const record = vi.fn();
  await open(record);
  await submit('  ');
  expect(screen.getByText('Type the code first.').getAttribute('role')).toBe('alert');
  expect(record).not.toHaveBeenCalled();
});

test('refused: the reason and the place are shown, and the field has the focus', async () => {
  await open(() => Promise.reject(new ApiFailure('refused', invalidCode)));
  await submit('9520123456789');
  const reason = await screen.findByText(/The check digit is wrong/);
  expect(field().getAttribute('aria-describedby')).toContain(reason.id);
  expect(screen.getByText('9', { selector: 'mark' })).toBeTruthy();
  await vi.waitFor(() => expect(document.activeElement).toBe(field()));
});

test('failed: the same attempt is made again, so that it counts once', async () => {
  const record = vi
    .fn<Services['passports']['record']>()
    .mockRejectedValueOnce(new ApiFailure('unavailable', unavailable))
    .mockResolvedValueOnce(scan);
  const { router } = await open(record);
  await submit('9520123456788');
  expect(await screen.findByText('PackyTrace cannot answer right now')).toBeTruthy();
  expect(screen.getByText(unavailable.request_id)).toBeTruthy();

  await fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
  await fireEvent.submit(field());
  await vi.waitFor(() => expect(router.go).toHaveBeenCalled());
  const [first, second] = record.mock.calls.map(([, key]) => key);
  expect(second).toBe(first);
});

test('another code is another attempt', async () => {
  const record = vi.fn<Services['passports']['record']>().mockRejectedValue(new ApiFailure('offline'));
  await open(record);
  await submit('1');
  await screen.findByText('You are offline');
  await submit('2');
  await vi.waitFor(() => expect(record).toHaveBeenCalledTimes(2));
  const [first, second] = record.mock.calls.map(([, key]) => key);
  expect(second).not.toBe(first);
});
