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
    'لمن فقد طرق دخوله وحضر بوثيقته. يؤكد موظف ثانٍ ما بدأته، ثم يعمل الرمز بعد ثلاثة أيام. يُنبَّه صاحبه على كل أجهزته ويستطيع الإلغاء.',
    'For somebody who has lost their ways to sign in and is here with a document. A second officer confirms what you begin, and the code works three days after that. The person is warned on every device, and can cancel.',
  ),
  open: text('إصدار الرمز', 'Make the code'),
  codeTitle: text('الرمز، ويظهر هذه المرة فقط', 'The code, shown this once'),
  codeLead: text(
    'اطبعه أو اكتبه وسلّمه للشخص الحاضر يدًا بيد. لا يُرسل بأي طريق آخر.',
    'Print it or write it down, and hand it to the person before you. It is sent in no other way.',
  ),
  second: text(
    'ادعُ الآن زميلًا من الجهة ليطّلع على الوثيقة نفسها. لا يعمل الرمز قبل تأكيده. آخر موعد للتأكيد:',
    'Call a colleague of the office now to look at the same document. The code does not work before they have confirmed. To be confirmed by:',
  ),
  latest: text('آخر ما أصدرته الجهة', 'What the office opened lately'),
  none: text('لا شيء في آخر ثلاثين يومًا.', 'Nothing in the last thirty days.'),
  by: text('بدأها', 'Begun by'),
  settledBy: text('الموظف الثاني', 'Second officer'),
  settle: text('تأكيد أو رفض', 'Confirm or refuse'),
};

const states = {
  begun: { words: text('ينتظر موظفًا ثانيًا', 'Waits for a second officer'), tone: 'warn' },
  unconfirmed: { words: text('لم يؤكدها أحد', 'Confirmed by nobody'), tone: 'plain' },
  refused: { words: text('رفضها الموظف الثاني', 'Refused by the second officer'), tone: 'bad' },
  waiting: { words: text('أُكّدت، وتنتظر ثلاثة أيام', 'Confirmed, waits three days'), tone: 'info' },
  usable: { words: text('يمكن استخدامه', 'Can be used'), tone: 'info' },
  done: { words: text('استُعيد الدخول', 'Access restored'), tone: 'good' },
  cancelled: { words: text('ألغاه الشخص', 'Cancelled by the person'), tone: 'bad' },
  replaced: { words: text('حلّ غيره محله', 'Replaced by another'), tone: 'plain' },
  expired: { words: text('انتهت مدته', 'Expired'), tone: 'plain' },
} as const;

/** Posts `nationalId`, `document`, `documentNumber` and `isSame` to `/office/recoveries`. `opened` is shown once, after that. */
export type RecoveriesView = {
  officeName: Text;
  nationalIdLabel: Text;
  nationalId?: string;
  opened?: { code: string; confirmUntil: string };
  problem?: Text;
  rows: Array<{
    recoveryId: string;
    person: Text;
    officer: Text;
    second?: Text;
    state: keyof typeof states;
    openedAt: string;
    /** Whoever reads this may confirm it or refuse it. */
    isToSettle?: boolean;
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
        {view.opened ? <Opened {...view.opened} /> : <Form view={view} />}
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
                      {row.second ? (
                        <>
                          {' '}
                          · {say(words.settledBy)} <bdi>{say(row.second)}</bdi>
                        </>
                      ) : null}
                    </p>
                    {row.isToSettle ? (
                      <p>
                        <a href={`/office/recoveries/${row.recoveryId}`}>
                          {say(words.settle)}: <bdi>{say(row.person)}</bdi>
                        </a>
                      </p>
                    ) : null}
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

function Opened({ code, confirmUntil }: { code: string; confirmUntil: string }) {
  const say = useSay();
  return (
    <div role="status">
      <Notice tone="good" title={say(words.codeTitle)}>
        <p>
          <Code>{code}</Code>
        </p>
        <p>{say(words.codeLead)}</p>
        <p>
          {say(words.second)} <TimeOf at={confirmUntil} />
        </p>
      </Notice>
    </div>
  );
}

/** What an officer has looked at, whether the first or the second. */
export const documentNumberField: Field = {
  name: 'documentNumber',
  kind: 'code',
  label: text('رقم الوثيقة', 'Number of the document'),
  hint: text('كما هو مكتوب فيها. لا يُحفظ الرقم نفسه.', 'As it stands on it. The number itself is not kept.'),
  required: true,
  autocomplete: 'off',
  lengthMax: 40,
};
export const isSameField: Field = {
  name: 'isSame',
  kind: 'checkbox',
  label: text('الشخص الحاضر هو صاحب الصورة في الوثيقة', 'The person before me is the one in the picture'),
  required: true,
};
export const documentNames = {
  'identity-card': text('بطاقة الهوية', 'Identity card'),
  passport: text('جواز السفر', 'Passport'),
} as const;

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
        { value: 'identity-card', label: documentNames['identity-card'] },
        { value: 'passport', label: documentNames.passport },
      ],
    },
    documentNumberField,
    isSameField,
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
