import type { Component } from 'svelte';
import { match, type Params } from './match';

/** What every page gets: the values in its path, and its query. */
export interface PageProps {
  params: Params;
  query: URLSearchParams;
}

/** Fetches the code of a page. */
export type LoadPage = () => Promise<{ default: Component<PageProps> | Component<Record<string, never>> }>;

/** A page and where it lives. Its code is fetched when somebody goes there. */
export interface Route {
  pattern: string;
  load: LoadPage;
}

/** A page that is ready to be drawn. */
export interface OpenPage extends PageProps {
  path: string;
  Page: Component<PageProps>;
}

/** Where the person is, as the address bar has it, and the ways to go elsewhere. */
export class Router {
  #page = $state.raw<OpenPage>();
  #state = $state<'opening' | 'open' | 'failed'>('opening');
  #moved = $state(false);
  #latest = 0;
  #asked = '';

  constructor(
    private readonly routes: readonly Route[],
    private readonly missing: LoadPage,
    private readonly reload = () => window.location.reload(),
  ) {}

  /** The page to draw: while another one is opening, the one before it. */
  get page(): OpenPage | undefined {
    return this.#page;
  }

  /** `failed`: the code of the page did not arrive. */
  get state(): 'opening' | 'open' | 'failed' {
    return this.#state;
  }

  /** Whether the person has moved inside the app: the first page is the browser's own to announce. */
  get moved(): boolean {
    return this.#moved;
  }

  /** Goes to another page of the app. */
  async go(href: string): Promise<void> {
    window.history.pushState(null, '', href);
    window.scrollTo(0, 0);
    this.#moved = true;
    await this.open();
  }

  /** The same, and the back button does not lead here again. */
  async replace(href: string): Promise<void> {
    window.history.replaceState(null, '', href);
    this.#moved = true;
    await this.open();
  }

  /** Opens the page that the address bar names. */
  async open(): Promise<void> {
    const turn = ++this.#latest;
    const { pathname, search, searchParams: query } = new URL(window.location.href);
    this.#asked = pathname + search;
    const found = this.#resolve(pathname);
    this.#state = 'opening';
    try {
      const { default: Page } = await (found?.route.load ?? this.missing)();
      if (turn !== this.#latest) return; // the person has gone on meanwhile
      // A page that wants nothing is told all the same.
      this.#page = { Page: Page as Component<PageProps>, path: pathname, params: found?.params ?? {}, query };
      this.#state = 'open';
    } catch {
      if (turn === this.#latest) this.#state = 'failed';
    }
  }

  /** Tries again after a failure, with the whole app: a release may have replaced the files that it asked for. */
  retry(): void {
    this.reload();
  }

  /** Follows the back button and plain clicks on links to our own pages; gives the way to stop. */
  start(): () => void {
    const stop = new AbortController();
    const { signal } = stop;
    window.addEventListener('popstate', () => this.#back(), { signal });
    document.addEventListener('click', (event) => this.#click(event), { signal });
    return () => stop.abort();
  }

  #resolve(path: string): { route: Route; params: Params } | undefined {
    for (const route of this.routes) {
      const params = match(route.pattern, path);
      if (params) return { route, params };
    }
    return undefined;
  }

  #back(): void {
    // A jump inside the page is told in the same way; it is no reason to draw the page anew.
    if (window.location.pathname + window.location.search === this.#asked) return;
    this.#moved = true;
    void this.open();
  }

  #click(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || !isPlain(event) || link.target !== '' || link.hasAttribute('download')) return;

    const url = new URL(link.href);
    if (url.origin !== window.location.origin || !this.#resolve(url.pathname)) return;
    if (url.hash !== '' && url.pathname === window.location.pathname) return; // a jump inside the page

    event.preventDefault();
    void this.go(url.pathname + url.search + url.hash);
  }
}

/** Whether a click asks for nothing but to follow the link here. */
function isPlain(event: MouseEvent): boolean {
  const held = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  return event.button === 0 && !held && !event.defaultPrevented;
}
