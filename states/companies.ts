import type { Name, Person } from './population.ts';

/** A company of a sample register of commerce, written by hand. Signatories are named by their key in main-people.json. */
export type Company = {
  number: string;
  names: Name;
  legalForm: string;
  /** ISO 8601 date. */
  registeredOn: string;
  standing: string;
  /** Whole minor units of the state's currency. */
  capitalMinor: number;
  gulfOwnershipPercent: number;
  isInsolvent?: true;
  signatories: Array<{
    key: string;
    capacity: string;
    power: 'sole' | 'joint';
    /** The most that the signature is good for, in whole minor units; without a limit when absent. */
    limitMinor?: number;
  }>;
};

type Row = Record<string, string | number | boolean | null>;

/** The rows of the registers that speak of companies, by table. */
export function companyRows(companies: readonly Company[], people: readonly Person[]): Record<string, Row[]> {
  const signatoryOf = (key: string, number: string) => {
    const person = people.find((one) => one.key === key);
    if (person === undefined) throw new Error(`companies.json: ${key} signs for ${number} and is nobody of the state`);
    return person;
  };
  return {
    companies: companies.map((company) => ({
      number: company.number,
      name_ar: company.names.ar,
      name_latin: company.names.en,
      standing: company.standing,
      legal_form: company.legalForm,
      registered_on: company.registeredOn,
      capital_minor: company.capitalMinor,
      gulf_ownership_percent: company.gulfOwnershipPercent,
    })),
    signatories: companies.flatMap(({ number, signatories }) =>
      signatories.map(({ key, capacity, power, limitMinor }, at) => {
        const person = signatoryOf(key, number);
        return {
          entry_id: `${number}/${at + 1}`,
          company_number: number,
          person_id: person.nationalId,
          name_ar: person.names.ar,
          name_latin: person.names.en,
          nationality: person.nationality,
          capacity,
          power,
          limit_minor: limitMinor ?? null,
        };
      }),
    ),
    proceedings: companies
      .filter(({ isInsolvent }) => isInsolvent)
      .map(({ number }) => ({
        case_number: `2026/${number}`,
        debtor_kind: 'company',
        debtor_id: number,
        opened_on: '2026-02-01',
        is_closed: false,
      })),
  };
}
