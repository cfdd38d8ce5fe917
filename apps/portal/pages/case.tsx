import type { Text } from '#kernel/languages';
import {
  Button,
  Card,
  LinkButton,
  Notice,
  OfficeLine,
  SummaryList,
  Tag,
  Timeline,
  type TimelineStep,
} from '../components/blocks.tsx';
import { FieldOf } from '../components/fields.tsx';
import { PageHead } from '../components/head.tsx';
import { type Loss, LossNotice } from '../components/losses.tsx';
import { Icon } from '../components/marks.tsx';
import { Code, DateOf, type OfficeName, TimeOf } from '../components/values.tsx';
import { definePage } from '../page.tsx';
import { useSay, useTable, useTexts } from '../reader.tsx';
import { sharedTexts } from '../texts/sharing.ts';
import { ApplyAgain } from './again.tsx';
import { type CaseHead, WithdrawForm } from './apply.tsx';
import {
  AppealCard,
  type AppealedDecision,
  type AskedForMore,
  type ChangedDecision,
  ChangeNotice,
  Messages,
  OpenRequest,
  PastRequest,
  type SaidMessage,
} from './case-dealings.tsx';
import { type CaseState, caseTones } from './case-states.ts';
import { Decision } from './decision.tsx';
import type { FeeShown } from './fee.tsx';
import type { ShownItem } from './items.tsx';
import { Owed, PaymentOfCase, PaymentsLink } from './payments.tsx';
import { ErasedNotice, KeptUntil } from './retained.tsx';
import { SharedCases, type SharedRow, type SharedWith, SharingCard } from './shared-case.tsx';
import { StillOpenCard, type StillOpenShown } from './still-open.tsx';
import { Told, type ToldShown } from './told.tsx';
import { type Validity, ValidityNotice } from './validity.tsx';

export type FiredRule = { text: Text; outcome: 'met' | 'not-met' | 'needs-review' };

export type CaseView = CaseHead & {
  state: CaseState;
  /** The case in one sentence, such as "Waiting for the decision of the Ministry of Education". */
  headline: Text;
  office: OfficeName;
  turn: 'you' | 'office' | 'nobody';
  due?: { on: string; workingDaysLeft: number; weekend: Text };
  steps: TimelineStep[];
  rules: FiredRule[];
  decision?: {
    isGranted: boolean;
    /** Some of `items` was refused. */
    isInPart?: boolean;
    items?: ShownItem[];
    decidedAt: string;
    words: Text;
    reasons: Text[];
    ownWords?: Text;
    /** Nobody decided in time, and the law did: under which article. */
    article?: Text;
    isAutomatic: boolean;
    conditions: Text[];
    /** It counts no more. */
    isEnded: boolean;
    appealUntil?: string;
    mayAppeal: boolean;
  };
  /** What was asked with an exemption, and why. */
  fee?: FeeShown;
  /** What is to pay before anybody decides; then it is the person's turn, whatever else. */
  owed?: FeeShown;
  /** Decisions that another one has taken the place of, the oldest first. */
  earlier: Array<{ number: string; words: Text; decidedAt: string }>;
  requests: AskedForMore[];
  /** Why the person was led here. */
  notice?: Text;
  /** A message that was typed and not sent. */
  typedMessage?: string;
  /** It stands still without a consent. */
  loss?: Loss;
  appeals: AppealedDecision[];
  changes: ChangedDecision[];
  /** Absent while nobody can be written to. */
  messages?: SaidMessage[];
  /** Of something approved that ends some day. */
  validity?: Validity;
  /** Who of the home state sees it. */
  shares: SharedWith[];
  /** While something can still happen with it. */
  told?: ToldShown;
  documentHref?: string;
  wallet: 'none' | 'offered' | 'held';
  mayWithdraw: boolean;
  /** What can still be changed about it. */
  stillOpen?: StillOpenShown;
  /** It came to nothing and can be begun anew: with its answers, or without where they are erased. */
  again?: 'filled' | 'blank';
  /** What was handed in, for paper. */
  copyHref?: string;
  /** The last day on which the office keeps what it holds, ISO 8601; once that is over, when it was erased. */
  keptUntil?: string;
  erasedAt?: string;
  /** Of what was paid for it, with the receipt. */
  paymentHref?: string;
  /** Present once the case is decided; `stars` once the person has said how it went. */
  rating?: { stars: number | undefined };
};

export const casePage = definePage<CaseView>({
  scripts: ['keep', 'line'],
  name: 'case',
  nav: 'cases',
  title: (view, { say }) => say(view.headline),
  crumbs: (_view, { t }) => [{ href: '/cases', words: t('nav.cases') }],
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    const shared = useTable(sharedTexts);
    return (
      <div className="stack">
        <PageHead
          eyebrow={
            <>
              <Code>{view.reference}</Code>
              <span>{say(view.serviceTitle)}</span>
              <Tag tone={caseTones[view.state]}>{t(`state.${view.state}`)}</Tag>
            </>
          }
          title={say(view.headline)}
          notice={view.notice}
        />
        {view.turn === 'nobody' ? null : (
          <div className="card turn">
            <span className="ico">
              <Icon name={view.turn === 'you' ? 'person' : 'office'} />
            </span>
            <div className="grow">
              <b>
                {view.turn === 'you'
                  ? t('case.turnYou')
                  : t('case.turnOffice', { office: say(view.office.names), state: say(view.office.state.names) })}
              </b>
              {view.due ? (
                <p>
                  {t('case.due', { n: view.due.workingDaysLeft })} <DateOf on={view.due.on} weekday hijri />
                </p>
              ) : null}
              {view.due ? <p className="muted">({shared('weekend', { days: say(view.due.weekend) })})</p> : null}
            </div>
          </div>
        )}
        {view.owed ? <Owed owed={view.owed} caseId={view.caseId} /> : null}
        {view.erasedAt ? <ErasedNotice at={view.erasedAt} /> : null}
        <div className="two">
          <div className="stack">
            {view.loss ? <LossNotice loss={view.loss} caseId={view.caseId} /> : null}
            {view.requests
              .filter(({ isOpen }) => isOpen)
              .map((asked) => (
                <OpenRequest key={asked.answerBy} caseId={view.caseId} asked={asked} />
              ))}
            {view.changes.map((change) => (
              <ChangeNotice key={change.at} change={change} />
            ))}
            {view.decision ? <Decision view={view} /> : null}
            {view.again ? <ApplyAgain caseId={view.caseId} from={view.again} /> : null}
            {view.validity ? <ValidityNotice caseId={view.caseId} validity={view.validity} /> : null}
            {view.appeals.map((appeal) => (
              <AppealCard key={appeal.filedAt} appeal={appeal} />
            ))}
            {view.requests
              .filter(({ isOpen }) => !isOpen)
              .map((asked) => (
                <PastRequest key={asked.endedAt} asked={asked} title={t('request.past')} />
              ))}
            {view.stillOpen ? <StillOpenCard caseId={view.caseId} open={view.stillOpen} /> : null}
            {view.messages ? (
              <Messages
                title={t('messages.title')}
                action={`/cases/${view.caseId}/messages`}
                messages={view.messages}
                label={messageLabel}
                keepAt={`/cases/${view.caseId}/messages/kept`}
                {...(view.typedMessage ? { typed: view.typedMessage } : {})}
              />
            ) : null}
            {view.rating ? <RatingForm caseId={view.caseId} stars={view.rating.stars} /> : null}
            <Card title={t('case.timeline')}>
              <Timeline steps={view.steps} time={(at) => <TimeOf at={at} />} />
            </Card>
          </div>
          <aside className="stack">
            {view.rules.length > 0 ? (
              <Card title={t('case.rules')}>
                <Rules rules={view.rules} />
                <p className="muted small">{t('case.rulesNote')}</p>
              </Card>
            ) : null}
            <Card title={t('case.about')}>
              <SummaryList
                rows={[
                  { term: t('case.number'), value: <Code>{view.reference}</Code> },
                  { term: t('service.decides'), value: <OfficeLine office={view.office} small /> },
                ]}
              />
              {view.erasedAt ? null : (
                <p>
                  <a href={`/cases/${view.caseId}/evidence`}>{t('case.evidence')}</a>
                </p>
              )}
              {view.paymentHref ? <PaymentOfCase href={view.paymentHref} /> : null}
              {view.copyHref ? (
                <p>
                  <a href={view.copyHref}>{t('case.copy')}</a>
                </p>
              ) : null}
              {view.keptUntil ? <KeptUntil on={view.keptUntil} hasDocument={view.documentHref !== undefined} /> : null}
            </Card>
            <SharingCard caseId={view.caseId} shares={view.shares} />
            {view.told ? <Told told={view.told} caseId={view.caseId} /> : null}
            {view.mayWithdraw ? <WithdrawForm caseId={view.caseId} /> : null}
          </aside>
        </div>
      </div>
    );
  },
});

const messageLabel: Text = { ar: 'رسالة إلى الجهة', en: 'A message to the office' };

const marks: Array<[string, Text]> = [
  ['5', { ar: 'جيدة جدًا', en: 'Very well' }],
  ['4', { ar: 'جيدة', en: 'Well' }],
  ['3', { ar: 'مقبولة', en: 'So-so' }],
  ['2', { ar: 'سيئة', en: 'Badly' }],
  ['1', { ar: 'سيئة جدًا', en: 'Very badly' }],
];

/** Asked once a case is decided; it may be changed, and no officer sees whose it is. */
function RatingForm({ caseId, stars }: { caseId: string; stars: number | undefined }) {
  const t = useTexts();
  return (
    <section className="card" id="rating">
      <form method="post" action={`/cases/${caseId}/rating`} className="stack-s">
        {stars === undefined ? null : <Notice tone="good" title={t('rating.thanks')} />}
        <FieldOf
          field={{
            name: 'stars',
            kind: 'radios',
            label: { ar: 'كيف كانت تجربتك؟', en: 'How did it go?' },
            hint: {
              ar: 'إجابة واحدة تساعد على تحسين الخدمة. ولا يرى الموظفون من أجاب.',
              en: 'One answer helps to make the service better. Officers do not see who said what.',
            },
            value: stars === undefined ? '' : String(stars),
            choices: marks.map(([value, label]) => ({ value, label })),
          }}
        />
        <Button look="ghost">{t('rating.send')}</Button>
      </form>
    </section>
  );
}

export function Rules({ rules }: { rules: FiredRule[] }) {
  const say = useSay();
  const t = useTexts();
  return (
    <ul className="plain">
      {rules.map((rule) => (
        <li key={rule.text.en} className="rule">
          <span>{say(rule.text)}</span>
          <Tag tone={rule.outcome === 'met' ? 'good' : rule.outcome === 'not-met' ? 'bad' : 'sand'}>
            {t(`rule.${rule.outcome}`)}
          </Tag>
        </li>
      ))}
    </ul>
  );
}

export type MyCasesView = {
  cases: Array<
    CaseHead & {
      state: CaseState;
      office: OfficeName;
      turn: 'you' | 'office' | 'nobody';
      changedAt: string;
      /** Of a draft that ends soon: the day, ISO 8601. */
      erasedOn?: string;
      /** Of something that can be renewed: its last day, ISO 8601. */
      renewBy?: string;
      /** When what it held was erased. */
      erasedAt?: string;
    }
  >;
  /** Those that other states decide. */
  elsewhere: SharedRow[];
  notice?: Text;
};

export const myCases = definePage<MyCasesView>({
  name: 'my-cases',
  nav: 'cases',
  title: (_view, { t }) => t('nav.cases'),
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    return (
      <div className="stack">
        <PageHead title={t('nav.cases')} lead={t('cases.lead')} notice={view.notice} />
        {view.cases.length > 0 ? (
          <ul className="card flush rows">
            {view.cases.map((one) => (
              <li key={one.caseId}>
                <div className="grow">
                  <h2 className="h3">
                    <a className="over" href={`/cases/${one.caseId}`}>
                      {say(one.serviceTitle)}
                    </a>
                  </h2>
                  <p className="eyebrow">
                    <Code>{one.reference}</Code>
                    <OfficeLine office={one.office} small />
                  </p>
                  <p className="muted">
                    {t(`cases.turn.${one.turn}`)} · <TimeOf at={one.changedAt} />
                  </p>
                  {one.erasedOn ? (
                    <p className="filled">
                      <Icon name="warn" />
                      <span>
                        {t('cases.erasedOn')} <DateOf on={one.erasedOn} hijri />
                      </span>
                    </p>
                  ) : null}
                  {one.erasedAt ? (
                    <p className="muted">
                      {t('retained.erasedLine')} <TimeOf at={one.erasedAt} />
                    </p>
                  ) : null}
                  {one.renewBy ? (
                    <p className="filled">
                      <Icon name="clock" />
                      <span>
                        {t('cases.renewBy')} <DateOf on={one.renewBy} hijri />
                      </span>
                    </p>
                  ) : null}
                </div>
                <Tag tone={caseTones[one.state]}>{t(`state.${one.state}`)}</Tag>
                <span className="go">
                  <Icon name="chevron" />
                </span>
              </li>
            ))}
          </ul>
        ) : (
          <div className="card">
            <h2>{t('cases.none')}</h2>
            <p>{t('cases.noneWords')}</p>
            <LinkButton href="/services">{t('cases.find')}</LinkButton>
          </div>
        )}
        <SharedCases rows={view.elsewhere} />
        <PaymentsLink />
      </div>
    );
  },
});
