/** Words as labels and taxonomies write them, brought to one form: as the server does it, to the letter. */

const bytes = (text: string) => new TextEncoder().encode(text).length;

/** `en:Cow's-Milks` as `cow s milk`: without the language, in lower case, the words apart, plurals as singulars. */
export function normal(text: string): string {
  const colon = text.indexOf(':');
  const language = bytes(text.slice(0, Math.max(colon, 0)));
  const rest = colon >= 0 && language >= 2 && language <= 3 ? text.slice(colon + 1) : text;
  const words = rest.split(/[^\p{Alphabetic}\p{N}]+/u).filter((word) => word !== '');
  // Letter by letter: the lower case of a whole word may depend on its end.
  return words.map((word) => singular([...word].map((char) => char.toLowerCase()).join(''))).join(' ');
}

/** The simple plurals of English: `berries`, `tomatoes`, `oats`; not `couscous`, `glass`, `is`. */
function singular(word: string): string {
  const cut = (ending: string) => bytes(word) > ending.length + 2 && word.endsWith(ending);
  if (bytes(word) <= 3 || ['ss', 'us', 'is'].some((ending) => word.endsWith(ending))) return word;
  if (cut('ies') && word !== 'cookies') return `${word.slice(0, -3)}y`;
  if (['oes', 'ches', 'shes', 'sses', 'xes'].some(cut)) return word.slice(0, -2);
  return cut('s') ? word.slice(0, -1) : word;
}

/** Whether `phrase` stands in `text` as whole words; both in normal form. */
export function holds(text: string, phrase: string): boolean {
  return ` ${text} `.includes(` ${phrase} `);
}
