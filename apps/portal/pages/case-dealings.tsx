import type { Text } from '#kernel/languages';
import { Button, Card, LabelledList, LinkButton, Notice, SummaryList } from '../components/blocks.tsx';
import { FieldOf } from '../components/fields.tsx';
import { KeepSays, useKeep } from '../components/keep.tsx';
import { DateOf, type Labelled, TimeOf } from '../components/values.tsx';
import { useSay, useTexts } from '../reader.tsx';

/** An answer that was changed when the office asked. */
export type ChangedAnswer = { label: Text; before?: Text; after?: Text };
/** What the office asked for after the case was sent, and what came of it. */
export type AskedForMore = {
  things: Text[];
  ownWords?: Text;
  /** Papers that are asked for by name, with what was sent. */
  papers: Labelled[];
  answerBy: string;
  isOpen: boolean;
  /** `unanswered`: the time to answer ended. */
  outcome?: 'answered' | 'unanswered' | 'ended';
  endedAt?: string;
  answer?: string;
  changes: ChangedAnswer[];
};
export type AppealedDecision = {
  words: string;
  filedAt: string;
  dueOn: string;
  outcome?: 'upheld' | 'replaced';
  decidedAt?: string;
  ownWords?: Text;
};
export type ChangedDecision = {
  kind: 'corrected' | 'reopened' | 'cancelled';
  at: string;
  reason: Text;
  ownWords?: Text;
};
/** `who` is the person or, in one word for all its officers, the office. */
export type SaidMessage = { who: Text; text: string; at: string };

/** What is asked of the person now, before everything else on the page. */
export function OpenRequest({ caseId, asked }: { caseId: string; asked: AskedForMore }) {
  const say = useSay();
  const t = useTexts();
  return (
    <section className="card">
      <h2>{t('request.title')}</h2>
      <Things asked={asked} />
      <p>
        {t('request.by')} <DateOf on={asked.answerBy} weekday hijri />
      </p>
      <div className="acts">
        <LinkButton href={`/cases/${caseId}/request`}>{t('request.answer')}</LinkButton>
      </div>
      <p className="muted">{say(clockWords)}</p>
    </section>
  );
}

const clockWords: Text = {
  ar: 'تتوقف مدة القرار لدى الجهة حتى يصل ردك.',
  en: 'The time that the office has to decide stands still until you answer.',
};

function Things({ asked }: { asked: AskedForMore }) {
  const say = useSay();
  return (
    <ul>
      {[
        ...asked.things,
        ...(asked.ownWords ? [asked.ownWords] : []),
        ...(asked.isOpen ? asked.papers.map(({ label }) => label) : []),
      ].map((thing) => (
        <li key={thing.en}>{say(thing)}</li>
      ))}
    </ul>
  );
}

/** Earlier requests with what was answered: the same for the person and the office. */
export function PastRequest({ asked, title }: { asked: AskedForMore; title: string }) {
  const say = useSay();
  const t = useTexts();
  return (
    <Card title={title}>
      <Things asked={asked} />
      {asked.answer ? (
        <Notice tone="info" title={t('request.answered')}>
          <p dir="auto">{asked.answer}</p>
        </Notice>
      ) : null}
      {asked.papers.length > 0 ? <LabelledList items={asked.papers} /> : null}
      {asked.changes.length > 0 ? (
        <SummaryList
          isFacing
          rows={asked.changes.map((change) => ({
            term: say(change.label),
            value: (
              <>
                <span className="muted">{t('request.before')}</span>{' '}
                <bdi>{change.before ? say(change.before) : t('request.nothing')}</bdi>
              </>
            ),
            action: (
              <>
                <span className="muted">{t('request.after')}</span>{' '}
                <b>
                  <bdi>{change.after ? say(change.after) : t('request.nothing')}</bdi>
                </b>
              </>
            ),
          }))}
        />
      ) : null}
      {asked.outcome === 'unanswered' ? <p>{t('request.unanswered')}</p> : null}
      {asked.endedAt ? (
        <p className="muted small">
          <TimeOf at={asked.endedAt} />
        </p>
      ) : null}
    </Card>
  );
}

export function AppealCard({ appeal }: { appeal: AppealedDecision }) {
  const say = useSay();
  const t = useTexts();
  return (
    <Card title={t('appeal.title')}>
      <p dir="auto">{appeal.words}</p>
      <p className="muted small">
        <TimeOf at={appeal.filedAt} />
      </p>
      {appeal.outcome ? (
        <Notice tone={appeal.outcome === 'replaced' ? 'good' : 'warn'} title={t(`appeal.${appeal.outcome}`)}>
          {appeal.ownWords ? <p>{say(appeal.ownWords)}</p> : null}
        </Notice>
      ) : (
        <p>
          {t('appeal.due')} <DateOf on={appeal.dueOn} weekday hijri />
        </p>
      )}
    </Card>
  );
}

export function ChangeNotice({ change }: { change: ChangedDecision }) {
  const say = useSay();
  const t = useTexts();
  return (
    <Notice tone={change.kind === 'cancelled' ? 'bad' : 'warn'} title={t(`change.${change.kind}`)}>
      <p>{say(change.reason)}</p>
      {change.ownWords ? <p>{say(change.ownWords)}</p> : null}
      <p className="muted small">
        <TimeOf at={change.at} />
      </p>
    </Notice>
  );
}

/** Plain words between the person and the office, with a field for the next. */
export function Messages(props: {
  action: string;
  messages: SaidMessage[];
  label: Text;
  title: string;
  /** Where its script sends what is typed, and what was typed before and is not sent. */
  keepAt?: string;
  typed?: string;
}) {
  const say = useSay();
  const t = useTexts();
  const keep = useKeep(props.keepAt, true);
  const field = { name: 'text', kind: 'textarea', label: props.label, required: true, lengthMax: 2000 } as const;
  return (
    <section className="card" id="messages">
      <h2>{props.title}</h2>
      {props.messages.length === 0 ? <p className="muted">{t('messages.none')}</p> : null}
      <Said messages={props.messages} />
      <form method="post" action={props.action} className="stack-s" noValidate {...keep}>
        <FieldOf field={{ ...field, ...(props.typed ? { value: props.typed } : {}) }} />
        <KeepSays keepAt={props.keepAt} />
        <Button look="ghost">{say({ ar: 'إرسال', en: 'Send' })}</Button>
      </form>
    </section>
  );
}

export function Said({ messages }: { messages: SaidMessage[] }) {
  const say = useSay();
  return (
    <ul className="plain">
      {messages.map((message, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: messages are only added to, and never move.
        <li key={at}>
          <b>
            <bdi>{say(message.who)}</bdi>
          </b>{' '}
          <span className="muted small">
            <TimeOf at={message.at} />
          </span>
          <p dir="auto">{message.text}</p>
        </li>
      ))}
    </ul>
  );
}
