import type { Company } from './companies.ts';

/** The rows of public registers, which hold nobody: made from the vocabulary and from what the state's other files name. */

type Named = { ar: string; en: string };
export type RegisterInputs = {
  schools: {
    names: Named[];
    /** `{name}` is the name; the letter begins the number of a school. */
    stages: Record<string, Named & { letter: string }>;
    cities: Record<string, Named[]>;
    namesPerCity: Record<string, number>;
  };
  employers: { kinds: Named[]; places: Record<string, Named[]> };
  /** Universities of all states, each with the name of its state. */
  universities: Array<{ id: string; names: Named; state: Named }>;
};
type Row = Record<string, string>;

/** `id`: of the state's folder. `others`: employers that its contracts name. */
export function registerRows(
  id: string,
  { schools, employers, universities }: RegisterInputs,
  { companies, others }: { companies: Company[]; others: Named[] },
): Record<string, Row[]> {
  const put = (text: string, word: string, name: string) => text.replace(`{${word}}`, name);
  const stages = Object.entries(schools.stages);
  const cities = schools.cities[id] ?? [];
  const names = schools.names.slice(0, schools.namesPerCity[id]);
  return {
    schools: stages.flatMap(([stage, { letter, ...pattern }]) =>
      cities.flatMap((city, at) =>
        names.map((name, number) => ({
          school_no: `${letter}-${1001 + at * 100 + number}`,
          name_ar: put(pattern.ar, 'name', name.ar),
          name_en: put(pattern.en, 'name', name.en),
          city_ar: city.ar,
          city_en: city.en,
          stage,
        })),
      ),
    ),
    universities: universities.map(({ id: domain, names: own, state }) => ({
      domain,
      name_ar: own.ar,
      name_en: own.en,
      state_ar: state.ar,
      state_en: state.en,
    })),
    employers: [
      ...companies.map(({ number, names: own }) => ({ employer_no: number, name_ar: own.ar, name_en: own.en })),
      ...[
        ...others,
        ...(employers.places[id] ?? []).flatMap((place) =>
          employers.kinds.map((kind) => ({ ar: put(kind.ar, 'place', place.ar), en: put(kind.en, 'place', place.en) })),
        ),
      ].map((own, at) => ({ employer_no: `E-${2001 + at}`, name_ar: own.ar, name_en: own.en })),
    ],
  };
}
