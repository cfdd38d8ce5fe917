import {
  Announcement,
  Button,
  Card,
  Code,
  definePage,
  Medal,
  PageHead,
  type StateName,
  Tag,
  TimeOf,
  useSay,
} from '#apps/portal';
import type { Text } from '#kernel/languages';
import type { DeskItem, DeskLink } from '#modules/matching';

const text = (ar: string, en: string): Text => ({ ar, en });
const words = {
  title: text('مطابقة سجلات الشخص الواحد', 'Records of one person'),
  lead: text(
    'من يدخل بهوية دولة أخرى وسجله هنا غير مؤكد. تُكتب كل نظرة في السجل المفتوح، ولا تُفتح السجلات إلا من طلب.',
    'People who come with the identity of another state and whose record here is not certain. Every look is written in the open log; records are opened from a request only.',
  ),
  tasks: text('تنتظر قرارًا', 'Waiting for a decision'),
  none: text('لا شيء ينتظر.', 'Nothing is waiting.'),
  links: text('روابط قائمة', 'Links in force'),
  noLinks: text('لا روابط.', 'No links.'),
  proof: text('طُلب رقم', 'Number asked for'),
  another: text('لموظف آخر', 'For another officer'),
  until: text('حتى', 'until'),
  machine: text('آليًا', 'by machine'),
  officer: text('بموظف', 'by an officer'),
  undo: text('إلغاء ربط خاطئ', 'Undo a wrong link'),
  propose: text('اقتراح الإلغاء', 'Propose to undo'),
  agree: text('تأكيد الإلغاء', 'Agree to undo'),
  keep: text('إبقاء الربط', 'Keep the link'),
  why: text('لماذا هو خطأ؟ بلا أسماء', 'Why is it wrong? Without names'),
  proposed: text('اقتُرح إلغاؤه', 'Proposed to be undone'),
};
/** What stands in the way of a link by machine. */
export const deskReasons: Record<DeskItem['why'], Text> = {
  doubtful: text('قريب وغير مؤكد', 'Near, not certain'),
  'several-records': text('أكثر من سجل مطابق', 'Several records match'),
  'record-linked-to-another': text('السجل مربوط بشخص آخر', 'The record is linked to somebody else'),
  'person-linked-to-another': text('الشخص مربوط بسجل آخر', 'The person is linked to another record'),
  'separated-before': text('فُصل الاثنان من قبل', 'The two were separated before'),
  'number-given': text('ذكر الشخص رقم وثيقة', 'The person gave the number of a document'),
  objection: text('اعتراض على قرار', 'An objection to a decision'),
};

/** GET /office/matching. Posts `reason`, or `keep` = yes, to `/office/matching/links/:linkId/undo`. */
export type MatchingQueueView = {
  officeName: Text;
  tasks: Array<DeskItem & { home: StateName }>;
  links: Array<DeskLink & { home: StateName }>;
  notice?: Text;
  problem?: Text;
};

export const matchingQueue = definePage<MatchingQueueView>({
  name: 'matching-queue',
  area: 'office',
  nav: 'matching',
  title: (_view, { say }) => say(words.title),
  hasErrors: (view) => view.problem !== undefined,
  Body: ({ view }) => {
    const say = useSay();
    return (
      <div className="stack">
        <PageHead
          eyebrow={say(view.officeName)}
          title={say(words.title)}
          lead={say(words.lead)}
          {...(view.notice ? { notice: view.notice } : {})}
        />
        <Announcement tone="bad" {...(view.problem ? { words: view.problem } : {})} />
        <section className="stack-s">
          <h2>{say(words.tasks)}</h2>
          {view.tasks.length === 0 ? (
            <Card>
              <p>{say(words.none)}</p>
            </Card>
          ) : (
            <ul className="card flush rows">
              {view.tasks.map((task) => (
                <li key={task.attemptId}>
                  <div className="grow">
                    <h3>
                      <a href={`/office/matching/${task.attemptId}`}>
                        <Code>{task.reference}</Code>
                      </a>
                    </h3>
                    <p>{say(deskReasons[task.why])}</p>
                    <p className="muted small">
                      <Medal state={task.home} small /> <bdi>{say(task.home.names)}</bdi> · <TimeOf at={task.begunAt} />{' '}
                      · {say(words.until)} <TimeOf at={task.waitsUntil} />
                    </p>
                  </div>
                  {task.isForAnother ? <Tag tone="plain">{say(words.another)}</Tag> : null}
                  {task.state === 'proof-asked' ? <Tag tone="sand">{say(words.proof)}</Tag> : null}
                </li>
              ))}
            </ul>
          )}
        </section>
        <section className="stack-s">
          <h2>{say(words.links)}</h2>
          {view.links.length === 0 ? (
            <Card>
              <p>{say(words.noLinks)}</p>
            </Card>
          ) : (
            view.links.map((link) => <LinkRow key={link.linkId} link={link} />)
          )}
        </section>
      </div>
    );
  },
});

function LinkRow({ link }: { link: MatchingQueueView['links'][number] }) {
  const say = useSay();
  const action = `/office/matching/links/${link.linkId}/undo`;
  return (
    <section className="card stack-s">
      <div className="head">
        <h3>
          <Code>{link.reference}</Code>
        </h3>
        {link.undo ? <Tag tone="warn">{say(words.proposed)}</Tag> : null}
      </div>
      <p className="muted small">
        <Medal state={link.home} small /> <bdi>{say(link.home.names)}</bdi> · <TimeOf at={link.madeAt} /> ·{' '}
        {say(link.madeBy === 'machine' ? words.machine : words.officer)}
      </p>
      {link.undo ? (
        <>
          <p>
            <bdi>{link.undo.reason}</bdi>
          </p>
          <form method="post" action={action} className="acts">
            {link.undo.isOwn ? null : <Button look="danger">{say(words.agree)}</Button>}
            <Button look="ghost" name="keep" value="yes">
              {say(words.keep)}
            </Button>
          </form>
        </>
      ) : (
        <details>
          <summary>{say(words.undo)}</summary>
          <form method="post" action={action} className="stack-s" noValidate>
            <label htmlFor={`reason-${link.linkId}`}>{say(words.why)}</label>
            <input
              className="input"
              id={`reason-${link.linkId}`}
              name="reason"
              type="text"
              dir="auto"
              maxLength={500}
            />
            <Button look="danger">{say(words.propose)}</Button>
          </form>
        </details>
      )}
    </section>
  );
}
