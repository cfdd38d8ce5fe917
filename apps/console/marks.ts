import { type PageContext, textOf } from '#apps/portal';
import type { Text } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import type { Cases, Mark, Officer, OfficerCaseView } from '#modules/cases';
import type { ChecklistView } from './pages/index.ts';

type Typed = Record<string, { mark: string; reason: string }>;
/** What the page's form says of the checklist, and what was refused of it, by point. */
export type PostedMarks = { typed: Typed; errors?: Record<string, Text> };

const stillOpen: Text = {
  ar: 'هذه النقطة لا تزال مفتوحة: علّمها بأنها تمت، أو اذكر لِمَ لا تنطبق.',
  en: 'This point is still open: mark it as done, or say why it does not apply.',
};
const isMark = (mark: string): mark is Mark => ['open', 'done', 'not-applicable'].includes(mark);

export const typedMarks = ({ checklist }: OfficerCaseView, form: PageContext['form']): Typed =>
  Object.fromEntries(
    checklist.flatMap(({ id }) => {
      const mark = textOf(form[`point-${id}`]);
      return mark === '' ? [] : [[id, { mark, reason: textOf(form[`why-${id}`]).trim() }]];
    }),
  );

/** Keeps what was marked otherwise than the case has it, each point a step of its own: what one refuses keeps no other back. */
export async function keepMarks(
  cases: Pick<Cases, 'markPoint'>,
  officer: Officer,
  view: OfficerCaseView,
  form: PageContext['form'],
): Promise<PostedMarks> {
  const typed = typedMarks(view, form);
  const errors: Record<string, Text> = {};
  for (const point of view.checklist) {
    const { mark = '', reason = '' } = typed[point.id] ?? {};
    const isSame = mark === point.mark && (mark !== 'not-applicable' || reason === (point.reason ?? ''));
    if (!isMark(mark) || (isSame && !point.isBeforeAnswer)) continue;
    const seen = Number(textOf(form[`seen-${point.id}`])) || 0;
    try {
      await cases.markPoint(officer, view.id, point.id, { mark, reason, seen });
      delete typed[point.id];
    } catch (error) {
      if (!(error instanceof Problem) || (error.status !== 422 && error.status !== 409)) throw error;
      errors[point.id] = error.messages;
      // What a colleague did meanwhile is shown as it is now.
      if (error.code === 'point-marked-meanwhile') delete typed[point.id];
    }
  }
  return { typed, ...(Object.keys(errors).length > 0 ? { errors } : {}) };
}

/** The points that kept a decision back. */
export const openPoints = ({ params }: Problem): Record<string, Text> =>
  Object.fromEntries(
    String(params['pointIds'] ?? '')
      .split(' ')
      .map((id) => [id, stillOpen]),
  );

export const checklistShown = (
  { checklist, mayCheck }: OfficerCaseView,
  { typed, errors = {} }: PostedMarks = { typed: {} },
): ChecklistView => ({
  mayMark: mayCheck,
  points: checklist.map((point) => ({
    ...point,
    ...(typed[point.id] ? { typed: typed[point.id]! } : {}),
    ...(errors[point.id] ? { error: errors[point.id]! } : {}),
  })),
});
