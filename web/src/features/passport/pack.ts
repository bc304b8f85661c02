/** The pack in the person's hand: what its code says, and what follows from it. */

import type { Identifier, Recall } from '../../api/types';

/** What a code says beside the product itself. */
export type Pack = Partial<Omit<Identifier, 'gtin'>>;

/**
 * Reads the query of a passport's address, for when there is no scan to ask for: the resolver leads
 * there with what the code said beyond the product, by Application Identifier.
 */
export function fromQuery(query: URLSearchParams, today: string): Pack {
  const read: Pack = {
    use_by: day(query.get('17'), today),
    best_before: day(query.get('15'), today),
    packed_on: day(query.get('13'), today),
    produced_on: day(query.get('11'), today),
    lot: query.get('10') ?? undefined,
    serial: query.get('21') ?? undefined,
    cpv: query.get('22') ?? undefined,
  };
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined));
}

/** `YYMMDD` as in GS1 General Specifications 7.12: the nearest century, day 00 is the month's last. */
function day(text: string | null, today: string): string | undefined {
  const [, yy, month, dd] = /^(\d{2})(\d{2})(\d{2})$/.exec(text ?? '') ?? [];
  if (yy === undefined || month === undefined || dd === undefined) return undefined;

  const now = Number(today.slice(0, 4));
  const ahead = Number(yy) - (now % 100);
  const century = now - (now % 100) + (ahead >= 51 ? -100 : ahead <= -50 ? 100 : 0);
  const year = String(century + Number(yy));
  const iso = `${year}-${month}-${dd === '00' ? lastDay(Number(year), Number(month)) : dd}`;
  return exists(iso) ? iso : undefined;
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
  if (!lots?.length) return 'affected';
  if (lot === undefined) return 'cannot_tell';
  return lots.includes(lot) ? 'affected' : 'not_affected';
}

function touchOfDate({ use_by: range }: Recall, { use_by: day }: Pack): Touch {
  const [first, last] = range ?? [];
  if (first === undefined || last === undefined) return 'affected';
  if (day === undefined) return 'cannot_tell';
  return first <= day && day <= last ? 'affected' : 'not_affected';
}
