import { type Person, sampleYear } from './population.ts';

/** What registers hold of births and of years at school. Drawn from a person's number alone, so that nothing else changes with it. */

type Named = { ar: string; en: string };
type Row = Record<string, string | number>;
type Draw = (purpose: string, id: string) => Buffer;

/** Of a citizen: the registry of another state holds the births of its own. */
export function birthRow(person: Person, state: string, cities: readonly Named[], draw: Draw): Row | undefined {
  if (person.nationality !== state) return undefined;
  const bytes = draw('birth', person.personId);
  const place = cities[bytes[0]! % cities.length]!;
  const registered = new Date(`${person.birthDate}T00:00:00Z`);
  registered.setUTCDate(registered.getUTCDate() + 1 + (bytes[1]! % 14));
  return {
    certificate_no: `B-${person.birthDate.slice(0, 4)}-${person.personId.slice(0, 8)}`,
    child_id: person.nationalId,
    place_ar: place.ar,
    place_en: place.en,
    registered_on: registered.toISOString().slice(0, 10),
  };
}

/** The last school year of whoever was between the first class and the last, by the age that they reach in the sample's year. */
export function schoolYearRow(person: Person, schools: readonly Row[], draw: Draw): Row | undefined {
  const lastClass = sampleYear - Number(person.birthDate.slice(0, 4)) - 6;
  if (lastClass < 1 || lastClass > 12) return undefined;
  const stage = lastClass <= 6 ? 'primary' : lastClass <= 9 ? 'intermediate' : 'secondary';
  const bytes = draw('school', person.personId);
  const ofStage = schools.filter((school) => school['stage'] === stage);
  const school = ofStage[bytes[0]! % ofStage.length]!;
  const isRepeating = person.key === undefined && bytes[1]! % 20 === 0;
  return {
    record_no: `S-${sampleYear}-${person.personId.slice(0, 8)}`,
    pupil_id: person.nationalId,
    school_ar: school['name_ar']!,
    school_en: school['name_en']!,
    school_year: `${sampleYear - 1}/${sampleYear}`,
    class: lastClass,
    result: isRepeating ? 'repeats' : 'passed',
    average: isRepeating ? 40 + (bytes[2]! % 10) : 60 + (bytes[2]! % 40),
  };
}
