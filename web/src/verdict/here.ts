/** A verdict without the server: the published rules, interpreted on this device. */

import type { Passport, Verdict } from '../api/types';
import type { Offline } from '../offline/offline.svelte';
import { judge } from './judge';
import { RuleSet, type Document } from './rule-set';

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
  { lot, use_by, best_before }: Pack,
  today: string,
): Promise<Verdict | undefined> {
  const [profiles, rules] = await Promise.all([offline.kept('profiles'), offline.kept('rules')]);
  const [own, ...members] = profiles ?? [];
  if (!own || !rules) return undefined;
  const { id, version, hash } = rules;
  // The contract describes a rule set as a whole; its schema describes it to the last member.
  const set = new RuleSet(rules as unknown as Document);
  const at = { on: today, lot, use_by, best_before };
  const others = members.map((member) => ({
    profile_id: member.profile_id,
    profile_version: member.version,
    ...judge(set, member, passport, at),
  }));
  return {
    status: 'available',
    ...judge(set, own, passport, at),
    rule_set: { id, version, hash },
    profile_version: own.version,
    passport_revision: passport.revision,
    ...(others.length > 0 ? { members: others } : {}),
  };
}
