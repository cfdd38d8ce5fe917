import {
  Announcement,
  Button,
  Card,
  Code,
  definePage,
  type Field,
  FieldOf,
  Notice,
  PageHead,
  type StateName,
  SummaryList,
  Tag,
  useSay,
} from '#apps/portal';
import type { Text } from '#kernel/languages';
import type { DeskCandidate, DeskTask, MatchedRecord, MatchReason } from '#modules/matching';
import { deskReasons } from './matching-queue.tsx';

const text = (ar: string, en: string): Text => ({ ar, en });
const words = {
  title: text('هل هما شخص واحد؟', 'Is it one person?'),
  here: text('السجل هنا', 'Record here'),
  nothing: text('لا سجل قريب في السجل.', 'No record in the register comes near.'),
  numberUnknown: text('لا سجل تحت الرقم الذي ذكره الشخص.', 'Nothing stands under the number that the person gave.'),
  hidden: text(
    'تحت الرقم الذي ذكره الشخص سجل بتاريخ ميلاد آخر. لا يُعرض منه شيء.',
    'Under the number that the person gave stands a record with another birth day. Nothing of it is shown.',
  ),
  given: text('ذكره الشخص', 'Given by the person'),
  linkedAs: text('يمنع الربط رابط قائم', 'A link in force stands in the way'),
  separated: text('فُصل الاثنان من قبل', 'The two were separated before'),
  decide: text('قرار', 'Decide'),
  decideLead: text(
    'اربط فقط إن كان السجل لهذا الشخص بلا شك. يُخبر الشخص بالقرار وله أن يعترض.',
    'Link only what is this person’s beyond doubt. The person is told of the decision and can object.',
  ),
  nameAr: text('الاسم بالعربية', 'Name in Arabic'),
  nameLatin: text('الاسم بالحروف اللاتينية', 'Name in Latin letters'),
  born: text('تاريخ الميلاد', 'Date of birth'),
  sex: text('الجنس', 'Sex'),
  nationality: text('الجنسية (رمز)', 'Nationality (code)'),
  number: text('الرقم', 'Number'),
  why: text('ما تقوله المقارنة', 'What the comparison says'),
  hijri: text('هجري', 'Hijri'),
  gregorian: text('ميلادي', 'Gregorian'),
  notSaid: text('لم يُذكر', 'Not said'),
  female: text('أنثى', 'Female'),
  male: text('ذكر', 'Male'),
};
const reasons: Record<MatchReason, Text> = {
  'birth-date-same': text('اليوم نفسه', 'The very same day'),
  'birth-date-near': text(
    'اليوم قريب: فرق يوم بين التقويمين، أو تبادل اليوم والشهر، أو السنة وحدها معروفة',
    'The day is near: a day off between calendars, day and month exchanged, or only the year known',
  ),
  'birth-date-other': text('يوم آخر', 'Another day'),
  'sex-differs': text('الجنس مختلف', 'Sex differs'),
  'nationality-differs': text('الجنسية مختلفة', 'Nationality differs'),
  'names-agree': text('الأسماء متفقة', 'The names agree'),
  'names-agree-in-part': text('بعض الاسم متفق', 'Part of the name agrees'),
  'names-differ': text('الأسماء مختلفة', 'The names differ'),
};

type Shown = DeskCandidate & { record: MatchedRecord };

/** GET /office/matching/:attemptId. Posts `outcome` (`same:<key>`, `not-same`, `ask-proof`) to `…/decide`. */
export type MatchingTaskView = { officeName: Text; task: DeskTask; home: StateName; problem?: Text };

export const matchingTask = definePage<MatchingTaskView>({
  name: 'matching-task',
  area: 'office',
  nav: 'matching',
  title: (_view, { say }) => say(words.title),
  crumbs: () => [],
  hasErrors: (view) => view.problem !== undefined,
  Body: ({ view }) => {
    const say = useSay();
    const { task, home } = view;
    const shown = task.candidates.filter((one): one is DeskCandidate & { record: MatchedRecord } =>
      Boolean(one.record),
    );
    return (
      <div className="stack">
        <PageHead
          eyebrow={
            <>
              <span>{say(view.officeName)}</span> <Code>{task.reference}</Code>
            </>
          }
          title={say(words.title)}
          lead={say(deskReasons[task.why])}
        />
        <Announcement tone="bad" {...(view.problem ? { words: view.problem } : {})} />
        {task.isNumberUnknown ? (
          <Notice tone="warn">
            <p>{say(words.numberUnknown)}</p>
          </Notice>
        ) : null}
        {task.candidates.length > shown.length ? (
          <Notice tone="warn">
            <p>{say(words.hidden)}</p>
          </Notice>
        ) : null}
        {shown.length === 0 ? (
          <Card>
            <Facts task={task} home={home} />
            <p>{say(words.nothing)}</p>
          </Card>
        ) : (
          shown.map((candidate, at) => (
            <section className="card stack-s" key={candidate.key}>
              <h2>{say(recordTitle(at, shown.length))}</h2>
              <Facts task={task} home={home} candidate={candidate} />
              <h3>{say(words.why)}</h3>
              <ul>
                {candidate.reasons.map((reason) => (
                  <li key={reason}>{say(reasons[reason])}</li>
                ))}
              </ul>
              <p className="acts">
                {candidate.isGiven ? <Tag tone="info">{say(words.given)}</Tag> : null}
                {candidate.isSeparated ? <Tag tone="warn">{say(words.separated)}</Tag> : null}
                {candidate.linkedAs ? (
                  <Tag tone="bad">
                    {say(words.linkedAs)} <Code>{candidate.linkedAs}</Code>
                  </Tag>
                ) : null}
              </p>
            </section>
          ))
        )}
        <Card title={say(words.decide)}>
          <form method="post" action={`/office/matching/${task.attemptId}/decide`} className="stack-s" noValidate>
            <p>{say(words.decideLead)}</p>
            <FieldOf field={decisionField(task, shown)} />
            <Button>{say(words.decide)}</Button>
          </form>
        </Card>
      </div>
    );
  },
});

const recordTitle = (at: number, count: number): Text =>
  count === 1 ? words.here : text(`${words.here.ar} ${at + 1}`, `${words.here.en} ${at + 1}`);

function decisionField(task: DeskTask, shown: DeskCandidate[]): Field {
  return {
    name: 'outcome',
    kind: 'radios',
    label: text('ما القرار؟', 'What do you decide?'),
    required: true,
    choices: [
      ...shown.map(({ key }, at) => {
        const { ar, en } = recordTitle(at, shown.length);
        return { value: `same:${key}`, label: text(`شخص واحد: اربط «${ar}»`, `One person: link “${en}”`) };
      }),
      { value: 'not-same', label: text('ليس الشخص نفسه', 'Not the same person') },
      ...(task.mayAskProof
        ? [
            {
              value: 'ask-proof',
              label: text('اطلب من الشخص رقم وثيقة', 'Ask the person for the number of a document'),
            },
          ]
        : []),
    ],
  };
}

/** Each fact of the home state beside the same fact of the register. */
function Facts({ task, home, candidate }: { task: DeskTask; home: StateName; candidate?: Shown }) {
  const say = useSay();
  const valuesOf = (record: MatchedRecord) => ({
    nameAr: record.nameAr,
    nameLatin: record.nameLatin,
    born: `${record.birthDate.date} (${say(record.birthDate.calendar === 'gregorian' ? words.gregorian : words.hijri)})`,
    sex: record.sex && say(words[record.sex]),
    nationality: record.nationality,
  });
  const [theirs, ours] = [valuesOf(task.home), candidate && valuesOf(candidate.record)];
  const cell = (from: Text, value: string | undefined) => (
    <>
      <span className="muted small">{say(from)}</span>
      <br />
      <bdi>{value ?? say(words.notSaid)}</bdi>
    </>
  );
  const rows = (['nameAr', 'nameLatin', 'born', 'sex', 'nationality'] as const).map((name) => ({
    term: say(words[name]),
    value: cell(text(`من ${home.names.ar}`, `From ${home.names.en}`), theirs[name]),
    ...(ours ? { action: cell(words.here, ours[name]) } : {}),
  }));
  return (
    <SummaryList
      isFacing
      rows={[...rows, ...(candidate ? [{ term: say(words.number), value: <bdi>{candidate.number}</bdi> }] : [])]}
    />
  );
}
