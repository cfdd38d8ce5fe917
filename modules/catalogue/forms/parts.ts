import type { Text } from '#kernel/languages';
import { agreedStates } from '#protocol/states';
import type { Question } from './contract.ts';

/** One of several controls that make up an answer. */
export type Part = {
  id: string;
  label: Text;
  /** Most characters. */
  length: number;
  isNumeric: boolean;
  isOptional?: boolean;
};

const digits = (id: string, ar: string, en: string, length: number, isOptional = false): Part => ({
  id,
  label: { ar, en },
  length,
  isNumeric: true,
  isOptional,
});
const wordsLength = 80;
const words = (id: string, ar: string, en: string, isOptional = false): Part => ({
  id,
  label: { ar, en },
  length: wordsLength,
  isNumeric: false,
  isOptional,
});

const day = digits('day', 'اليوم', 'Day', 2);
const month = digits('month', 'الشهر', 'Month', 2);
const year = digits('year', 'السنة', 'Year', 4);
const hour = digits('hour', 'الساعة (0-23)', 'Hour (0-23)', 2);
const minute = digits('minute', 'الدقيقة', 'Minute', 2);

/** Where a state's own numbering is not agreed on. */
const anyAddress: Part[] = [
  words('building', 'المبنى', 'Building'),
  words('street', 'الشارع', 'Street'),
  words('city', 'المدينة', 'City'),
  words('postcode', 'الرمز البريدي', 'Postal code', true),
];

/** Addresses as each state's own numbering has them, by its code. */
const addresses: ReadonlyMap<string, Part[]> = new Map(
  agreedStates.map(({ code, address }) => [
    code,
    address.map(({ id, label, digits: length, optional = false }) => ({
      ...{ id, label, length: length ?? wordsLength, isNumeric: length !== undefined, isOptional: optional },
    })),
  ]),
);

/** The controls of a question, in the order they are asked; undefined where it is a single one. `state`: whose address. */
export function partsOf(question: Pick<Question, 'kind' | 'state'>, state: string): Part[] | undefined {
  switch (question.kind) {
    case 'date':
    case 'hijri-date':
      return [day, month, year];
    case 'month':
      return [month, year];
    case 'time':
      return [hour, minute];
    case 'address':
      return addresses.get(question.state ?? state) ?? anyAddress;
    default:
      return undefined;
  }
}
