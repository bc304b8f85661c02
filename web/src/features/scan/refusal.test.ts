import { expect, test } from 'vitest';
import { ApiFailure } from '../../api/failure';
import { invalidCode, unavailable } from '../../testing/fixtures';
import { mark, refusalOf } from './refusal';

test('a refused code has its reason and its place', () => {
  expect(refusalOf(new ApiFailure('refused', invalidCode))).toEqual({
    kind: 'invalid_check_digit',
    position: 12,
  });
});

test('a refusal without a reason is one too', () => {
  expect(refusalOf(new ApiFailure('refused'))).toEqual({ kind: 'other', position: undefined });
});

test('a failure that is not about the code is no refusal', () => {
  expect(refusalOf(new ApiFailure('unavailable', unavailable))).toBeUndefined();
});

test('the place is a byte offset', () => {
  expect(mark('12345', 4)).toEqual({ before: '1234', at: '5', after: '' });
  expect(mark('é🍏x', 2)).toEqual({ before: 'é', at: '🍏', after: 'x' });
});

test('control characters are shown', () => {
  expect(mark('10L1\u001d99', 4)).toEqual({ before: '10L1', at: '␝', after: '99' });
});

test('a place behind the end is none', () => {
  expect(mark('123', 3)).toBeUndefined();
});
