import type { Text } from '#kernel/languages';
import type { Attempt, Link, LinkEnd } from '#modules/matching';
import { Button, Card, LinkButton, Notice, OfficeLine, SummaryList, Tag, type Tone } from '../components/blocks.tsx';
import { type Field, FieldOf } from '../components/fields.tsx';
import { Announcement, PageHead } from '../components/head.tsx';
import { Code, NumberOf, type OfficeName, TimeOf } from '../components/values.tsx';
import { definePage } from '../page.tsx';
import { useSay, useTexts } from '../reader.tsx';

const text = (ar: string, en: string): Text => ({ ar, en });
const words = {
  lead: text(
    'إن كان لك سجل في هذه الدولة، كسجل إقامة، نعثر عليه بموافقتك فتستخدمه الخدمات بدل أن تكتبه. لا يُقرأ شيء قبل ذلك.',
    'If this state has a record of you, such as a residence record, it is found with your consent, and services can use it so that you need not write it again. Nothing is read before that.',
  ),
  linked: text('سجلك مربوط', 'Your record is linked'),
  linkedWords: text(
    'وُجد سجل واحد هو لك ورُبط بهويتك. تُكتب كل قراءة به في السجل المفتوح وتظهر أدناه.',
    'One record was found to be yours and is linked to your identity. Every reading by it is written in the open log and shown below.',
  ),
  moved: text(
    'انتقل الربط إلى سجل آخر لأن السجل دمج سجلين.',
    'The link has moved, because the register merged two records.',
  ),
  madeByMachine: text(
    'حسمته قواعد المقارنة، ولم يقترب سجل آخر',
    'By the rules of comparison; no other record came near',
  ),
  madeByOfficer: text('حسمه موظف', 'By an officer'),
  by: text('كيف', 'How'),
  at: text('متى', 'When'),
  reference: text('الرقم المرجعي', 'Reference'),
  remove: text('إنهاء الربط', 'Remove the link'),
  toCases: text('إلى طلباتي', 'To my cases'),
  begin: text('العثور على سجلي', 'Find my record'),
  what: text('ما يُقارَن', 'What is compared'),
  whatWords: text('يرسله بلدك موقّعًا بعد موافقتك هناك', 'Your home state sends it, signed, after you agree there'),
  another: text('لي سجل آخر هنا', 'I have another record here'),
  looks: text('مرات نظر موظف فيه:', 'Times an officer looked:'),
  mayAdd: text('ولك أن تضيف:', 'You may add:'),
  withWhat: text('بماذا يُقارَن', 'Compared with'),
  withWords: text('سجل المقيمين في هذه الدولة', 'The register of residents of this state'),
  who: text('من يقارن', 'Who compares'),
  next: text('ثم', 'Then'),
  nextWords: text(
    'سجل واحد مطابق تمامًا: يُربط فورًا. شك: ينظر موظف. لا شيء: يُقال لك ذلك. تُمحى البيانات المقارَنة بعد القرار، وبعد 14 يومًا على الأكثر.',
    'One exact record: it is linked at once. Doubt: an officer looks. None: you are told. What was compared is dropped with the decision, after 14 days at most.',
  ),
  attempts: text('طلباتك', 'Your requests'),
  ended: text('روابط انتهت', 'Links that have ended'),
  reads: text('ما قُرئ من سجلك المربوط', 'What was read of your linked record'),
  noReads: text('لا شيء حتى الآن.', 'Nothing yet.'),
  proofWords: text(
    'يطلب الموظف رقم وثيقة صادرة هنا، كبطاقة الإقامة. الجواب واحد لكل رقم: يُعرض على الموظف.',
    'The officer asks for the number of a document issued here, such as a residence card. Whatever the number, the answer is the same: it goes to the officer.',
  ),
  sendProof: text('إرسال الرقم', 'Send the number'),
  takeBack: text('سحب الطلب', 'Take the request back'),
  object: text('اعتراض', 'Object'),
  objectWords: text(
    'ينظر موظف آخر. توافق في بلدك مرة أخرى لأن ما قورن مُحي.',
    'Another officer looks. You agree again at home, because what was compared is gone.',
  ),
  waitsUntil: text('ينتظر حتى', 'Waits until'),
};
const numberField: Field = {
  name: 'number',
  kind: 'code',
  label: text('رقم وثيقة صادرة هنا، إن وُجدت', 'Number of a document issued here, if you have one'),
  hint: text(
    'كرقم الإقامة. لا يُربط شيء بالرقم وحده، ولا نقول هل هو صحيح.',
    'Such as a residence number. Nothing is linked by the number alone, and we do not say whether it is right.',
  ),
  lengthMax: 32,
  autocomplete: 'off',
};

const states: Record<Attempt['state'], { words: Text; more: Text; tone: Tone }> = {
  begun: { words: text('بدأ', 'Begun'), more: text('لم يكتمل بعد.', 'Not finished yet.'), tone: 'plain' },
  linked: { words: text('رُبط', 'Linked'), more: text('وُجد سجلك.', 'Your record was found.'), tone: 'good' },
  waiting: {
    words: text('لدى موظف', 'With an officer'),
    more: text(
      'لم تُحسم المقارنة آليًا، فينظر فيها موظف. لا تحتاج إلى فعل شيء الآن.',
      'The comparison was not certain, so an officer looks. There is nothing for you to do now.',
    ),
    tone: 'sand',
  },
  'proof-asked': {
    words: text('يلزم رقم وثيقة', 'A number is needed'),
    more: text('يحتاج الموظف إلى رقم وثيقة منك.', 'The officer needs the number of a document from you.'),
    tone: 'warn',
  },
  none: {
    words: text('لم يُعثر على سجل', 'No record found'),
    more: text(
      'لم نعثر على سجل لك (not_matched). إن كان لك سجل هنا فاذكر رقم وثيقتك في طلب جديد، أو راجع المكتب بوثيقتك. تستمر الخدمات التي لا تحتاج إلى السجل كما هي.',
      'No record of you was found (not_matched). If you have one here, begin again with the number of your document, or go to the office with it. Services that do not need the record go on as they are.',
    ),
    tone: 'warn',
  },
  'not-same': {
    words: text('ليس سجلك', 'Not your record'),
    more: text(
      'قرر الموظف أن السجل القريب ليس لك (not_matched). لك أن تعترض.',
      'An officer decided that the record that came near is not yours (not_matched). You can object.',
    ),
    tone: 'warn',
  },
  expired: {
    words: text('انتهت المدة', 'Ran out'),
    more: text(
      'لم يُحسم في وقته، ومُحي ما قورن. لك أن تبدأ من جديد.',
      'It was not decided in time, and what was compared is gone. You can begin again.',
    ),
    tone: 'plain',
  },
  withdrawn: {
    words: text('سحبته', 'Taken back'),
    more: text('مُحي ما قورن.', 'What was compared is gone.'),
    tone: 'plain',
  },
};
const ends: Record<LinkEnd, Text> = {
  person: text('أنهيته أنت', 'You removed it'),
  'not-me': text('قلت إن السجل ليس لك', 'You said that the record is not yours'),
  officers: text('ألغاه موظفان لأنه خطأ', 'Two officers undid it as wrong'),
  'record-gone': text('لم يعد السجل موجودًا', 'The record is no longer there'),
  'record-merged': text(
    'دُمج السجل في سجل مربوط بغيرك؛ اطلب العثور عليه من جديد لينظر موظف',
    'The record was merged into one that is linked to somebody else; have it found again and an officer looks',
  ),
};

/** GET /linking. Posts `number` to `/linking/begin` and to `…/proof`, `objectionTo` to `/linking/begin`. */
export type LinkingView = {
  here: Text;
  home: Text;
  office: OfficeName;
  compared: Text[];
  /** What the person may add at home. */
  mayAdd: Text[];
  link?: Link;
  ended: Link[];
  attempts: Attempt[];
  reads: Array<{ readId: string; at: string; caseId: string; office: OfficeName; purpose: Text; fields: Text[] }>;
  /** As it was typed, when it was refused. */
  number?: string;
  notice?: Text;
  problem?: Text;
};

export const linking = definePage<LinkingView>({
  name: 'linking',
  nav: 'my-data',
  title: (_view, { t }) => t('linking.title'),
  crumbs: (_view, { t }) => [{ href: '/my-data', words: t('nav.myData') }],
  hasErrors: (view) => view.problem !== undefined,
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    const isWaiting = view.attempts.some(({ state }) => state === 'waiting' || state === 'proof-asked');
    return (
      <div className="stack">
        <PageHead
          title={`${t('linking.title')}: ${say(view.here)}`}
          lead={say(words.lead)}
          {...(view.notice ? { notice: view.notice } : {})}
        />
        <Announcement tone="bad" {...(view.problem ? { words: view.problem } : {})} />
        <div className="two">
          <div className="stack">
            {view.link ? <LinkedCard link={view.link} /> : null}
            {view.attempts.length === 0 ? null : (
              <section className="stack-s">
                <h2>{say(words.attempts)}</h2>
                {view.attempts.map((attempt, at) => (
                  <AttemptCard key={attempt.attemptId} attempt={attempt} mayObject={at === 0 && !view.link} />
                ))}
              </section>
            )}
            {isWaiting ? null : view.link ? (
              <details>
                <summary>{say(words.another)}</summary>
                <BeginForm view={view} />
              </details>
            ) : (
              <BeginForm view={view} />
            )}
          </div>
          <aside className="stack">
            <section className="card stack-s">
              <h2>{say(words.reads)}</h2>
              {view.reads.length === 0 ? <p className="muted">{say(words.noReads)}</p> : null}
              <ul className="plain stack-s">
                {view.reads.map((read) => (
                  <li key={read.readId}>
                    <OfficeLine office={read.office} small />
                    <br />
                    {say(read.purpose)} (<Code>{read.caseId}</Code>)
                    <br />
                    <span className="muted small">
                      {read.fields.map(say).join(t('value.comma'))} · <TimeOf at={read.at} />
                    </span>
                  </li>
                ))}
              </ul>
            </section>
            {view.ended.length === 0 ? null : (
              <section className="card stack-s">
                <h2>{say(words.ended)}</h2>
                <ul className="plain stack-s">
                  {view.ended.map((link) => (
                    <li key={link.linkId}>
                      <Code>{link.reference}</Code>
                      <br />
                      {link.endedFor ? say(ends[link.endedFor]) : null}
                      <br />
                      <span className="muted small">
                        <TimeOf at={link.endedAt!} />
                      </span>
                    </li>
                  ))}
                </ul>
              </section>
            )}
          </aside>
        </div>
      </div>
    );
  },
});

function LinkedCard({ link }: { link: Link }) {
  const say = useSay();
  return (
    <section className="card stack-s">
      <div className="head">
        <h2>{say(words.linked)}</h2>
        <Tag tone="good" icon="check">
          {say(states.linked.words)}
        </Tag>
      </div>
      <p>{say(words.linkedWords)}</p>
      {link.movedAt ? <p>{say(words.moved)}</p> : null}
      <SummaryList
        rows={[
          { term: say(words.reference), value: <Code>{link.reference}</Code> },
          { term: say(words.at), value: <TimeOf at={link.madeAt} /> },
          { term: say(words.by), value: say(link.madeBy === 'machine' ? words.madeByMachine : words.madeByOfficer) },
        ]}
      />
      <div className="acts">
        <LinkButton href="/cases">{say(words.toCases)}</LinkButton>
        <LinkButton look="ghost" href={`/linking/links/${link.linkId}/remove`}>
          {say(words.remove)}
        </LinkButton>
      </div>
    </section>
  );
}

function AttemptCard({ attempt, mayObject }: { attempt: Attempt; mayObject: boolean }) {
  const say = useSay();
  const { words: title, more, tone } = states[attempt.state];
  const base = `/linking/attempts/${attempt.attemptId}`;
  return (
    <section className="card stack-s">
      <div className="head">
        <h3>
          <Code>{attempt.reference}</Code>
        </h3>
        <Tag tone={tone}>{say(title)}</Tag>
      </div>
      <p>{say(more)}</p>
      <p className="muted small">
        <TimeOf at={attempt.decidedAt ?? attempt.begunAt} />
        {attempt.waitsUntil ? (
          <>
            {` · ${say(words.waitsUntil)} `}
            <TimeOf at={attempt.waitsUntil} />
          </>
        ) : null}
        {attempt.looks > 0 ? (
          <>
            {` · ${say(words.looks)} `}
            <NumberOf value={attempt.looks} />
          </>
        ) : null}
      </p>
      {attempt.state === 'proof-asked' ? (
        <form method="post" action={`${base}/proof`} className="stack-s" noValidate>
          <p>{say(words.proofWords)}</p>
          <FieldOf field={{ ...numberField, required: true }} />
          <Button>{say(words.sendProof)}</Button>
        </form>
      ) : null}
      {attempt.state === 'proof-asked' || attempt.state === 'waiting' ? (
        <form method="post" action={`${base}/withdraw`}>
          <Button look="quiet">{say(words.takeBack)}</Button>
        </form>
      ) : null}
      {attempt.state === 'not-same' && mayObject ? (
        <form method="post" action="/linking/begin" className="stack-s">
          <input type="hidden" name="objectionTo" value={attempt.attemptId} />
          <p className="muted">{say(words.objectWords)}</p>
          <Button look="ghost">{say(words.object)}</Button>
        </form>
      ) : null}
    </section>
  );
}

function BeginForm({ view }: { view: LinkingView }) {
  const say = useSay();
  const t = useTexts();
  return (
    <Card title={say(words.begin)}>
      <SummaryList
        rows={[
          {
            term: say(words.what),
            value: (
              <>
                {view.compared.map(say).join(t('value.comma'))}
                <br />
                {say(words.mayAdd)} {view.mayAdd.map(say).join(t('value.comma'))}
                <br />
                <span className="muted">
                  {say(words.whatWords)} (<bdi>{say(view.home)}</bdi>)
                </span>
              </>
            ),
          },
          { term: say(words.withWhat), value: say(words.withWords) },
          { term: say(words.who), value: <OfficeLine office={view.office} small /> },
          { term: say(words.next), value: say(words.nextWords) },
        ]}
      />
      <form method="post" action="/linking/begin" className="stack-s" noValidate>
        <FieldOf field={{ ...numberField, ...(view.number ? { value: view.number } : {}) }} />
        <Button>{say(words.begin)}</Button>
      </form>
    </Card>
  );
}

/** GET /linking/links/:linkId/remove. Posts `why`: `person` or `not-me`. */
export type RemoveLinkView = { linkId: string; reference: string };

const removal = {
  title: text('إنهاء ربط سجلك', 'Remove the link to your record'),
  lead: text(
    'لا يُقرأ بهذا الربط شيء بعد الآن، ولا يعود. يبقى في السجل المفتوح أنه كان وأنه انتهى، بلا اسم ولا رقم.',
    'Nothing is read by this link any more, and it does not come back. The open log keeps that it was and that it ended, without a name or a number.',
  ),
  no: text('إلغاء', 'Cancel'),
};
const why: Field = {
  name: 'why',
  kind: 'radios',
  label: text('لماذا؟', 'Why?'),
  required: true,
  choices: [
    { value: 'person', label: text('لم أعد أريد الربط', 'I no longer want it') },
    {
      value: 'not-me',
      label: text('هذا السجل ليس لي', 'This record is not mine'),
      hint: text('لن يربطهما الحاسوب مرة أخرى.', 'The two are then never linked by machine again.'),
    },
  ],
};

export const removeLink = definePage<RemoveLinkView>({
  name: 'remove-link',
  nav: 'my-data',
  title: (_view, { say }) => say(removal.title),
  crumbs: (_view, { t }) => [{ href: '/linking', words: t('linking.title') }],
  Body: ({ view }) => {
    const say = useSay();
    return (
      <form method="post" action={`/linking/links/${view.linkId}/remove`} className="stack measure" noValidate>
        <PageHead eyebrow={<Code>{view.reference}</Code>} title={say(removal.title)} lead={say(removal.lead)} />
        <Notice tone="warn">
          <p>{say(words.linkedWords)}</p>
        </Notice>
        <Card>
          <FieldOf field={why} />
        </Card>
        <div className="acts">
          <Button look="danger">{say(words.remove)}</Button>
          <LinkButton look="ghost" href="/linking">
            {say(removal.no)}
          </LinkButton>
        </div>
      </form>
    );
  },
});
