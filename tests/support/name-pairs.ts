import type { MatchedRecord } from '#modules/matching';
import names from '../../states/vocabulary/arabic-names.json' with { type: 'json' };
import { createRandom, type Random } from './random.ts';

/** Two records, and whether they are of one person. `kind` says what was done to them. */
export type RecordPair = { one: MatchedRecord; other: MatchedRecord; isSame: boolean; kind: string };

type Name = { ar: string; en: string };
type Truth = { given: Name; ancestors: Name[]; family: Name; sex: 'female' | 'male'; born: Date; nationality: string };

const families: Name[] = [
  ['الحداد', 'Haddad'],
  ['المناعي', 'Mannai'],
  ['الزياني', 'Zayani'],
  ['القحطاني', 'Qahtani'],
  ['العتيبي', 'Otaibi'],
  ['الشمري', 'Shammari'],
  ['الدوسري', 'Dosari'],
  ['الهاجري', 'Hajri'],
  ['الكواري', 'Kuwari'],
  ['البلوشي', 'Balushi'],
  ['الحارثي', 'Harthi'],
  ['المطيري', 'Mutairi'],
  ['العنزي', 'Enezi'],
  ['الغامدي', 'Ghamdi'],
  ['الظاهري', 'Dhaheri'],
  ['النعيمي', 'Nuaimi'],
  ['الخالدي', 'Khaldi'],
  ['السويدي', 'Suwaidi'],
  ['الشيخ', 'Sheikh'],
  ['الأنصاري', 'Ansari'],
].map(([ar, en]) => ({ ar: ar!, en: en! }));
const states = ['BH', 'KW', 'OM', 'QA', 'SA', 'AE'];

/** Ways in which offices, airlines and people write one Arabic name in Latin letters. */
const spellings: ReadonlyArray<[RegExp, string[]]> = [
  [/^Mohammed$/, ['Mohamed', 'Muhammad', 'Mohammad', 'Mohamad', 'Muhammed', 'Mohd']],
  [/^Ahmed$/, ['Ahmad', 'Ahmet']],
  [/ee/g, ['i', 'ee', 'y']],
  [/oo|ou/g, ['u', 'oo', 'ou', 'o']],
  [/ai|ay/g, ['ai', 'ay', 'ei', 'a']],
  [/u/g, ['u', 'o', 'oo']],
  [/i/g, ['i', 'e', 'ee']],
  [/q/gi, ['q', 'k', 'g']],
  [/kh/g, ['kh', 'k']],
  [/dh/g, ['dh', 'th', 'z']],
  [/([lmnst])\1/g, ['$1', '$1$1']],
  [/ah?$/, ['a', 'ah']],
];
const islamic = new Intl.DateTimeFormat('en-u-ca-islamic-umalqura-nu-latn', {
  timeZone: 'UTC',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

const spell = (random: Random, name: string) =>
  spellings.reduce((text, [from, to]) => (random.next() < 0.35 ? text.replace(from, random.pick(to)) : text), name);
const mistype = (random: Random, text: string) => {
  const at = 1 + random.below(Math.max(1, text.length - 2));
  return random.next() < 0.5 ? text.slice(0, at) + text.slice(at + 1) : text.slice(0, at) + text[at]! + text.slice(at);
};
const pad = (value: number) => String(value).padStart(2, '0');
const gregorian = (date: Date) => date.toISOString().slice(0, 10);

function drawTruth(random: Random): Truth {
  const sex = random.pick(['female', 'male'] as const);
  return {
    given: random.pick(names[sex]),
    ancestors: [random.pick(names.male), random.pick(names.male), random.pick(names.male)],
    family: random.pick(families),
    sex,
    born: new Date(Date.UTC(1950 + random.below(65), random.below(12), 1 + random.below(28))),
    nationality: random.pick(states),
  };
}

/** One state's record of somebody: how many ancestors, which script, how it spells, which calendar. */
function record(random: Random, of: Truth, noise: number): { record: MatchedRecord; kind: string } {
  const kinds: string[] = [];
  const depth = random.pick([1, 2, 2, 2, 3]);
  const hasFamily = random.next() > 0.12 * noise;
  const isNoisy = (share: number, kind: string) => random.next() < share * noise && kinds.push(kind) > 0;
  const parts = [of.given, ...of.ancestors.slice(0, depth)];
  const link = random.pick(['', '', '', 'bin']);
  const article = random.pick(['Al', 'Al ', 'Al-', 'El-', 'al ']);
  let latin = parts.map(({ en }) => spell(random, en));
  if (isNoisy(0.04, 'mistyped'))
    latin = latin.map((part, at) => (at === random.below(latin.length) ? mistype(random, part) : part));
  if (isNoisy(0.03, 'shuffled')) latin = [latin[0]!, ...latin.slice(1).reverse()];
  const daughterOf = of.sex === 'female' ? 'bint' : 'bin';
  const latinText = [
    latin[0],
    ...latin.slice(1).flatMap((part, at) => (link ? [at === 0 ? daughterOf : 'bin', part] : [part])),
    ...(hasFamily ? [`${article}${spell(random, of.family.en)}`] : []),
  ].join(' ');
  const unmarked = (text: string) =>
    random.next() < 0.4 ? text.replace(/[أإآ]/g, 'ا').replace(/ة/g, 'ه').replace(/ى/g, 'ي') : text;
  const split = (text: string) => (random.next() < 0.4 ? text.replace(/^عبدال/, 'عبد ال') : text);
  const arabicText = [
    ...parts.flatMap(({ ar }, at) =>
      link && at > 0 ? [at === 1 && of.sex === 'female' ? 'بنت' : 'بن', ar] : [split(ar)],
    ),
    ...(hasFamily ? [of.family.ar] : []),
  ]
    .map(unmarked)
    .join(' ');
  const scripts = random.next() < 0.25 * noise ? random.pick(['ar', 'latin']) : 'both';
  if (scripts !== 'both') kinds.push(`${scripts}-only`);
  let birthDate: MatchedRecord['birthDate'] = { calendar: 'gregorian', date: gregorian(of.born) };
  if (isNoisy(0.15, 'hijri')) {
    // Registers of before disagree by a day with the calculated calendar now and then.
    const isOff = random.next() < 0.2;
    if (isOff) kinds.push('hijri-off');
    const off = isOff ? 86_400_000 : 0;
    const part = Object.fromEntries(
      islamic.formatToParts(new Date(of.born.getTime() + off)).map(({ type, value }) => [type, value]),
    );
    birthDate = { calendar: 'umm-al-qura', date: `${part['year']}-${part['month']}-${part['day']}` };
  } else if (of.born.getUTCDate() <= 12 && isNoisy(0.08, 'day-month-swapped')) {
    birthDate = {
      calendar: 'gregorian',
      date: `${of.born.getUTCFullYear()}-${pad(of.born.getUTCDate())}-${pad(of.born.getUTCMonth() + 1)}`,
    };
  } else if (isNoisy(0.03, 'year-only'))
    birthDate = { calendar: 'gregorian', date: `${of.born.getUTCFullYear()}-01-01` };
  return {
    record: {
      ...(scripts === 'latin' ? {} : { nameAr: arabicText }),
      ...(scripts === 'ar' ? {} : { nameLatin: latinText }),
      birthDate,
      sex: of.sex,
      ...(random.next() < 0.7 ? { nationality: of.nationality } : {}),
    },
    kind: kinds.join('+'),
  };
}

/** Somebody else who is easily taken for the first. */
function lookalike(random: Random, of: Truth): { truth: Truth; kind: string } {
  const otherName = () => random.pick(names[of.sex].filter(({ ar }) => ar !== of.given.ar));
  const otherFather = () => random.pick(names.male.filter(({ ar }) => ar !== of.ancestors[0]!.ar));
  const nearby = new Date(of.born.getTime() + (1 + random.below(3)) * 365 * 86_400_000);
  return random.pick([
    { kind: 'twin', truth: { ...of, given: otherName() } },
    { kind: 'sibling', truth: { ...of, given: otherName(), born: nearby } },
    { kind: 'namesake', truth: { ...of, born: nearby } },
    { kind: 'cousin', truth: { ...of, ancestors: [otherFather(), of.ancestors[1]!, of.ancestors[2]!] } },
    { kind: 'same-day', truth: { ...drawTruth(random), born: of.born, sex: of.sex } },
    { kind: 'same-day-same-given', truth: { ...drawTruth(random), given: of.given, born: of.born, sex: of.sex } },
    { kind: 'stranger', truth: drawTruth(random) },
  ]);
}

/** Pairs with the noise of real registers, half of them of one person: the same seed, the same pairs. */
export function drawPairs(seed: number, count: number): RecordPair[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, at): RecordPair => {
    const truth = drawTruth(random);
    const one = record(random, truth, 0.6);
    if (at % 2 === 0) {
      const other = record(random, truth, 1);
      return {
        one: one.record,
        other: other.record,
        isSame: true,
        kind: [one.kind, other.kind].filter(Boolean).join('+') || 'clean',
      };
    }
    const { truth: another, kind } = lookalike(random, truth);
    return { one: one.record, other: record(random, another, 1).record, isSame: false, kind };
  });
}
