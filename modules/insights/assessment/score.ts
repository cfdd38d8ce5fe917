import type { Text } from '#kernel/languages';
import type { Method } from '../methods/contract.ts';
import { findPart, shareOf, shareOfPart } from '../methods/rules.ts';
import type { ScoredRow } from '../surveys/survey.ts';
import { pointsPerOne } from '../surveys/survey.ts';
import type { Mode, Outcome } from '../what-if/contract.ts';
import type { DryRun, PartScore } from './contract.ts';
import type { AskedCode } from './questionnaire.ts';

const bestMax = 20;

const listedCodes: Text = {
  ar: 'تُحسب كل إجابة حصة متساوية من رموز جزئها في الاستبيان؛ والأمم المتحدة تحذف بعضها وتضيف غيرها في كل دورة (خطوات المشاركة الإلكترونية المنشورة 73 لا 56).',
  en: 'Each answer counts as an equal share of the codes that the toolkit lists for its part; the UN drops and adds some each cycle (published e-participation falls into 73 steps, not 56).',
};
const notStretched: Text = {
  ar: 'تمدد الأمم المتحدة المؤشر بين أدنى دولة وأعلاها، ولا يُعرف أدناها وأعلاها القادمان؛ فالقيمة هنا بلا تمديد.',
  en: 'The UN stretches the index between the lowest and the highest state; the next lowest and highest are not known, so the value here is not stretched.',
};
const literacyApart: Text = {
  ar: 'الإلمام بالحكومة الإلكترونية جزء من رأس المال البشري: تُعرض قيمته ولا تُجمع هنا، لأن قيمته السابقة غير منشورة.',
  en: 'E-government literacy belongs to human capital: its value is shown and not added here, because its last value is not published.',
};

export type ScoreNeeds = {
  method: Method;
  assumptions: Record<string, Text>;
  /** The published row of the own area; absent where none was printed. */
  row?: ScoredRow;
  /** What an online service index of this value would do to index and rank. */
  simulate(osi: number, mode: Mode): Outcome;
};

/** What the yeses of a sheet would make of the index, by the method of one year. */
export function scoreSheet(
  codes: readonly AskedCode[],
  yes: ReadonlySet<string>,
  { method, assumptions, row, simulate }: ScoreNeeds,
): Omit<DryRun, 'isApproved'> {
  const parts = scoreParts(codes, yes, method);
  const osi = parts.reduce((sum, { adds = 0 }) => sum + adds, 0);
  const place = ({ egdi, rank }: { egdi: number; rank: number }) => ({ egdi, rank });
  const frozen = row && simulate(Math.min(1, osi), 'frozen');
  return {
    methodYear: method.year,
    parts,
    osi,
    ...(row ? { published: compareWithPublished(parts, osi, row) } : {}),
    ...(frozen
      ? {
          outcome: {
            before: place(frozen.before),
            frozen: place(frozen.after),
            full: place(simulate(Math.min(1, osi), 'full').after),
          },
        }
      : {}),
    best: listBest(codes, yes, parts, method).map((one) => ({
      ...one,
      ...(row ? { rank: simulate(Math.min(1, osi + one.osi), 'frozen').after.rank } : {}),
    })),
    assumptions: [
      ...(method.assumptions.includes('weights-of-parts') && assumptions['weights-of-parts']
        ? [assumptions['weights-of-parts']]
        : []),
      listedCodes,
      notStretched,
      literacyApart,
    ],
  };
}

function scoreParts(codes: readonly AskedCode[], yes: ReadonlySet<string>, method: Method): PartScore[] {
  return [...Map.groupBy(codes, ({ part }) => part)].flatMap(([id, asked]): PartScore[] => {
    const found = findPart(method, id);
    if (!found || found.index === 'tii') return [];
    const { index, part } = found;
    const count = asked.filter((code) => yes.has(code.id)).length;
    const share = shareOfPart(method.parts[index], part);
    const value = count / asked.length;
    return [
      {
        id,
        names: part.names,
        index,
        codes: asked.length,
        yes: count,
        value,
        share,
        evidence: part.evidence,
        ...(index === 'osi' ? { adds: share * value } : {}),
      },
    ];
  });
}

/** Of the parts the UN prints e-participation alone; what the index leaves once it is taken off is all the others together. */
function compareWithPublished(parts: readonly PartScore[], osi: number, row: ScoredRow): DryRun['published'] {
  const published = row.osi / pointsPerOne;
  const epi = parts.find(({ id }) => id === 'epi');
  const printed = row.epi === undefined || !epi ? undefined : row.epi / pointsPerOne;
  const total = osi - published;
  const fromEpi = printed === undefined ? undefined : epi!.share * (epi!.value - printed);
  return {
    osi: published,
    ...(printed === undefined ? {} : { epi: printed }),
    difference: { osi: total, ...(fromEpi === undefined ? {} : { epi: fromEpi, rest: total - fromEpi }) },
  };
}

function listBest(
  codes: readonly AskedCode[],
  yes: ReadonlySet<string>,
  parts: readonly PartScore[],
  method: Method,
): DryRun['best'] {
  const open = codes.filter(({ id, index }) => index === 'osi' && !yes.has(id));
  return [...Map.groupBy(open, ({ question }) => question).values()]
    .map((asked) => {
      const { part, title } = asked[0]!;
      const { share, codes: count } = parts.find(({ id }) => id === part)!;
      const osi = (share * asked.length) / count;
      return { title, part, codes: asked.map(({ id }) => id), osi, egdi: osi * shareOf(method, 'osi') };
    })
    .toSorted((one, other) => other.osi - one.osi)
    .slice(0, bestMax);
}
