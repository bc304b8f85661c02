import { gzipSync } from 'node:zlib';
import type { Plugin, Rolldown } from 'vite';

/** What a page may weigh before a person sees it. */
export interface Budget {
  /** The page's own module, as written from the root of `web/`. */
  page: string;
  /** Most that its first load may take, in kilobytes (1000 bytes) of gzipped JavaScript. */
  kilobytes: number;
}

/**
 * Fails the build when the JavaScript that a page loads first outgrows its budget.
 *
 * Counted are the entry, the page, the larger of the message catalogues (a visitor loads one of
 * them) and all that these import statically; what else is loaded lazily comes after the first paint.
 */
export function firstLoadBudget({ page, kilobytes }: Budget): Plugin {
  return {
    name: 'first-load-budget',
    apply: 'build',
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((output) => output.type === 'chunk');
      const own = chunks.find((chunk) => chunk.facadeModuleId?.endsWith(page));
      if (own === undefined) {
        this.error(`No chunk of ${page}: is the page still loaded lazily?`);
      }
      const roots = [...chunks.filter((chunk) => chunk.isEntry), own, ...largest(chunks.filter(isCatalogue))];
      const bytes = [...closure(roots, bundle)].reduce((sum, chunk) => sum + gzipSync(chunk.code).length, 0);
      const size = (bytes / 1000).toFixed(1);
      if (bytes > kilobytes * 1000) {
        this.error(`First load of ${page}: ${size} kB gzip, more than its budget of ${kilobytes} kB`);
      }
      this.info(`first load of ${page}: ${size} of ${kilobytes} kB gzip`);
    },
  };
}

function isCatalogue(chunk: Rolldown.OutputChunk): boolean {
  return chunk.facadeModuleId?.includes('/src/messages/') ?? false;
}

function largest(chunks: Rolldown.OutputChunk[]): Rolldown.OutputChunk[] {
  return chunks.toSorted((a, b) => b.code.length - a.code.length).slice(0, 1);
}

function closure(
  roots: Rolldown.OutputChunk[],
  bundle: Rolldown.OutputBundle,
  seen = new Set<Rolldown.OutputChunk>(),
): Set<Rolldown.OutputChunk> {
  for (const chunk of roots.filter((root) => !seen.has(root))) {
    seen.add(chunk);
    const imported = chunk.imports.map((name) => bundle[name]).filter((output) => output?.type === 'chunk');
    closure(imported, bundle, seen);
  }
  return seen;
}
