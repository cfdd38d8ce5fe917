import {
  Button,
  Card,
  Code,
  definePage,
  ErrorSummary,
  type Field,
  FieldOf,
  Notice,
  PageHead,
  Tag,
  TimeOf,
  useSay,
} from '#apps/portal';
import type { Text } from '#kernel/languages';

const text = (ar: string, en: string): Text => ({ ar, en });

const words = {
  title: text('استعادة دخول شخص', 'Restore a person’s access'),
  lead: text(
    'لمن فقد طرق دخوله وحضر بوثيقته. يعمل الرمز بعد ثلاثة أيام، ويُنبَّه صاحبه على كل أجهزته ويستطيع الإلغاء.',
    'For somebody who has lost their ways to sign in and is here with a document. The code works after three days; the person is warned on every device, and can cancel.',
  ),
  open: text('إصدار الرمز', 'Make the code'),
  codeTitle: text('الرمز، ويظهر هذه المرة فقط', 'The code, shown this once'),
  codeLead: text(
    'اطبعه أو اكتبه وسلّمه للشخص الحاضر يدًا بيد. لا يُرسل بأي طريق آخر.',
    'Print it or write it down, and hand it to the person before you. It is sent in no other way.',
  ),
  from: text('يعمل من', 'Works from'),
  latest: text('آخر ما أصدرته الجهة', 'What the office opened lately'),
  none: text('لا شيء في آخر ثلاثين يومًا.', 'Nothing in the last thirty days.'),
  by: text('الموظف', 'Officer'),
};

const states = {
  waiting: { words: text('ينتظر', 'Waiting'), tone: 'warn' },
  usable: { words: text('يمكن استخدامه', 'Can be used'), tone: 'info' },
  done: { words: text('استُعيد الدخول', 'Access restored'), tone: 'good' },
  cancelled: { words: text('ألغاه الشخص', 'Cancelled by the person'), tone: 'bad' },
  replaced: { words: text('حلّ غيره محله', 'Replaced by another'), tone: 'plain' },
  expired: { words: text('انتهت مدته', 'Expired'), tone: 'plain' },
} as const;

/** Posts `nationalId`, `document` and `isSame` to `/office/recoveries`. `opened` is shown once, after that. */
export type RecoveriesView = {
  officeName: Text;
  nationalIdLabel: Text;
  nationalId?: string;
  opened?: { code: string; usableFrom: string };
  problem?: Text;
  rows: Array<{
    recoveryId: string;
    person: Text;
    officer: Text;
    state: keyof typeof states;
    openedAt: string;
  }>;
};

export const recoveries = definePage<RecoveriesView>({
  name: 'recoveries',
  area: 'office',
  nav: 'recoveries',
  title: (_view, { say }) => say(words.title),
  hasErrors: (view) => view.problem !== undefined,
  Body: ({ view }) => {
    const say = useSay();
    return (
      <div className="stack">
        <PageHead eyebrow={say(view.officeName)} title={say(words.title)} lead={say(words.lead)} />
        <ErrorSummary fields={[]} others={view.problem ? [{ message: view.problem }] : []} />
        {view.opened ? <Opened code={view.opened.code} usableFrom={view.opened.usableFrom} /> : <Form view={view} />}
        <section className="stack-s">
          <h2>{say(words.latest)}</h2>
          {view.rows.length === 0 ? (
            <p>{say(words.none)}</p>
          ) : (
            <ul className="card flush rows">
              {view.rows.map((row) => (
                <li key={row.recoveryId}>
                  <div className="grow">
                    <h3>
                      <bdi>{say(row.person)}</bdi>
                    </h3>
                    <p className="small muted">
                      <TimeOf at={row.openedAt} /> · {say(words.by)} <bdi>{say(row.officer)}</bdi>
                    </p>
                  </div>
                  <Tag tone={states[row.state].tone}>{say(states[row.state].words)}</Tag>
                </li>
              ))}
            </ul>
          )}
        </section>
      </div>
    );
  },
});

function Opened({ code, usableFrom }: { code: string; usableFrom: string }) {
  const say = useSay();
  return (
    <div role="status">
      <Notice tone="good" title={say(words.codeTitle)}>
        <p>
          <Code>{code}</Code>
        </p>
        <p>{say(words.codeLead)}</p>
        <p>
          {say(words.from)} <TimeOf at={usableFrom} />
        </p>
      </Notice>
    </div>
  );
}

function Form({ view }: { view: RecoveriesView }) {
  const say = useSay();
  const fields: Field[] = [
    {
      name: 'nationalId',
      kind: 'code',
      label: view.nationalIdLabel,
      required: true,
      value: view.nationalId,
      autocomplete: 'off',
      lengthMax: 20,
    },
    {
      name: 'document',
      kind: 'radios',
      label: text('الوثيقة التي تحقّقت منها', 'The document you checked'),
      required: true,
      choices: [
        { value: 'identity-card', label: text('بطاقة الهوية', 'Identity card') },
        { value: 'passport', label: text('جواز السفر', 'Passport') },
      ],
    },
    {
      name: 'isSame',
      kind: 'checkbox',
      label: text('الشخص الحاضر هو صاحب الصورة في الوثيقة', 'The person before me is the one in the picture'),
      required: true,
    },
  ];
  return (
    <Card>
      <form method="post" action="/office/recoveries" className="stack" noValidate>
        {fields.map((field) => (
          <FieldOf key={field.name} field={field} />
        ))}
        <div className="acts">
          <Button>{say(words.open)}</Button>
        </div>
      </form>
    </Card>
  );
}
