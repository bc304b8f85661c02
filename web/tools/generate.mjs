// Writes the API types of src/api/generated from the OpenAPI documents of ../shared-contracts.
// With --check it writes nothing, and fails when what is there is stale.

import { createClient } from '@hey-api/openapi-ts';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The documents whose operations the app calls. */
const documents = ['passport', 'passport-brand', 'identity', 'personalization', 'fridge', 'brand-analytics'];

const root = fileURLToPath(new URL('..', import.meta.url));
const generated = path.join(root, 'src/api/generated');

/**
 * @param {string} folder where the types go; emptied first
 */
async function generate(folder) {
  await rm(folder, { recursive: true, force: true });
  for (const name of documents) {
    await createClient({
      input: path.join(root, '../shared-contracts/openapi', `${name}.yaml`),
      output: { path: path.join(folder, name), entryFile: false },
      plugins: ['@hey-api/typescript'],
      logs: { level: 'silent' },
    });
  }
}

/**
 * @param {string} folder
 * @returns {Promise<Map<string, string>>} the text of each file below it
 */
async function texts(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  const pairs = files.map(
    async (file) => /** @type {const} */ ([path.relative(folder, file), await readFile(file, 'utf8')]),
  );
  return new Map((await Promise.all(pairs)).toSorted());
}

if (process.argv.includes('--check')) {
  const fresh = await mkdtemp(path.join(tmpdir(), 'packytrace-web-'));
  try {
    await generate(fresh);
    const [wanted, found] = await Promise.all([texts(fresh), texts(generated)]);
    if (JSON.stringify([...wanted]) !== JSON.stringify([...found])) {
      console.error('src/api/generated is stale: run `npm run generate` and commit what it writes.');
      process.exitCode = 1;
    }
  } finally {
    await rm(fresh, { recursive: true });
  }
} else {
  await generate(generated);
}
