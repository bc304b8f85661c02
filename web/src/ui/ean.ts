/** The bars of an EAN-13 symbol, as modules: `1` is dark. GS1 General Specifications, section 5.2. */

const left = [
  '0001101',
  '0011001',
  '0010011',
  '0111101',
  '0100011',
  '0110001',
  '0101111',
  '0111011',
  '0110111',
  '0001011',
];
/** Which left digits are drawn with even parity (G), by the first digit, which has no bars of its own. */
const parity = [
  'LLLLLL',
  'LLGLGG',
  'LLGGLG',
  'LLGGGL',
  'LGLLGG',
  'LGGLLG',
  'LGGGLL',
  'LGLGLG',
  'LGLGGL',
  'LGGLGL',
];

/** The symbol of a GTIN of 14 digits; `undefined` for a case (indicator other than 0) or a GTIN-8, which have other symbols. */
export function ean13(gtin: string): string | undefined {
  if (!/^0(?!0{5})\d{13}$/.test(gtin)) return undefined;
  const digits = [...gtin.slice(1)].map(Number);
  const sets = parity[digits[0] ?? 0] ?? '';

  const bars = digits.slice(1).map((digit, index) => {
    const odd = left[digit] ?? '';
    if (index >= 6) return inverted(odd);
    return sets[index] === 'L' ? odd : reversed(inverted(odd));
  });
  return ['101', ...bars.slice(0, 6), '01010', ...bars.slice(6), '101'].join('');
}

/** The digits of a GTIN as they stand below the bars: those of 14, 13, 12 or 8 that are not padding. */
export function printed(gtin: string): string {
  return gtin.replace(/^(?:0{6}(?=\d{8}$)|00(?=\d{12}$)|0(?=\d{13}$))/, '');
}

function inverted(modules: string): string {
  return [...modules].map((module) => (module === '1' ? '0' : '1')).join('');
}

function reversed(modules: string): string {
  return [...modules].reverse().join('');
}

/** The dark bars of a symbol as one SVG path, one unit a module, `height` units high. */
export function bars(modules: string, height: number): string {
  return [...modules.matchAll(/1+/g)]
    .map((bar) => `M${bar.index} 0h${bar[0].length}v${height}h-${bar[0].length}z`)
    .join('');
}
