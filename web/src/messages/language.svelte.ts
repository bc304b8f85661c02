import { Format } from './format';
import type { Messages } from './en';

/** A language that the app speaks. */
export type Locale = keyof typeof catalogues;

/** Each language under its own name, in the order of the menu. */
export const locales: Readonly<Record<Locale, string>> = { en: 'English', de: 'Deutsch' };

// One chunk each: a visitor loads the language that is shown.
const catalogues = {
  en: async () => (await import('./en')).en,
  de: async () => (await import('./de')).de,
} satisfies Record<string, () => Promise<Messages>>;

const remembered = 'packytrace.language';

/** The language that the app speaks, and what it says. */
export class Language {
  #locale = $state.raw<Locale>('en');
  #messages = $state.raw<Messages>();
  readonly #format = $derived(new Format(regional(this.#locale)));

  get locale(): Locale {
    return this.#locale;
  }

  /** Everything that the app says. Nothing is drawn before the first `speak`. */
  get messages(): Messages {
    if (!this.#messages) throw new Error('no language is loaded yet');
    return this.#messages;
  }

  get format(): Format {
    return this.#format;
  }

  /** Loads a language and speaks it from now on. */
  async speak(locale: Locale): Promise<void> {
    this.#messages = await catalogues[locale]();
    this.#locale = locale;
    document.documentElement.lang = locale;
    document.documentElement.dir = this.#messages.direction;
  }

  /** The same, by the person's choice, which this device remembers. */
  async choose(locale: Locale): Promise<void> {
    await this.speak(locale);
    try {
      localStorage.setItem(remembered, locale);
    } catch {
      // Storage may be forbidden; then the choice holds for this visit.
    }
  }
}

/** The language to begin with: the one chosen here before, else the first that the browser asks for. */
export function preferred(): Locale {
  const wanted = [stored(), ...navigator.languages.map(base)];
  return wanted.find(isLocale) ?? 'en';
}

/** The language as it is written where the person lives: `en-GB` for `en`, if the browser asks for that. */
function regional(locale: Locale): string {
  return navigator.languages.find((tag) => base(tag) === locale) ?? locale;
}

function base(tag: string): string | undefined {
  return tag.split('-')[0];
}

/** Whether we speak it. */
export function isLocale(tag: string | null | undefined): tag is Locale {
  return tag != null && Object.hasOwn(locales, tag);
}

function stored(): string | null {
  try {
    return localStorage.getItem(remembered);
  } catch {
    return null;
  }
}
