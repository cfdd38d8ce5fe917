import {
  Announcement,
  Button,
  Card,
  Code,
  definePage,
  ErrorSummary,
  type Field,
  FieldOf,
  LinkButton,
  Notice,
  PageHead,
  TimeOf,
  useSay,
} from '#apps/portal';
import type { Text } from '#kernel/languages';
import type { AssuranceLevel } from '#protocol/assurance';

const text = (ar: string, en: string): Text => ({ ar, en });
const words = {
  title: text('من يقف عند الشباك', 'Who is at the counter'),
  lead: text(
    'يثبت الحاضر هويته بهاتفه: تُدخل رقم هويته، ويكتب على هاتفه الرقم الذي يظهر هنا.',
    'The person here shows who they are by their own phone: you enter their national number, and they type the number that appears here on their phone.',
  ),
  state: text('الدولة الأم', 'Home state'),
  nationalId: text('رقم الهوية في الدولة الأم', 'National number in the home state'),
  hint: text('لا يُحفظ هنا ولا يظهر بعد الإرسال.', 'It is not kept here, and not shown after sending.'),
  missing: text('أدخل رقم الهوية.', 'Enter the national number.'),
  missingState: text('اختر الدولة الأم.', 'Choose the home state.'),
  ask: text('سؤال الهاتف', 'Ask the phone'),
  tell: text('أخبر الحاضر بهذا الرقم', 'Tell the person this number'),
  wait: text(
    'يفتح صفحة الموافقة على هاتفه ويكتب الرقم. لا يُخبرك هذا النظام إن كان الرقم لأحد أو كان له هاتف.',
    'They open the page of approvals on their phone and type the number. You are not told whether a national number is anybody’s, or has a phone.',
  ),
  until: text('ينتهي الانتظار', 'Waiting ends'),
  look: text('هل أجاب الهاتف؟', 'Has the phone answered?'),
  again: text('شخص آخر', 'Somebody else'),
  present: text('ثبتت هوية الحاضر', 'The person here has shown who they are'),
  presentWords: text(
    'من أهل {state}. سُجّل ذلك في السجل المفتوح، ويقرؤه صاحبه في «بياناتي».',
    'A person of {state}. This stands in the open ledger, and they read it under "My data".',
  ),
  level: text('مستوى الدخول', 'Level of the sign-in'),
  at: text('الوقت', 'When'),
  counts: text('يُعتدّ به حتى', 'It counts until'),
  cases: text('طلبات الحاضر لدى الجهة', 'Their applications at this office'),
  none: text('لا طلبات له لدى هذه الجهة.', 'They have no application at this office.'),
  over: text('انقضى الوقت. اسأل الهاتف من جديد.', 'The time has passed. Ask the phone anew.'),
  refused: text('لم تثبت الهوية', 'Not shown'),
};
const levels: Record<AssuranceLevel, Text> = {
  low: text('منخفض', 'Low'),
  substantial: text('متوسط', 'Substantial'),
  high: text('مرتفع', 'High'),
};

/** GET|POST /office/counter. Posts `state` and `nationalId`, which no address and no answer repeats. */
export type CounterView = {
  officeName: Text;
  states: Array<{ value: string; label: Text }>;
  homeState?: string;
  errors?: { state: boolean; nationalId: boolean };
  problem?: Text;
};

const fieldsOf = ({ states, homeState, errors }: CounterView): Field[] => [
  {
    name: 'state',
    kind: 'choice',
    label: words.state,
    required: true,
    choices: states,
    ...(homeState ? { value: homeState } : {}),
    ...(errors?.state ? { error: words.missingState } : {}),
  },
  {
    name: 'nationalId',
    kind: 'code',
    label: words.nationalId,
    hint: words.hint,
    required: true,
    autocomplete: 'off',
    lengthMax: 40,
    ...(errors?.nationalId ? { error: words.missing } : {}),
  },
];

export const counter = definePage<CounterView>({
  name: 'counter',
  area: 'office',
  nav: 'counter',
  title: (_view, { say }) => say(words.title),
  hasErrors: ({ errors, problem }) => errors !== undefined || problem !== undefined,
  Body: ({ view }) => {
    const say = useSay();
    const fields = fieldsOf(view);
    return (
      <div className="stack measure">
        <ErrorSummary fields={fields} />
        <PageHead eyebrow={say(view.officeName)} title={say(words.title)} lead={say(words.lead)} />
        <Announcement tone="bad" words={view.problem} />
        <form method="post" action="/office/counter" className="stack" noValidate autoComplete="off">
          {fields.map((field) => (
            <FieldOf key={field.name} field={field} />
          ))}
          <Button big>{say(words.ask)}</Button>
        </form>
      </div>
    );
  },
});

/** GET /office/counter/:visitId, drawn anew by POST to itself; `…/state` says `answered` to the page's script. */
export type CounterVisitView = {
  officeName: Text;
  visitId: string;
  homeState: Text;
  number: string;
  until: string;
  state: 'waiting' | 'present' | 'refused' | 'over';
  refusal?: Text;
  present?: {
    level: AssuranceLevel;
    at: string;
    cases: Array<{ id: string; reference: string; serviceTitle: Text; stateText: Text }>;
  };
};

export const counterVisit = definePage<CounterVisitView>({
  name: 'counter-visit',
  area: 'office',
  nav: 'counter',
  scripts: ['wait'],
  title: (_view, { say }) => say(words.title),
  crumbs: (_view, { say }) => [{ href: '/office/counter', words: say(words.title) }],
  Body: ({ view }) => {
    const say = useSay();
    const { present } = view;
    const action = `/office/counter/${view.visitId}`;
    return (
      <div className="stack measure">
        <PageHead
          eyebrow={say(view.officeName)}
          title={say(view.state === 'waiting' ? words.tell : present ? words.present : words.refused)}
        />
        {view.state === 'waiting' ? (
          <Card>
            <p className="shown-number">
              <bdi>{view.number}</bdi>
            </p>
            <p>{say(words.wait)}</p>
            <p className="muted">
              {say(words.until)}: <TimeOf at={view.until} />
            </p>
            <form method="post" action={action} className="acts" data-wait={`${action}/state`}>
              <Button>{say(words.look)}</Button>
            </form>
          </Card>
        ) : null}
        {view.state === 'refused' || view.state === 'over' ? (
          <Announcement tone={view.state === 'over' ? 'warn' : 'bad'} words={view.refusal ?? words.over} />
        ) : null}
        {present ? (
          <>
            <div role="status">
              <Notice tone="good">
                <p>{say(words.presentWords).replace('{state}', say(view.homeState))}</p>
                <p>
                  {say(words.level)}: {say(levels[present.level])} · {say(words.at)}: <TimeOf at={present.at} /> ·{' '}
                  {say(words.counts)}: <TimeOf at={view.until} />
                </p>
              </Notice>
            </div>
            <Card title={say(words.cases)}>
              {present.cases.length === 0 ? <p className="muted">{say(words.none)}</p> : null}
              <ul className="plain">
                {present.cases.map((one) => (
                  <li key={one.id}>
                    <a href={`/office/cases/${one.id}`}>
                      <Code>{one.reference}</Code>
                    </a>{' '}
                    {say(one.serviceTitle)} · <span className="muted">{say(one.stateText)}</span>
                  </li>
                ))}
              </ul>
            </Card>
          </>
        ) : null}
        <div className="acts">
          <LinkButton look="ghost" href="/office/counter">
            {say(words.again)}
          </LinkButton>
        </div>
      </div>
    );
  },
});
