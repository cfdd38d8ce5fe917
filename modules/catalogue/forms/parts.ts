import type { Text } from '#kernel/languages';
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
const words = (id: string, ar: string, en: string, isOptional = false): Part => ({
  id,
  label: { ar, en },
  length: 80,
  isNumeric: false,
  isOptional,
});

const day = digits('day', 'اليوم', 'Day', 2);
const month = digits('month', 'الشهر', 'Month', 2);
const year = digits('year', 'السنة', 'Year', 4);
const hour = digits('hour', 'الساعة (0-23)', 'Hour (0-23)', 2);
const minute = digits('minute', 'الدقيقة', 'Minute', 2);

/**
 * Addresses as each state's own numbering has them: Saudi Arabia's National Address, Bahrain's and Kuwait's blocks, Qatar's zones and blue
 * plates, Oman's ways and wilayats, the Emirates' areas (no postal codes).
 */
const addresses: Record<string, Part[]> = {
  AE: [
    words('emirate', 'الإمارة', 'Emirate'),
    words('area', 'المنطقة', 'Area'),
    words('street', 'الشارع', 'Street'),
    words('building', 'المبنى أو الفيلا', 'Building or villa'),
    words('unit', 'رقم الوحدة', 'Unit number', true),
    digits('makani', 'رقم مكاني', 'Makani number', 10, true),
  ],
  BH: [
    words('unit', 'رقم الشقة', 'Flat number', true),
    digits('building', 'رقم المبنى', 'Building number', 5),
    digits('road', 'رقم الطريق', 'Road number', 4),
    digits('block', 'رقم المجمع', 'Block number', 4),
    words('area', 'المنطقة', 'Area'),
  ],
  KW: [
    words('area', 'المنطقة', 'Area'),
    digits('block', 'القطعة', 'Block', 3),
    words('street', 'الشارع', 'Street'),
    words('building', 'رقم المبنى أو القسيمة', 'Building or plot number'),
    words('unit', 'الدور والشقة', 'Floor and flat', true),
    digits('paci', 'الرقم الآلي للعنوان', 'PACI number', 8, true),
  ],
  OM: [
    words('wilayat', 'الولاية', 'Wilayat'),
    words('area', 'القرية أو الحي', 'Village or quarter'),
    words('way', 'رقم السكة أو الطريق', 'Way number', true),
    words('building', 'رقم المبنى', 'Building number'),
    words('unit', 'رقم الوحدة', 'Unit number', true),
    digits('postcode', 'الرمز البريدي', 'Postal code', 3, true),
  ],
  QA: [
    digits('zone', 'رقم المنطقة', 'Zone number', 3),
    digits('street', 'رقم الشارع', 'Street number', 4),
    digits('building', 'رقم المبنى', 'Building number', 4),
    words('unit', 'رقم الوحدة', 'Unit number', true),
  ],
  SA: [
    digits('building', 'رقم المبنى', 'Building number', 4),
    words('street', 'الشارع', 'Street'),
    words('district', 'الحي', 'District'),
    words('city', 'المدينة', 'City'),
    digits('postcode', 'الرمز البريدي', 'Postal code', 5),
    digits('additional', 'الرقم الإضافي', 'Additional number', 4),
    words('unit', 'رقم الوحدة', 'Unit number', true),
  ],
};

const anyAddress: Part[] = [
  words('building', 'المبنى', 'Building'),
  words('street', 'الشارع', 'Street'),
  words('city', 'المدينة', 'City'),
  words('postcode', 'الرمز البريدي', 'Postal code', true),
];

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
      return addresses[question.state ?? state] ?? anyAddress;
    default:
      return undefined;
  }
}
