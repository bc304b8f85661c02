// The interpreter says what the server says: the same product, profile and day, the same reasons in the
// same order. The vectors are written by personalization, whose interpreter is the law.

import { expect, test } from 'vitest';
import type { HealthProfile, Passport } from '../api/types';
import { judge, type Opinion } from './judge';
import type { Circumstances } from './interpret';
import { RuleSet, type Document } from './rule-set';

/** One file: cases of one rule set. A case is a product, a profile, a day, and what comes of it. */
interface Vectors {
  /** The rule set's version. */
  rules: string;
  cases: { name: string; passport: Passport; profile: HealthProfile; at: Circumstances; opinion: Opinion }[];
}

const rules = import.meta.glob<Document>('../../../functions/personalization/rules/*.json', {
  import: 'default',
  eager: true,
});
const vectors = import.meta.glob<Vectors>('../../../shared-contracts/verdict-vectors/*.json', {
  import: 'default',
  eager: true,
});
const sets = new Map(Object.values(rules).map((document) => [document.version, new RuleSet(document)]));
const cases = Object.values(vectors).flatMap((file) =>
  file.cases.map((one) => ({ ...one, rules: file.rules })),
);

test('a thousand cases differ in nothing', () => {
  expect(cases).toHaveLength(1000);
  const different = cases.filter(({ rules: version, passport, profile, at, opinion }) => {
    const set = sets.get(version);
    const own = set && judge(set, profile, passport, at);
    return JSON.stringify(sorted(own)) !== JSON.stringify(sorted(opinion));
  });
  expect(different.map(({ name }) => name)).toEqual([]);
});

/** The order of members says nothing; that of lists does. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, one]) => [name, sorted(one)]),
  );
}
