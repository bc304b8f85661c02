import { expect, test, vi } from 'vitest';
import { scan } from '../testing/fixtures';
import { Http } from './http';
import { PassportApi } from './passport-api';

test('the scan recorded a moment ago is not asked for again, later it is', async () => {
  const send = vi.fn<typeof fetch>(() => Promise.resolve(Response.json(scan)));
  const passports = new PassportApi(new Http(send));

  await passports.record('9520123456788', 'k1');
  expect(await passports.scan(scan.scan_id)).toEqual(scan);
  expect(send).toHaveBeenCalledTimes(1);

  await passports.scan(scan.scan_id);
  expect(send.mock.calls[1]?.[0]).toBe(`/api/v1/scans/${scan.scan_id}`);
});

test('another scan is asked for', async () => {
  const send = vi.fn<typeof fetch>(() => Promise.resolve(Response.json(scan)));
  const passports = new PassportApi(new Http(send));
  await passports.record('9520123456788', 'k1');
  await passports.scan('another');
  expect(send.mock.calls[1]?.[0]).toBe('/api/v1/scans/another');
});
