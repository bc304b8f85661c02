// The rule of release.config.mjs, as semantic-release itself applies it.
import { test } from "node:test";
import assert from "node:assert/strict";
import { analyzeCommits } from "@semantic-release/commit-analyzer";
import { analysis } from "./release.config.mjs";

const release = (...messages) =>
  analyzeCommits(analysis, {
    cwd: import.meta.dirname,
    logger: { log() {} },
    commits: messages.map((message, hash) => ({ message, hash: String(hash) })),
  });

test("a change of what runs is a patch", async () => {
  assert.equal(await release("passport: refuse a second open passport per GTIN"), "patch");
  assert.equal(await release("passport, docs: the lot is shown as it stands"), "patch");
  assert.equal(await release("docs, web: a button says what it does"), "patch");
});

test("a plus is something new, and an exclamation mark breaks", async () => {
  assert.equal(await release("fridge+: a shelf has a name"), "minor");
  assert.equal(await release("contracts!: a scan's `place` is gone"), "major");
  assert.equal(await release("web: new words\n\nBREAKING CHANGE: the old address is gone"), "major");
});

test("what only we see releases nothing", async () => {
  for (const area of ["docs", "bench", "end-to-end", "tests", "workflows"]) {
    assert.equal(await release(`${area}: something`), null);
  }
  assert.equal(await release("Merge branch 'web'"), null);
});

test("a new word in the documentation alone may still be marked", async () => {
  assert.equal(await release("docs+: an operator's guide"), "minor");
});

test("the highest of several decides", async () => {
  assert.equal(await release("docs: a page", "web: a fix", "fridge+: a shelf", "web: another"), "minor");
});
