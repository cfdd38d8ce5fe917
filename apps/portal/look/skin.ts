/** The colours a state chooses for itself, as `#rrggbb` (states/<state>/look.json). `brandDeep` is worked out when absent. */
export type Look = {
  brand: string;
  brand2: string;
  onBrand: string;
  tint: string;
  sand: string;
  brandDeep?: string;
  sandTint?: string;
  onSandTint?: string;
};

const colour = /^#[0-9a-f]{6}$/i;

/**
 * Writes a state's colours as CSS variables. Only `#rrggbb` is let through, so data can never smuggle in a rule.
 * `others` gives the colours under which the other states appear on this state's pages (class `of-<code>`).
 */
export function skinCss(look: Look, others: Record<string, Pick<Look, 'brand'>> = {}): string {
  const deep = look.brandDeep ?? darken(look.brand, 0.45);
  const variables: Array<[string, string]> = [
    ['brand', look.brand],
    ['brand-2', look.brand2],
    ['brand-deep', deep],
    ['on-brand', look.onBrand],
    ['tint', look.tint],
    ['sand', look.sand],
  ];
  if (look.sandTint) variables.push(['sand-tint', look.sandTint]);
  if (look.onSandTint) variables.push(['on-sand-tint', look.onSandTint]);
  const root = variables.map(([name, value]) => `--${name}:${checked(value)}`).join(';');
  const medals = Object.entries(others).map(([code, other]) => {
    if (!/^[a-z]{2,8}$/i.test(code)) throw new Error(`A state's code has letters only: ${code}`);
    return `.of-${code.toLowerCase()}{--of:${checked(other.brand)}}`;
  });
  return `:root{${root}}\n${medals.join('\n')}\n`;
}

export type ContrastFinding = { pair: string; ratio: number; needed: number };

/** Pairs of a look that people must be able to read or see and that miss WCAG 2.2 AA (1.4.3: 4.5, 1.4.11: 3). Empty is good. */
export function findWeakContrasts(look: Look): ContrastFinding[] {
  const deep = look.brandDeep ?? darken(look.brand, 0.45);
  const sandTint = look.sandTint ?? '#f8f1e0';
  const pairs: Array<[string, string, string, number]> = [
    ['text on brand', look.onBrand, look.brand, 4.5],
    ['text on deep brand', look.onBrand, deep, 4.5],
    ['brand text on paper', look.brand, '#ffffff', 4.5],
    ['brand text on ground', look.brand, '#f7f6f2', 4.5],
    ['brand text on tint', look.brand, look.tint, 4.5],
    ['ink on tint', '#10201d', look.tint, 4.5],
    ['quiet ink on tint', '#465853', look.tint, 4.5],
    ['text on sand tint', look.onSandTint ?? '#60450f', sandTint, 4.5],
    ['quiet ink on sand tint', '#465853', sandTint, 4.5],
    ['brand-2 edge on paper', look.brand2, '#ffffff', 3],
    ['medal letter on brand', '#ffffff', look.brand, 4.5],
  ];
  return pairs
    .map(([pair, front, back, needed]) => ({ pair, ratio: contrast(front, back), needed }))
    .filter(({ ratio, needed }) => ratio < needed);
}

/** Contrast ratio of two `#rrggbb` colours, 1 to 21 (WCAG 2.2, relative luminance). */
export function contrast(one: string, two: string): number {
  const [light, dark] = [luminance(one), luminance(two)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(value: string): number {
  const [red, green, blue] = channels(value).map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function darken(value: string, share: number): string {
  const parts = channels(value).map((channel) => Math.round(channel * (1 - share)));
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

function channels(value: string): [number, number, number] {
  const text = checked(value);
  return [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16)) as [number, number, number];
}

function checked(value: string): string {
  if (!colour.test(value)) throw new Error(`A colour of a look must be written #rrggbb: ${value}`);
  return value.toLowerCase();
}
