import type { Plugin } from 'vite';

/**
 * Has the document name the modules of one page beside those of the app, so that they come together: it is the page
 * that a camera leads to, and whoever opens it sees it one round trip earlier.
 *
 * @param page the page's own module, as written from the root of `web/`
 */
export function preload(page: string): Plugin {
  return {
    name: 'preload-page',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle = {} }) {
        const chunks = Object.values(bundle).filter((output) => output.type === 'chunk');
        const own = chunks.find((chunk) => chunk.facadeModuleId?.endsWith(page));
        if (own === undefined) throw new Error(`No chunk of ${page}: is the page still loaded lazily?`);
        const needed = [own, ...own.imports.map((name) => bundle[name])].filter(
          (output) => output?.type === 'chunk',
        );
        return needed.map(({ fileName }) => link(fileName)).filter(({ attrs }) => !html.includes(attrs.href));
      },
    },
  };
}

function link(file: string) {
  return {
    tag: 'link',
    attrs: { rel: 'modulepreload', crossorigin: true, href: `/${file}` },
    injectTo: 'head' as const,
  };
}
