import {
  AppealCard,
  type AppealedDecision,
  type AskedForMore,
  Button,
  Card,
  type ChangedDecision,
  ChangeNotice,
  DecidedItems,
  type Field,
  FieldOf,
  LinkButton,
  Messages,
  Notice,
  PastRequest,
  Said,
  type SaidMessage,
  type ShownItem,
  Tag,
  TimeOf,
  useSay,
} from '#apps/portal';
import type { Text } from '#kernel/languages';
import { useConsoleTexts } from '../texts/index.ts';
import { DoneBy } from './done-by.tsx';

/** What a colleague proposed, for the second officer. */
export type ProposedDecision = {
  outcome: Text;
  by: string;
  at: string;
  reasons: Text[];
  conditions: Text[];
  items: ShownItem[];
  ownWords?: Text;
  /** The officer before the page proposed it, and so cannot confirm it. */
  isOwn: boolean;
  noteError?: Text;
};
export type HistoryLine = {
  text: Text;
  about?: Text;
  at: string;
  who?: Text;
  /** The information system by which it was done; without `who`, by itself. */
  through?: string;
  confirmedBy?: string;
  isNew: boolean;
};

/** What happens to a case beside its decision, as the office sees it. */
export type Dealings = {
  version: number;
  /** Notes and messages may be written by the officer before the page, and a proposal confirmed. */
  mayWrite: boolean;
  mayConfirm: boolean;
  /** Steps that lead to pages of their own. */
  steps: Array<{ href: string; label: Text }>;
  proposal?: ProposedDecision;
  requests: AskedForMore[];
  appeals: AppealedDecision[];
  changes: ChangedDecision[];
  messages: SaidMessage[];
  notes: SaidMessage[];
  history: HistoryLine[];
};

const noteLabel: Text = { ar: 'ملاحظة للزملاء', en: 'A note for colleagues' };
const messageLabel: Text = { ar: 'رسالة إلى المتقدّم', en: 'A message to the applicant' };

/** Changes since this officer looked last, before everything else on the page. */
export function News({ history }: { history: HistoryLine[] }) {
  const say = useSay();
  const t = useConsoleTexts();
  const news = history.filter(({ isNew }) => isNew);
  if (news.length === 0) return null;
  return (
    <div role="status">
      <Notice tone="info" title={t('review.news')}>
        <ul>
          {news.map((line) => (
            <li key={`${line.text.en}${line.about?.en ?? ''}${line.at}`}>
              {say(line.text)} {line.about ? <q>{say(line.about)}</q> : null}{' '}
              {line.who || line.through ? (
                <>
                  (<DoneBy who={line.who} through={line.through} />)
                </>
              ) : null}{' '}
              · <TimeOf at={line.at} />
            </li>
          ))}
        </ul>
      </Notice>
    </div>
  );
}

/** Why a second officer sends a decision back. */
export function noteOf({ noteError }: Pick<ProposedDecision, 'noteError'>): Field {
  return {
    name: 'note',
    kind: 'textarea',
    label: { ar: 'سبب الإعادة', en: 'Why you send it back' },
    hint: {
      ar: 'يُكتب عند الإعادة فقط، ويقرؤه الزملاء وحدهم.',
      en: 'Only when you send it back. Colleagues read it, the applicant does not.',
    },
    error: noteError,
    lengthMax: 2000,
  };
}

export function Proposal({ caseId, dealings }: { caseId: string; dealings: Dealings }) {
  const say = useSay();
  const t = useConsoleTexts();
  const { proposal } = dealings;
  if (!proposal) return null;
  return (
    <section className="card" id="proposal">
      <h2>{t('confirm.title')}</h2>
      <p className="lead">{say(proposal.outcome)}</p>
      <p className="muted">
        <bdi>{proposal.by}</bdi> · <TimeOf at={proposal.at} />
      </p>
      <ul>
        {[...proposal.reasons, ...(proposal.ownWords ? [proposal.ownWords] : [])].map((reason) => (
          <li key={reason.en}>{say(reason)}</li>
        ))}
      </ul>
      {proposal.conditions.length > 0 ? (
        <>
          <h3>{t('review.conditions')}</h3>
          <ul>
            {proposal.conditions.map((condition) => (
              <li key={condition.en}>{say(condition)}</li>
            ))}
          </ul>
        </>
      ) : null}
      <DecidedItems items={proposal.items} />
      {proposal.isOwn ? (
        <Notice>
          <p>{t('confirm.own')}</p>
        </Notice>
      ) : !dealings.mayConfirm ? null : (
        <form method="post" action={`/office/cases/${caseId}/confirm`} className="stack-s" noValidate>
          <input type="hidden" name="version" value={dealings.version} />
          <FieldOf field={noteOf(proposal)} />
          <div className="acts">
            <Button name="confirms" value="yes">
              {t('confirm.yes')}
            </Button>
            <Button look="ghost" name="confirms" value="no">
              {t('confirm.no')}
            </Button>
          </div>
        </form>
      )}
    </section>
  );
}

/** What was asked and answered, appealed and changed, and what can be done now. */
export function DealingsOf({ dealings }: { dealings: Dealings }) {
  const say = useSay();
  const t = useConsoleTexts();
  return (
    <>
      {dealings.changes.map((change) => (
        <ChangeNotice key={change.at} change={change} />
      ))}
      {dealings.appeals.map((appeal) => (
        <AppealCard key={appeal.filedAt} appeal={appeal} />
      ))}
      {dealings.requests.map((asked) => (
        <PastRequest key={asked.answerBy + (asked.endedAt ?? '')} asked={asked} title={t('review.asked')} />
      ))}
      {dealings.steps.length > 0 ? (
        <div className="acts">
          {dealings.steps.map((step) => (
            <LinkButton key={step.href} look="ghost" href={step.href}>
              {say(step.label)}
            </LinkButton>
          ))}
        </div>
      ) : null}
    </>
  );
}

type Written = { caseId: string; dealings: Pick<Dealings, 'mayWrite' | 'messages' | 'notes'> };

export function MessagesWithApplicant({ caseId, dealings: { messages, mayWrite } }: Written) {
  const t = useConsoleTexts();
  if (!mayWrite)
    return (
      <section className="card" id="messages">
        <h2>{t('review.messages')}</h2>
        {messages.length === 0 ? <p className="muted">—</p> : <Said messages={messages} />}
      </section>
    );
  return (
    <Messages
      title={t('review.messages')}
      action={`/office/cases/${caseId}/messages`}
      messages={messages}
      label={messageLabel}
    />
  );
}

export function Notes({ caseId, dealings: { notes, mayWrite } }: Written) {
  const t = useConsoleTexts();
  return (
    <section className="card" id="notes">
      <h2>{t('review.notes')}</h2>
      <p className="muted">{t('review.notesWords')}</p>
      <Said messages={notes} />
      {mayWrite ? (
        <form method="post" action={`/office/cases/${caseId}/notes`} className="stack-s" noValidate>
          <FieldOf field={{ name: 'note-text', kind: 'textarea', label: noteLabel, required: true, lengthMax: 2000 }} />
          <Button look="ghost">{t('review.keepNote')}</Button>
        </form>
      ) : null}
    </section>
  );
}

export function History({ history }: { history: HistoryLine[] }) {
  const say = useSay();
  const t = useConsoleTexts();
  return (
    <Card title={t('review.history')}>
      <ul className="plain">
        {history.map((line) => (
          <li key={`${line.text.en}${line.about?.en ?? ''}${line.at}`}>
            {say(line.text)} {line.about ? <q>{say(line.about)}</q> : null}{' '}
            {line.isNew ? <Tag tone="info">{t('review.new')}</Tag> : null}
            <p className="muted small">
              {line.who || line.through ? (
                <>
                  <DoneBy who={line.who} through={line.through} />
                  {line.confirmedBy ? (
                    <>
                      {' + '}
                      <bdi>{line.confirmedBy}</bdi>
                    </>
                  ) : null}
                  {' · '}
                </>
              ) : null}
              <TimeOf at={line.at} />
            </p>
          </li>
        ))}
      </ul>
    </Card>
  );
}
