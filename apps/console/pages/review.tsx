import type { ComponentProps } from 'react';
import {
  Button,
  Card,
  Code,
  DateOf,
  definePage,
  ErrorSummary,
  EvidenceCard,
  type Field,
  FieldOf,
  type FiredRule,
  KeepSays,
  type Labelled,
  LabelledList,
  type Loss,
  LossNotice,
  Notice,
  OfficeLine,
  ProcessOfCase,
  type ReceivedEvidence,
  type StateName,
  SummaryList,
  Tag,
  TimeOf,
  useKeep,
  useSay,
  write,
} from '#apps/portal';
import type { Text } from '#kernel/languages';
import type { Duty } from '#modules/cases';
import type { DecisionForm } from '../decision-form.ts';
import { useDeskTexts } from '../texts/desk.ts';
import { consoleTexts, useConsoleTexts } from '../texts/index.ts';
import type { UnsentView } from '../unsent.ts';
import { type Assignable, AssignTo, assignFieldsOf } from './assign.tsx';
import { Checklist, type ChecklistView, fieldsOfPoints } from './checklist.tsx';
import {
  type Dealings,
  DealingsOf,
  History,
  MessagesWithApplicant,
  News,
  Notes,
  noteOf,
  Proposal,
} from './dealings.tsx';
import { ItemsToDecide } from './items.tsx';
import { DraftedBy, LiveNews, Unsent } from './live-news.tsx';
import { type CaseFee, FeeOfCase } from './payment-card.tsx';
import { Retained, type RetainedView } from './retained.tsx';
import { type AppliedAgain, AppliedRules } from './rules-applied.tsx';
import { type Partner, Partners } from './shared-case.tsx';

/**
 * One case for the officer. The decision form posts `version` (what the officer looked at), `outcome`, `reasons` (several),
 * and, both or neither, `words-ar` and `words-en` to /office/cases/:caseId/decide; taking it posts `version` to /office/cases/:caseId/take.
 */
export type ReviewView = CaseFee &
  Omit<Assignable, 'assignment'> & {
    caseId: string;
    reference: string;
    version: number;
    /** The last step that the page tells of: what comes later is news. */
    lastSequence: number;
    mayRelease: boolean;
    /** What the roles of the officer before the page allow here; of a party to the case, to read it. */
    duties: Duty[];
    isParty: boolean;
    serviceTitle: Text;
    officeName: Text;
    applicant: { name: Text; homeState: StateName };
    /** Somebody applied for the applicant: as what. */
    representedBy?: Text;
    receivedAt: string;
    due?: { on: string; workingDaysLeft: number };
    why?: Text;
    evidence: ReceivedEvidence[];
    /** It stands still without a consent; what came with it is not among the evidence. */
    loss?: Loss;
    answers: Array<{ title: Text; items: Labelled[] }>;
    rules: FiredRule[];
    rulesVersion: string;
    rulesAgain?: AppliedAgain;
    /** Offices of the home state that take part. */
    partners: Partner[];
    /** `waiting`: nothing of the decision is for this officer to do now. */
    assignment:
      | { kind: 'free' }
      | { kind: 'you' }
      | { kind: 'waiting' }
      | { kind: 'other'; name: Text }
      | { kind: 'decided'; words: Text };
    /** What is checked by hand before the decision; its marks are posted with the decision's form. */
    checklist: ChecklistView;
    dealings: Dealings;
    /** The published process, and where in it the case stands. */
    process: ComponentProps<typeof ProcessOfCase>;
    retained: RetainedView;
    /** Set when somebody changed the case between looking and deciding: the decision was not taken. */
    stale?: { who: Text; at: string };
    /** What was refused and is said of no field. */
    problem?: Text;
    /** What was written and not taken, where there is no form to put it back into. */
    unsent?: UnsentView;
    form: DecisionForm;
  };

/** The case is in this officer's hand, and a role lets them decide it. */
export const isDecidingNow = ({ assignment, duties }: Pick<ReviewView, 'assignment' | 'duties'>) =>
  assignment.kind === 'you' && duties.includes('decide');

const both = (
  key:
    | 'review.outcome'
    | 'review.reasons'
    | 'review.reasonsHint'
    | 'review.conditions'
    | 'review.conditionsHint'
    | 'review.wordsAr'
    | 'review.wordsEn'
    | 'review.wordsHint',
): Text => ({
  ar: consoleTexts.ar[key],
  en: consoleTexts.en[key],
});

function fieldsOf({ outcomes, reasons, conditions, values, errors }: ReviewView['form']): Field[] {
  return [
    {
      name: 'outcome',
      kind: 'radios',
      label: both('review.outcome'),
      required: true,
      choices: outcomes,
      value: values.outcome,
      error: errors.outcome,
    },
    {
      name: 'reasons',
      kind: 'checkboxes',
      label: both('review.reasons'),
      hint: both('review.reasonsHint'),
      required: true,
      choices: reasons,
      value: values.reasons ?? [],
      error: errors.reasons,
    },
    ...(conditions.length > 0
      ? [
          {
            name: 'conditions',
            kind: 'checkboxes' as const,
            label: both('review.conditions'),
            hint: both('review.conditionsHint'),
            choices: conditions,
            value: values.conditions ?? [],
            error: errors.conditions,
          },
        ]
      : []),
    {
      name: 'words-ar',
      kind: 'textarea',
      label: both('review.wordsAr'),
      hint: both('review.wordsHint'),
      value: values.wordsAr,
      error: errors.wordsAr,
      lengthMax: 1000,
    },
    {
      name: 'words-en',
      kind: 'textarea',
      label: both('review.wordsEn'),
      hint: both('review.wordsHint'),
      value: values.wordsEn,
      error: errors.wordsEn,
      lengthMax: 1000,
    },
  ];
}

export const review = definePage<ReviewView>({
  name: 'review',
  area: 'office',
  nav: 'office',
  scripts: ['live', 'keep', 'line'],
  title: (view, { say }) => `${view.reference} · ${say(view.serviceTitle)}`,
  hasErrors: (view) =>
    [...Object.values(view.form.errors), ...view.form.items.map(({ error }) => error)].some(Boolean) ||
    view.checklist.points.some(({ error }) => error) ||
    view.assignProblem !== undefined ||
    view.dealings.proposal?.noteError !== undefined,
  crumbs: (_view, { reader }) => [{ href: '/office', words: write(consoleTexts, reader, 'queue.title') }],
  Body: ({ view }) => {
    const say = useSay();
    const t = useConsoleTexts();
    const desk = useDeskTexts();
    const keepAt = `/office/cases/${view.caseId}/kept`;
    const keep = useKeep(keepAt, true);
    const fields = fieldsOf(view.form);
    const [outcome, ...others] = fields;
    const points = fieldsOfPoints(view.checklist);
    const isDeciding = isDecidingNow(view);
    const mayWork = view.duties.includes('work');
    return (
      <div className="stack" data-live-case={`/office/cases/${view.caseId}/mark?after=${view.lastSequence}`}>
        <ErrorSummary
          fields={[
            ...assignFieldsOf(view),
            ...points,
            ...(view.dealings.proposal ? [noteOf(view.dealings.proposal)] : [outcome!, ...view.form.items, ...others]),
          ]}
        />
        <header className="stack-s">
          <p className="eyebrow">
            <Code>{view.reference}</Code>
            <span>{say(view.officeName)}</span>
            {view.due ? (
              <Tag tone={view.due.workingDaysLeft < 0 ? 'bad' : view.due.workingDaysLeft <= 1 ? 'warn' : 'plain'}>
                {view.due.workingDaysLeft < 0
                  ? t('queue.late', { n: -view.due.workingDaysLeft })
                  : t('queue.daysLeft', { n: view.due.workingDaysLeft })}
              </Tag>
            ) : null}
          </p>
          <h1>{say(view.serviceTitle)}</h1>
          {view.why ? <p className="lead">{say(view.why)}</p> : null}
          <p>
            <a href={`/office/cases/${view.caseId}/told`}>{t('review.told')}</a> ·{' '}
            <a href={`/office/cases/${view.caseId}/compare`}>{desk('compare.link')}</a>
          </p>
        </header>
        <Unsent unsent={view.unsent} />
        {view.problem && !view.unsent ? (
          <div role="alert">
            <Notice tone="bad">
              <p>{say(view.problem)}</p>
            </Notice>
          </div>
        ) : null}
        {view.stale && !view.unsent ? (
          <div role="alert">
            <Notice tone="bad" title={t('review.staleTitle')}>
              <p>{t('review.staleWords', { who: say(view.stale.who) })}</p>
              <p className="muted">
                <TimeOf at={view.stale.at} />
              </p>
            </Notice>
          </div>
        ) : null}
        <LiveNews caseId={view.caseId} isDeciding={isDeciding} />
        <News history={view.dealings.history} />
        <div className="two">
          <div className="stack">
            <Proposal caseId={view.caseId} dealings={view.dealings} />
            {view.retained.erasedAt ? null : <h2>{t('review.evidence')}</h2>}
            {view.loss ? <LossNotice loss={view.loss} /> : null}
            {view.evidence.length === 0 && !view.retained.erasedAt ? (
              <p className="muted">{t('review.noEvidence')}</p>
            ) : null}
            {view.evidence.map((one) => (
              <EvidenceCard key={one.exchangeId} one={one} />
            ))}
            {view.retained.erasedAt ? null : (
              <>
                <h2>{t('review.answers')}</h2>
                <p>
                  <a href={`/office/cases/${view.caseId}/copy`}>{t('review.copy')}</a>
                </p>
              </>
            )}
            {view.answers.map((part) => (
              <Card key={part.title.en} title={say(part.title)}>
                <LabelledList items={part.items} />
              </Card>
            ))}
            <Partners caseId={view.caseId} partners={view.partners} mayWrite={view.dealings.mayWrite} />
            <DealingsOf dealings={view.dealings} />
            <ProcessOfCase {...view.process} />
            {isDeciding ? null : <Checklist caseId={view.caseId} checklist={view.checklist} />}
            {isDeciding ? (
              <section className="card">
                <form
                  method="post"
                  action={`/office/cases/${view.caseId}/decide`}
                  className="stack"
                  id="decide"
                  noValidate
                  data-decide=""
                  {...keep}
                >
                  <input type="hidden" name="version" value={view.version} />
                  <Checklist caseId={view.caseId} checklist={view.checklist} isInForm />
                  <h2>{t('review.decide')}</h2>
                  <DraftedBy drafted={view.form.values.drafted} />
                  <FieldOf field={outcome!} />
                  <ItemsToDecide fields={view.form.items} />
                  {others.map((field) => (
                    <FieldOf key={field.name} field={field} />
                  ))}
                  <Notice>
                    {view.form.needsSecond.length > 0 ? (
                      <p>
                        {t('review.needsSecond')} {view.form.needsSecond.map(say).join(' · ')}
                      </p>
                    ) : null}
                    <p>{t('review.seal')}</p>
                  </Notice>
                  <KeepSays keepAt={keepAt} />
                  <div className="acts">
                    <Button big>{t('review.submit')}</Button>
                    <button type="submit" className="btn ghost" formAction={`/office/cases/${view.caseId}/draft`}>
                      {desk('review.keepDraft')}
                    </button>
                  </div>
                  <p className="muted">{desk('review.keepDraftWords')}</p>
                </form>
              </section>
            ) : null}
            {view.retained.erasedAt ? null : <MessagesWithApplicant caseId={view.caseId} dealings={view.dealings} />}
          </div>
          <aside className="stack">
            {view.isParty ? (
              <Notice tone="warn">
                <p>{desk('review.party')}</p>
              </Notice>
            ) : !mayWork ? (
              <Notice>
                <p>{desk('review.readOnly')}</p>
              </Notice>
            ) : null}
            {view.assignment.kind === 'free' && mayWork ? (
              <form method="post" action={`/office/cases/${view.caseId}/take`} className="card stack-s">
                <input type="hidden" name="version" value={view.version} />
                <button type="submit" className="btn" data-take="" aria-keyshortcuts="t">
                  {t('review.take')}
                </button>
                <p className="muted">{t('review.takeWords')}</p>
              </form>
            ) : view.assignment.kind === 'other' ? (
              <Notice tone="warn">
                <p>{t('review.takenBy', { who: say(view.assignment.name) })}</p>
                {mayWork ? (
                  <form method="post" action={`/office/cases/${view.caseId}/take`} className="stack-s">
                    <Button look="ghost" name="takeOver" value="yes">
                      {desk('review.takeOver')}
                    </Button>
                    <p className="small">{desk('review.takeOverWords')}</p>
                  </form>
                ) : null}
              </Notice>
            ) : view.assignment.kind === 'decided' ? (
              <Notice tone="good" title={t('review.decidedAlready')}>
                <p>{say(view.assignment.words)}</p>
              </Notice>
            ) : null}
            <Retained retained={view.retained} />
            <AssignTo view={view} />
            {view.mayRelease ? (
              <form method="post" action={`/office/cases/${view.caseId}/release`}>
                <Button look="ghost">{desk('review.release')}</Button>
              </form>
            ) : null}
            <Card>
              <SummaryList
                rows={[
                  {
                    term: t('review.applicant'),
                    value: (
                      <OfficeLine office={{ names: view.applicant.name, state: view.applicant.homeState }} small />
                    ),
                  },
                  ...(view.representedBy ? [{ term: t('review.representedBy'), value: say(view.representedBy) }] : []),
                  { term: t('review.received'), value: <TimeOf at={view.receivedAt} hijri /> },
                  ...(view.due ? [{ term: t('queue.due'), value: <DateOf on={view.due.on} weekday hijri /> }] : []),
                ]}
              />
            </Card>
            <FeeOfCase {...view} />
            {view.isParty ? null : (
              <>
                {view.retained.erasedAt ? null : <Notes caseId={view.caseId} dealings={view.dealings} />}
                <History history={view.dealings.history} />
              </>
            )}
            <AppliedRules rules={view.rules} version={view.rulesVersion} again={view.rulesAgain} />
          </aside>
        </div>
      </div>
    );
  },
});
