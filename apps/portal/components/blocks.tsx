import type { ReactNode } from 'react';
import type { Text } from '#kernel/languages';
import { useReader, useSay, useTexts } from '../reader.tsx';
import { Icon, type IconName } from './marks.tsx';
import { type Labelled, Medal, NumberOf, type OfficeName, ValueOf } from './values.tsx';

export type Tone = 'good' | 'warn' | 'bad' | 'sand' | 'plain' | 'info';

export function Tag({ tone = 'info', icon, children }: { tone?: Tone; icon?: IconName; children: ReactNode }) {
  return (
    <span className={tone === 'info' ? 'tag' : `tag ${tone}`}>
      {icon ? <Icon name={icon} /> : null}
      {children}
    </span>
  );
}

export function Notice({ tone = 'sand', title, children }: { tone?: Tone; title?: string; children?: ReactNode }) {
  return (
    <div className={tone === 'sand' ? 'note' : `note ${tone}`}>
      {title ? <b>{title}</b> : null}
      {children}
    </div>
  );
}

type ButtonLook = 'main' | 'ghost' | 'quiet' | 'danger';
const looks: Record<ButtonLook, string> = { main: 'btn', ghost: 'btn ghost', quiet: 'btn quiet', danger: 'btn danger' };

export function Button(props: {
  children: ReactNode;
  look?: ButtonLook;
  big?: boolean;
  name?: string;
  value?: string;
  describedBy?: string;
}) {
  const { children, look = 'main', big, name, value, describedBy } = props;
  return (
    <button
      type="submit"
      className={looks[look] + (big ? ' big' : '')}
      name={name}
      value={value}
      aria-describedby={describedBy}
    >
      {children}
    </button>
  );
}

export function LinkButton(props: {
  href: string;
  children: ReactNode;
  look?: ButtonLook;
  big?: boolean;
  download?: boolean;
}) {
  const { href, children, look = 'main', big, download } = props;
  return (
    <a className={looks[look] + (big ? ' big' : '')} href={href} download={download || undefined}>
      {children}
    </a>
  );
}

export function Card({
  title,
  children,
  as: Box = 'section',
  className = '',
}: {
  title?: ReactNode;
  children: ReactNode;
  as?: 'section' | 'div' | 'aside';
  className?: string;
}) {
  return (
    <Box className={`card ${className}`.trim()}>
      {title ? <h2>{title}</h2> : null}
      {children}
    </Box>
  );
}

/** Small facts in one line: an icon and a few words each. */
export function Facts({ facts }: { facts: Array<{ icon: IconName; words: ReactNode } | null | false | undefined> }) {
  return (
    <ul className="facts">
      {facts.map((fact, at) =>
        fact ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: facts have no name and never move.
          <li key={at}>
            <Icon name={fact.icon} />
            <span>{fact.words}</span>
          </li>
        ) : null,
      )}
    </ul>
  );
}

export type SummaryRow = { term: ReactNode; value: ReactNode; action?: ReactNode };

/** GOV.UK's summary list: what we asked, what you said, a way to change it. `isFacing`: what one side says beside what the other does. */
export function SummaryList({ rows, isFacing }: { rows: SummaryRow[]; isFacing?: boolean }) {
  return (
    <dl className={isFacing ? 'list facing' : 'list'}>
      {rows.map((row, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name and never move.
        <div key={at}>
          <dt>{row.term}</dt>
          <dd>{row.value}</dd>
          {row.action ? <dd>{row.action}</dd> : null}
        </div>
      ))}
    </dl>
  );
}

export function LabelledList({ items }: { items: Labelled[] }) {
  const say = useSay();
  return <SummaryList rows={items.map((item) => ({ term: say(item.label), value: <ValueOf of={item.value} /> }))} />;
}

/** An office with its state's sign beside it. */
export function OfficeLine({ office, small = false }: { office: OfficeName; small?: boolean }) {
  const say = useSay();
  return (
    <span className="from">
      <Medal state={office.state} small={small} />
      <span>
        <bdi>{say(office.names)}</bdi>
        {office.state.code ? (
          <span className="muted">
            {' · '}
            <bdi>{say(office.state.names)}</bdi>
          </span>
        ) : null}
      </span>
    </span>
  );
}

export function Ticks({ items }: { items: Text[] }) {
  const say = useSay();
  return (
    <ul className="ticks">
      {items.map((item) => (
        <li key={item.en}>
          <Icon name="check" />
          <span>{say(item)}</span>
        </li>
      ))}
    </ul>
  );
}

/** The page's first words after something is done, or the verdict on something checked. */
export function Panel({
  title,
  children,
  tone,
  icon = 'check',
}: {
  title: ReactNode;
  children?: ReactNode;
  tone?: 'good' | 'bad' | 'warn';
  icon?: IconName;
}) {
  return (
    <div className={tone ? `panel ${tone}` : 'panel'}>
      <span className="disc">
        <Icon name={icon} />
      </span>
      <h1>{title}</h1>
      {children}
    </div>
  );
}

type Pages = { page: number; pages: number };
const turnsOf = ({ page, pages }: Pages) =>
  [
    { to: page - 1, rel: 'prev', words: 'pages.earlier', isThere: page > 1 },
    { to: page + 1, rel: 'next', words: 'pages.later', isThere: page < pages },
  ] as const;

export function Pagination({ hrefOf, ...at }: Pages & { hrefOf: (page: number) => string }) {
  const t = useTexts();
  if (at.pages <= 1) return null;
  const [earlier, later] = turnsOf(at).map(({ to, rel, words, isThere }) =>
    isThere ? (
      <a key={rel} href={hrefOf(to)} rel={rel}>
        {t(words)}
      </a>
    ) : (
      <span key={rel} />
    ),
  );
  return (
    <nav className="pages" aria-label={t('pages.label')}>
      {earlier}
      <span className="muted">{t('pages.now', at)}</span>
      {later}
    </nav>
  );
}

/** The same for a list that no address may tell of: it is posted again, with `page`. */
export function PostedPagination({
  action,
  fields,
  ...at
}: Pages & { action: string; fields: Record<string, string> }) {
  const t = useTexts();
  if (at.pages <= 1) return null;
  const [earlier, later] = turnsOf(at).map(({ to, rel, words, isThere }) =>
    isThere ? (
      <button key={rel} type="submit" className="btn quiet" name="page" value={to}>
        {t(words)}
      </button>
    ) : (
      <span key={rel} />
    ),
  );
  return (
    <form className="pages" method="post" action={action} aria-label={t('pages.label')}>
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {earlier}
      <span className="muted">{t('pages.now', at)}</span>
      {later}
    </form>
  );
}

export type TaskStatus = 'done' | 'todo' | 'waiting' | 'locked';
/** An optional one is not counted, and nobody waits for it. */
export type Task = {
  title: Text;
  hint?: Text;
  status: TaskStatus;
  href?: string;
  post?: string;
  isOptional?: boolean;
};

const taskTones: Record<TaskStatus, Tone> = { done: 'good', todo: 'info', waiting: 'sand', locked: 'plain' };

/** GOV.UK's task list: everything that is left, in any order that is possible. `post` makes a task a button. */
export function TaskList({ tasks }: { tasks: Task[] }) {
  const say = useSay();
  const t = useTexts();
  return (
    <ul className="tasks">
      {tasks.map((task) => (
        <li key={task.title.en}>
          <div className="grow">
            {task.href && task.status !== 'locked' ? (
              <a href={task.href}>{say(task.title)}</a>
            ) : (
              <b>{say(task.title)}</b>
            )}
            {task.hint ? <p className="muted">{say(task.hint)}</p> : null}
          </div>
          {task.status === 'done' ? (
            <Tag tone="good" icon="check">
              {t('task.done')}
            </Tag>
          ) : (
            <Tag tone={task.isOptional ? 'plain' : taskTones[task.status]}>
              {t(task.isOptional ? 'field.optional' : `task.${task.status}`)}
            </Tag>
          )}
          {task.post && task.status !== 'locked' ? (
            <form method="post" action={task.post}>
              <Button look="ghost">
                {t('task.begin')}
                <span className="hide">{`: ${say(task.title)}`}</span>
              </Button>
            </form>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

export type TimelineStep = {
  title: Text;
  at?: string;
  detail?: Text;
  place?: OfficeName;
  progress: 'done' | 'now' | 'later';
  link?: { href: string; label: Text };
};

export function Timeline({ steps, time }: { steps: TimelineStep[]; time: (at: string) => ReactNode }) {
  const say = useSay();
  const t = useTexts();
  return (
    <ol className="lanes">
      {steps.map((step, at) => (
        <li
          key={`${step.title.en}${step.at ?? ''}`}
          className={step.progress}
          aria-current={step.progress === 'now' ? 'step' : undefined}
        >
          <span className="bead">{step.progress === 'done' ? <Icon name="check" /> : <NumberOf value={at + 1} />}</span>
          <div>
            <h3>
              {say(step.title)}
              <span className="hide">{` (${t(`step.${step.progress}`)})`}</span>
            </h3>
            {step.detail ? <p>{say(step.detail)}</p> : null}
            {step.place ? <OfficeLine office={step.place} small /> : null}
            {step.at || step.link ? (
              <p className="muted small">
                {step.at ? time(step.at) : null}
                {step.at && step.link ? ' · ' : null}
                {step.link ? <a href={step.link.href}>{say(step.link.label)}</a> : null}
              </p>
            ) : null}
          </div>
        </li>
      ))}
    </ol>
  );
}

/** Words only in one language, said to be so (a decision's own words, an officer's note). */
export function Foreign({ language, children }: { language: 'ar' | 'en'; children: ReactNode }) {
  const reader = useReader();
  return reader.language === language ? (
    <span>{children}</span>
  ) : (
    <span lang={language} dir={language === 'ar' ? 'rtl' : 'ltr'}>
      {children}
    </span>
  );
}
