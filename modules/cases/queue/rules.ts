const yearsBack = 4;

/** Arabic-Indic and Persian digits are typed on keyboards of the region. */
const latin = (text: string) => text.replace(/[٠-٩۰-۹]/g, (digit) => String((digit.codePointAt(0)! & 0xf) % 10));

/** The references that somebody may mean by what they typed: a whole one, one without its state, or its last number in these years. */
export function referencesOf(typed: string, state: string, year: number): string[] {
  const [, place = state, of, number] =
    /^(?:(?:([A-Z]{2})-)?(\d{4})-)?(\d{1,9})$/.exec(latin(typed).trim().toUpperCase()) ?? [];
  if (number === undefined) return [];
  const years = of === undefined ? Array.from({ length: yearsBack + 1 }, (_, back) => String(year - back)) : [of];
  return years.map((one) => `${place}-${one}-${number.padStart(5, '0')}`);
}
