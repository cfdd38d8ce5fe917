import { Button, type Field, FieldOf, Tag, TimeOf, useSay } from '#apps/portal';
import type { Text } from '#kernel/languages';
import type { ChecklistPoint, Mark } from '#modules/cases';
import { decisionWords } from '../decision-form.ts';
import { useChecklistTexts } from '../texts/checklist.ts';

/** A point with what was chosen and written for it, when the page comes back with that. */
export type PointShown = ChecklistPoint & { typed?: { mark: string; reason: string }; error?: Text };

/**
 * What officers check by hand. Posts for each point `point-<id>` (its mark), `why-<id>` and `seen-<id>` (the step that the page
 * shows) to /office/cases/:caseId/checklist, or with the decision.
 */
export type ChecklistView = { mayMark: boolean; points: PointShown[] };

const choices: Record<Mark, Text> = {
  done: { ar: 'تم', en: 'Done' },
  'not-applicable': { ar: 'لا تنطبق', en: 'Does not apply' },
  open: { ar: 'مفتوحة من جديد', en: 'Open again' },
};
const why: Text = { ar: 'لِمَ لا تنطبق؟', en: 'Why does it not apply?' };
const whyHint: Text = { ar: 'يقرؤه الزملاء وحدهم.', en: 'Colleagues read it, the applicant does not.' };

/** The marks to choose from. What was marked before the applicant answered is chosen anew. */
function markField({ id, text, hint, mark, isBeforeAnswer, typed, error }: PointShown): Field {
  const offered: Mark[] = mark === 'open' ? ['done', 'not-applicable'] : ['done', 'not-applicable', 'open'];
  return {
    name: `point-${id}`,
    kind: 'radios',
    label: text,
    required: true,
    ...(hint ? { hint } : {}),
    choices: offered.map((value) => ({ value, label: choices[value] })),
    value: typed?.mark ?? (mark === 'open' || isBeforeAnswer ? '' : mark),
    error,
  };
}

export const fieldsOfPoints = ({ points, mayMark }: ChecklistView): Field[] => (mayMark ? points.map(markField) : []);

export function Checklist({
  caseId,
  checklist,
  isInForm = false,
}: {
  caseId: string;
  checklist: ChecklistView;
  isInForm?: boolean;
}) {
  const t = useChecklistTexts();
  const { points, mayMark } = checklist;
  if (points.length === 0) return null;
  const action = `/office/cases/${caseId}/checklist`;
  const body = (
    <>
      <h2 id="checklist">{t('checklist.title')}</h2>
      <p className="muted">
        {t('checklist.stands', { n: points.filter(({ mark }) => mark !== 'open').length, of: points.length })}{' '}
        {mayMark ? t('checklist.words') : null}
      </p>
      <ul className="plain stack checks">
        {points.map((point) => (
          <li key={point.id}>{mayMark ? <PointToMark point={point} /> : <PointRead point={point} />}</li>
        ))}
      </ul>
      {mayMark ? (
        <div className="acts">
          {isInForm ? (
            <button type="submit" className="btn ghost" formAction={action}>
              {t('checklist.keep')}
            </button>
          ) : (
            <Button look="ghost">{t('checklist.keep')}</Button>
          )}
        </div>
      ) : null}
    </>
  );
  if (isInForm) return <div className="stack-s">{body}</div>;
  return (
    <section className="card" aria-labelledby="checklist">
      {mayMark ? (
        <form method="post" action={action} className="stack-s" noValidate>
          {body}
        </form>
      ) : (
        body
      )}
    </section>
  );
}

function PointToMark({ point }: { point: PointShown }) {
  const { id, reason, typed, sequence } = point;
  return (
    <>
      <FieldOf field={markField(point)} />
      <div className="why">
        <FieldOf
          field={{
            name: `why-${id}`,
            kind: 'text',
            label: why,
            hint: whyHint,
            required: true,
            value: typed?.reason ?? reason,
            lengthMax: 500,
          }}
        />
      </div>
      <input type="hidden" name={`seen-${id}`} value={sequence} />
      <Marked point={point} />
    </>
  );
}

function PointRead({ point }: { point: PointShown }) {
  const say = useSay();
  return (
    <>
      <p>
        <b>{say(point.text)}</b>
      </p>
      <Marked point={point} />
    </>
  );
}

/** Who marked it, and before which decisions it stands. */
function Marked({ point: { mark, by, at, reason, before, isBeforeAnswer } }: { point: PointShown }) {
  const say = useSay();
  const t = useChecklistTexts();
  return (
    <p className="muted small">
      {mark === 'open' ? <Tag tone="warn">{t('checklist.open')}</Tag> : <Tag tone="good">{say(choices[mark])}</Tag>}{' '}
      {isBeforeAnswer ? <Tag tone="warn">{t('checklist.beforeAnswer')}</Tag> : null}{' '}
      {at ? (
        <>
          <bdi>{by || t('checklist.somebody')}</bdi> · <TimeOf at={at} />
          {' · '}
        </>
      ) : null}
      {mark === 'not-applicable' && reason ? (
        <>
          <span dir="auto">{reason}</span>
          {' · '}
        </>
      ) : null}
      {t('checklist.before')} {before.map((kind) => say(decisionWords[kind])).join(' · ')}
    </p>
  );
}
