import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '#kernel/ids';
import type { Text } from '#kernel/languages';
import type { Claim, ClaimSource, Description } from './description.ts';

/** An invented person who has the eID, and how they were proofed for it. */
export type Account = {
  nationalId: string;
  names: Text;
  proofing: string;
  birthDate: string;
  sex: string;
  nationality: string;
  /** The state's registers do not know this one. */
  isStranger?: true;
};

type SamplePerson = {
  key?: string;
  nationalId: string;
  names: Text;
  birthDate: string;
  sex: string;
  nationality: string;
};

/** The named sample people of the state, and the stranger. */
export function readAccounts(description: Description, statesFolder: string): Account[] {
  const file = join(statesFolder, description.state, 'people.json');
  const { people } = JSON.parse(readFileSync(file, 'utf8')) as { people: SamplePerson[] };
  const { usualProofing, proofings, stranger, visitors = [] } = description.people;
  const known = people
    .filter(({ key }) => key !== undefined)
    .map(({ nationalId, names, birthDate, sex, nationality }) => ({
      nationalId,
      names,
      birthDate,
      sex,
      nationality,
      proofing: proofings[nationalId] ?? usualProofing,
    }));
  const { nationality } = known[0]!;
  const unknown = [{ ...stranger, nationality }, ...visitors];
  // The first of them is the one whom the fault `unknown-person` takes.
  return [
    ...known,
    ...unknown.map((one) => ({ ...one, birthDate: '1990-01-01', sex: 'female', isStranger: true as const })),
  ];
}

/** Sample people are told apart by numbers that look like the real ones, so their addresses must not. */
export function uuidOf(description: Description, { nationalId }: Account): string {
  const hex = sha256(`${description.id} ${nationalId}`).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

/** One way in which somebody has signed in: a row of the description's levels. */
export type Row = Description['levels'][number];

/** What the eID calls somebody. */
export function subjectOf(description: Description, account: Account): string {
  const { prefix = '', proofings = [] } = description.openid?.subject ?? {};
  return `${proofings.includes(account.proofing) ? prefix : ''}${uuidOf(description, account)}`;
}

/** A name as some registers write it: up to three given names of the person and the forefathers, and the family. */
function partsOf(name: string): { given: string[]; family: string } {
  const words = name.split(' ');
  const given = words.slice(0, Math.min(3, words.length - 1));
  return { given, family: words.slice(given.length).join(' ') };
}

/** Seven fields, parted by commas: three given names, one that is seldom used, the family, and two more. */
function fieldsOf(name: string): string {
  const { given, family } = partsOf(name);
  return [given[0], given[1], given[2], '', family, '', ''].map((part) => part ?? '').join(',');
}

/** The claims about somebody, under the names that this eID gives them; `scopes`: those that the service asked for. */
export function claimsOf(
  description: Description,
  account: Account,
  row: Row,
  claims: readonly Claim[],
  scopes: readonly string[] = [],
) {
  const words = (text: string) => text.split(' ');
  const digits = String(sha256(account.nationalId).readUInt32BE(0) % 10_000_000).padStart(7, '0');
  const values: Record<ClaimSource, string> = {
    nationalId: account.nationalId,
    uuid: uuidOf(description, account),
    nameAr: account.names.ar,
    nameEn: account.names.en,
    firstNameAr: words(account.names.ar)[0]!,
    firstNameEn: words(account.names.en)[0]!,
    familyNameAr: partsOf(account.names.ar).family,
    familyNameEn: partsOf(account.names.en).family,
    nameFieldsAr: fieldsOf(account.names.ar),
    nameFieldsEn: fieldsOf(account.names.en),
    birthDate: account.birthDate,
    sex: account.sex === 'female' ? 'Female' : 'Male',
    nationality: account.nationality,
    // 555 numbers and example.org belong to nobody.
    mobile: `555${digits}`,
    subscriber: digits,
    email: `${digits}@example.org`,
    proofing: description.proofings[row.proofing]!.value,
    method: description.methods[row.method]!.value,
    level: row.own.en,
  };
  return Object.fromEntries(
    claims
      .filter(({ proofings }) => proofings === undefined || proofings.includes(row.proofing))
      .filter(({ scope }) => scope === undefined || scopes.includes(scope))
      .map(({ name, from, prefix = '', words: written = {} }) => {
        const value = values[from];
        return [name, prefix + (Object.hasOwn(written, value) ? written[value] : value)];
      }),
  );
}

/** The rows open to somebody, the weakest first. */
export const rowsOf = (description: Description, account: Account): Row[] =>
  description.levels.filter(({ proofing }) => proofing === account.proofing);

/** How strong a row is among all of the simulator. Rows that share an `acr` are as strong as the first of them. */
export const strengthOf = (description: Description, acr: string): number =>
  description.levels.findIndex((row) => row.acr === acr);
