import { expect, test, vi } from 'vitest';
import { unavailable } from '../testing/fixtures';
import { ApiFailure, asFailure } from './failure';
import { Http } from './http';
import type { GetProductData, Passport, RecordScanData, Scan } from './types';

const problem = (status: number) =>
  new Response(JSON.stringify({ ...unavailable, status }), {
    status,
    headers: { 'Content-Type': 'application/problem+json' },
  });

async function failureOf(answer: () => Promise<Response>): Promise<ApiFailure> {
  const http = new Http(answer);
  const gone = await http
    .get<GetProductData, Passport>('/api/v1/products/{gtin}', { gtin: '1' })
    .catch(asFailure);
  if (!(gone instanceof ApiFailure)) throw new Error('that was an answer');
  return gone;
}

test('values are written into the path, encoded', async () => {
  const send = vi.fn<typeof fetch>().mockResolvedValue(Response.json({ gtin: 'x' }));
  const answer = await new Http(send).get<GetProductData, Passport>('/api/v1/products/{gtin}', {
    gtin: 'a/b?',
  });
  expect(send.mock.calls[0]?.[0]).toBe('/api/v1/products/a%2Fb%3F');
  expect(answer).toEqual({ gtin: 'x' });
});

test('a post carries its body as JSON and its idempotency key', async () => {
  const send = vi.fn<typeof fetch>().mockResolvedValue(Response.json({}, { status: 201 }));
  await new Http(send).post<RecordScanData, Scan>('/api/v1/scans', { code: '01\u001d' }, { key: 'k1' });
  const init = send.mock.calls[0]?.[1];
  expect(init?.method).toBe('POST');
  expect(new Headers(init?.headers).get('Idempotency-Key')).toBe('k1');
  expect(init?.body).toBe('{"code":"01\\u001d"}');
});

test.each([
  [400, 'refused'],
  [404, 'not_found'],
  [409, 'busy'],
  [422, 'refused'],
  [429, 'busy'],
  [500, 'unexpected'],
  [502, 'unavailable'],
  [503, 'unavailable'],
  [504, 'unavailable'],
])('status %i is %s, with what the server said', async (status, kind) => {
  const failure = await failureOf(() => Promise.resolve(problem(status)));
  expect(failure.kind).toBe(kind);
  expect(failure.problem?.request_id).toBe(unavailable.request_id);
});

test('an answer that is no problem document has no words of ours', async () => {
  const failure = await failureOf(() => Promise.resolve(new Response('<html>', { status: 502 })));
  expect(failure.problem).toBeUndefined();
});

test('a success that is not JSON is unexpected', async () => {
  expect((await failureOf(() => Promise.resolve(new Response('<html>')))).kind).toBe('unexpected');
});

test('no answer is offline or unavailable, as the browser knows', async () => {
  const lost = () => Promise.reject(new TypeError('Failed to fetch'));
  expect((await failureOf(lost)).kind).toBe('unavailable');
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
  expect((await failureOf(lost)).kind).toBe('offline');
});
