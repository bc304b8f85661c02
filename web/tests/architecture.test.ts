// The walls between the rooms of src/, held by reading the sources.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const src = path.join(import.meta.dirname, '../src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(ts|svelte|css)$/.test(file) && !file.startsWith('api/generated/'))
  .map((file) => ({ file, text: readFileSync(path.join(src, file), 'utf8') }));
const shipped = files.filter(({ file }) => !file.includes('.test.') && !file.startsWith('testing/'));
const components = shipped.filter(({ file }) => file.endsWith('.svelte'));
const sheets = shipped.filter(({ file }) => file.endsWith('.css'));

/** What each room may use beside itself; a feature is a room of its own. */
const mayUse: Record<string, string[]> = {
  api: [],
  ui: [],
  messages: ['api'],
  router: [],
  session: ['api'],
  offline: ['api'],
  verdict: ['api', 'offline'],
  context: ['api', 'messages', 'offline', 'router', 'session'],
  page: ['api', 'context', 'messages', 'router', 'ui'],
  features: ['api', 'context', 'messages', 'page', 'router', 'ui', 'verdict'],
  app: ['api', 'context', 'features', 'messages', 'page', 'router', 'ui'],
  main: ['api', 'app', 'context', 'messages', 'offline', 'router', 'session'],
};

function room(file: string): string {
  return file.split('/')[0]?.split('.')[0] ?? file;
}

function imports({ file, text }: { file: string; text: string }): string[] {
  const paths = [...text.matchAll(/(?:from|import\(?)\s*'(\.[^']+)'/g)].map(([, to = '']) => to);
  return paths.map((to) => path.join(path.dirname(file), to));
}

test('a room uses only the rooms that it may', () => {
  const breaches = shipped.flatMap((source) => {
    const own = room(source.file);
    const allowed = [own, ...(mayUse[own] ?? [])];
    return imports(source)
      .filter((to) => !allowed.includes(room(to)))
      .map((to) => `${source.file} → ${to}`);
  });
  expect(breaches).toEqual([]);
});

test('features never import each other', () => {
  const breaches = shipped
    .filter(({ file }) => file.startsWith('features/'))
    .flatMap((source) => {
      const own = source.file.split('/')[1];
      const foreign = imports(source).filter((to) => to.startsWith('features/') && to.split('/')[1] !== own);
      return foreign.map((to) => `${source.file} → ${to}`);
    });
  expect(breaches).toEqual([]);
});

test('pages are loaded lazily', () => {
  const eager = shipped.filter(({ text }) => /^import .*\wPage\.svelte'/m.test(text)).map(({ file }) => file);
  expect(eager).toEqual([]);
});

test('only the API room fetches', () => {
  const fetching = shipped.filter(
    ({ file, text }) => room(file) !== 'api' && /\bfetch\(|XMLHttpRequest/.test(text),
  );
  expect(fetching.map(({ file }) => file)).toEqual([]);
});

test('nothing needs a hole in the content security policy', () => {
  const inline = components.filter(({ text }) =>
    /\sstyle="|\s(?:transition|in|out|animate):|\{@html|\son\w+="/.test(
      text.replace(/<(script|style)[\s\S]*?<\/\1>/g, ''),
    ),
  );
  expect(inline.map(({ file }) => file)).toEqual([]);
});

test('styles know no left and right, so that the page may be turned around', () => {
  const sided = [...components, ...sheets].filter(({ text }) =>
    /[\s-](?:left|right)\s*:|text-align:\s*(?:left|right)/.test(text.slice(text.lastIndexOf('<style>'))),
  );
  expect(sided.map(({ file }) => file)).toEqual([]);
});

test('files stay short and components shorter', () => {
  const long = files.filter(({ file, text }) => {
    const lines = text.split('\n').length;
    const own = file.endsWith('.svelte')
      ? text.replace(/<style>[\s\S]*<\/style>/, '').split('\n').length
      : lines;
    return lines > 400 || (file.endsWith('.svelte') && own > 120);
  });
  expect(long.map(({ file }) => file)).toEqual([]);
});

test('types are never switched off', () => {
  const loose = files.filter(({ text }) =>
    /:\s*any\b|<any>|as any\b|@ts-(?:ignore|nocheck|expect-error)/.test(text),
  );
  expect(loose.map(({ file }) => file)).toEqual([]);
});
