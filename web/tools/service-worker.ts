import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

/**
 * Writes `/sw.js`: the service worker with the list of files that it keeps. Another list is another
 * worker, so that a release replaces what the browser has. The scanner's WebAssembly is kept when used.
 */
export function serviceWorker(source: string): Plugin {
  return {
    name: 'service-worker',
    apply: 'build',
    generateBundle(_, bundle) {
      const assets = Object.keys(bundle).filter((name) => /\.(js|css)$/.test(name));
      const files = [
        '/',
        '/icon.svg',
        '/manifest.webmanifest',
        ...assets.map((name) => `/${name}`).toSorted(),
      ];
      const version = createHash('sha256').update(files.join('\n')).digest('hex').slice(0, 12);
      const text = readFileSync(source, 'utf8')
        .replace("'__VERSION__'", JSON.stringify(version))
        .replace("['__FILES__']", JSON.stringify(files));
      this.emitFile({ type: 'asset', fileName: 'sw.js', source: text });
    },
  };
}
