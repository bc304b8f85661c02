/** The pack in the person's hand: what its code says, and what follows from it. */

import type { Identifier, Recall } from '../../api/types';

/** What a code says beside the product itself. */
export type Pack = Partial<Omit<Identifier, 'gtin'>>;

/**
 * Reads the query of a passport's address, for when there is no scan to ask for: the Application
 * Identifiers of a Digital Link (`10`, `15`, `17`, `21`) or their names (`lot`, `best_before` …).
 */
export function fromQuery(query: URLSearchParams, today: string): Pack {
  const read: Pack = {
    use_by: isoDay(query.get('use_by')) ?? gs1Day(query.get('17'), today),
    best_before: isoDay(query.get('best_before')) ?? gs1Day(query.get('15'), today),
    lot: query.get('lot') ?? query.get('10') ?? undefined,
    serial: query.get('serial') ?? query.get('21') ?? undefined,
  };
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined));
}

function isoDay(text: string | null): string | undefined {
  return text !== null && /^\d{4}-\d{2}-\d{2}$/.test(text) && exists(text) ? text : undefined;
}

/** `YYMMDD` as in GS1 General Specifications 7.12: the nearest century, day 00 is the month's last. */
function gs1Day(text: string | null, today: string): string | undefined {
  const [, yy, month, dd] = /^(\d{2})(\d{2})(\d{2})$/.exec(text ?? '') ?? [];
  if (yy === undefined || month === undefined || dd === undefined) return undefined;

  const now = Number(today.slice(0, 4));
  const ahead = Number(yy) - (now % 100);
  const century = now - (now % 100) + (ahead >= 51 ? -100 : ahead <= -50 ? 100 : 0);
  const year = String(century + Number(yy));
  const day = dd === '00' ? lastDay(Number(year), Number(month)) : dd;
  return isoDay(`${year}-${month}-${day}`);
}

function lastDay(year: number, month: number): string {
  return String(new Date(Date.UTC(year, month, 0)).getUTCDate());
}

function exists(iso: string): boolean {
  const day = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(iso);
}

/** Whether the use-by day is over: food is good until the end of that day. */
export function isPastUseBy(pack: Pack, today: string): boolean {
  return pack.use_by !== undefined && pack.use_by < today;
}

/** What a recall says about a pack. Without the fact that would settle it, nobody can tell. */
export type Touch = 'affected' | 'not_affected' | 'cannot_tell';

/** Whether a recall touches the pack: both of its limits must fit, and one that does not settles it. */
export function touch(recall: Recall, pack: Pack): Touch {
  const limits = [touchOfLot(recall, pack), touchOfDate(recall, pack)];
  if (limits.includes('not_affected')) return 'not_affected';
  return limits.includes('cannot_tell') ? 'cannot_tell' : 'affected';
}

function touchOfLot({ lots }: Recall, { lot }: Pack): Touch {
  if (!lots) return 'affected';
  if (lot === undefined) return 'cannot_tell';
  return lots.includes(lot) ? 'affected' : 'not_affected';
}

function touchOfDate({ use_by: range }: Recall, { use_by: day }: Pack): Touch {
  const [first, last] = range ?? [];
  if (first === undefined || last === undefined) return 'affected';
  if (day === undefined) return 'cannot_tell';
  return first <= day && day <= last ? 'affected' : 'not_affected';
}
