import {
  Announcement,
  Button,
  Card,
  definePage,
  type Field,
  FieldOf,
  LinkButton,
  PageHead,
  Tag,
  useReader,
  useSay,
} from '#apps/portal';
import type { Text } from '#kernel/languages';
import type { AnswerValue, Round, Settlement } from '#modules/insights';
import { AnswerTag, CountOf, type NamedCode, QuestionName, questionHref, roundHref, roundName } from './parts.tsx';
import { partNames, roleNames, stateNames, words } from './words.ts';

export type RoundLine = {
  code: NamedCode;
  /** What the caller answered, or what the round says. */
  answer?: AnswerValue;
  isProposed: boolean;
  isConfirmed: boolean;
  first?: AnswerValue;
  second?: AnswerValue;
  settlement?: Settlement;
};

/** GET /office/assessments/:roundId, and after each step. `lines` are there for whoever may see answers. */
export type RoundView = {
  round: Round;
  names: Record<string, Text>;
  lines: RoundLine[];
  /** The first question without an answer. */
  nextOpen?: string;
  may: { answer: boolean; passOn: boolean; approve: boolean };
  /** Why questions go back, for the senior reviewer. */
  whyField: Field;
  /** Who could be replaced by whom, for the senior reviewer; without a field where nobody else has a role. */
  replacing?: Field[];
  /** Why the reviewer settles in place of the two assessors, where the senior reviewer may decide so. */
  leaving?: Field;
  notice?: Text;
  problem?: Text;
};

export const round = definePage<RoundView>({
  name: 'assessment',
  area: 'office',
  nav: 'assessments',
  title: ({ round: { year, number } }, { reader }) => roundName(reader, year, number),
  crumbs: (_view, { say }) => [{ href: '/office/assessments', words: say(words.title) }],
  hasErrors: (view) => view.problem !== undefined,
  Body: ({ view }) => {
    const say = useSay();
    const reader = useReader();
    const { round: one, lines } = view;
    const at = roundHref(one.roundId);
    const isOpen = one.state !== 'answering';
    const differing = lines.filter(({ settlement }) => settlement);
    return (
      <div className="stack">
        <PageHead
          eyebrow={say(roleNames[one.role])}
          title={roundName(reader, one.year, one.number)}
          lead={say(stateNames[one.state])}
          {...(view.notice ? { notice: view.notice } : {})}
        />
        <Announcement tone="bad" {...(view.problem ? { words: view.problem } : {})} />
        <People view={view} />
        <p className="acts">
          {isOpen ? <LinkButton href={`${at}/result`}>{say(words.result)}</LinkButton> : null}
          <LinkButton look="ghost" href={`${at}/history`}>
            {say(words.history)}
          </LinkButton>
          {lines.length > 0 ? (
            <>
              <LinkButton look="quiet" href={`/api/insights/assessments/${one.roundId}/sheet`} download>
                {say(words.sheetCsv)}
              </LinkButton>
              <LinkButton look="quiet" href={`/api/insights/assessments/${one.roundId}/sheet?format=json`} download>
                {say(words.sheetJson)}
              </LinkButton>
            </>
          ) : null}
        </p>
        {isOpen ? null : <p>{say(words.blind)}</p>}
        {view.may.answer ? <Answering view={view} /> : null}
        {isOpen && differing.length > 0 ? (
          <section className="stack-s">
            <h2>{say(words.differences)}</h2>
            <p>{say(one.settledBy === 'reviewer' ? words.byReviewer : words.byAssessors)}</p>
            <Sides lines={differing} roundId={one.roundId} />
          </section>
        ) : null}
        {view.may.passOn ? (
          <form method="post" action={`${at}/pass-on`}>
            <Button>{say(words.passOn)}</Button>
          </form>
        ) : null}
        {view.may.approve ? <Approving view={view} /> : null}
        {lines.length > 0 && !view.may.approve ? <Questions view={view} /> : null}
        <Standing view={view} />
      </div>
    );
  },
});

function People({ view: { round: one, names } }: { view: RoundView }) {
  const say = useSay();
  return (
    <section className="card flush scroll">
      <table>
        <tbody>
          {(['first-assessor', 'second-assessor', 'reviewer', 'senior-reviewer'] as const).map((role) => {
            const progress = one.progress.find(({ side }) => `${side}-assessor` === role);
            return (
              <tr key={role}>
                <th scope="row">{say(roleNames[role])}</th>
                <td>
                  <bdi>{say(names[one.people[role]!]!)}</bdi>
                </td>
                <td>
                  {progress ? (
                    <>
                      <CountOf value={progress.answered} of={one.codes} /> {say(words.answered)}{' '}
                      {progress.handedInAt ? <Tag tone="good">{say(words.handedIn)}</Tag> : null}
                    </>
                  ) : null}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

function Answering({ view: { round: one, nextOpen } }: { view: RoundView }) {
  const say = useSay();
  const at = roundHref(one.roundId);
  return (
    <>
      {nextOpen ? (
        <p className="acts">
          <LinkButton href={questionHref(one.roundId, nextOpen)}>{say(words.continue)}</LinkButton>
        </p>
      ) : (
        <Card title={say(words.handIn)}>
          <form method="post" action={`${at}/hand-in`} className="stack-s">
            <p>{say(words.handInLead)}</p>
            <Button>{say(words.handIn)}</Button>
          </form>
        </Card>
      )}
      <details>
        <summary>{say(words.importTitle)}</summary>
        <form method="post" action={`${at}/import`} encType="multipart/form-data" className="stack-s">
          <label htmlFor="sheet">{say(words.importTitle)}</label>
          <p className="hint" id="sheet-hint">
            {say(words.importLead)}
          </p>
          <input id="sheet" name="sheet" type="file" accept=".csv,text/csv" aria-describedby="sheet-hint" />
          <Button look="ghost">{say(words.importButton)}</Button>
        </form>
      </details>
    </>
  );
}

/** Own answers part by part while one answers; both answers and what stands after that. */
function Questions({ view: { round: one, lines } }: { view: RoundView }) {
  const say = useSay();
  return (
    <section className="stack-s">
      <h2>{say(words.allAnswers)}</h2>
      {[...Map.groupBy(lines, ({ code }) => code.part)].map(([part, asked]) => (
        <details key={part} className="card">
          <summary>
            {say(partNames[part]!)}{' '}
            <span className="muted">
              <CountOf value={asked.filter(({ answer }) => answer).length} of={asked.length} />
            </span>
          </summary>
          {one.state === 'answering' ? (
            <ul className="rows">
              {asked.map(({ code, answer, isProposed, isConfirmed }) => (
                <li key={code.id}>
                  <div className="grow">
                    <a href={questionHref(one.roundId, code.id)}>
                      <QuestionName code={code} />
                    </a>
                  </div>
                  {isProposed && !answer ? <Tag tone="info">{say(words.proposed)}</Tag> : null}
                  {isConfirmed ? <Tag tone="plain">{say(words.confirmed)}</Tag> : null}
                  <AnswerTag answer={answer} />
                </li>
              ))}
            </ul>
          ) : (
            <Sides lines={asked} roundId={one.roundId} />
          )}
        </details>
      ))}
    </section>
  );
}

function Approving({ view }: { view: RoundView }) {
  const say = useSay();
  const { round: one, lines } = view;
  const at = roundHref(one.roundId);
  return (
    <>
      <Card title={say(words.approve)}>
        <form method="post" action={`${at}/approve`} className="stack-s">
          <p>{say(words.approveLead)}</p>
          <Button>{say(words.approve)}</Button>
        </form>
      </Card>
      <form method="post" action={`${at}/send-back`} className="stack-s" noValidate>
        <h2>{say(words.sendBack)}</h2>
        <p>{say(words.sendBackLead)}</p>
        {[...Map.groupBy(lines, ({ code }) => code.part)].map(([part, asked]) => (
          <details key={part} className="card">
            <summary>{say(partNames[part]!)}</summary>
            <Sides lines={asked} roundId={one.roundId} isChosenFrom />
          </details>
        ))}
        <FieldOf field={view.whyField} />
        <Button look="danger">{say(words.sendBack)}</Button>
      </form>
    </>
  );
}

/** What was refused is in sight again. */
const isBegun = (fields: Field[]) => fields.some(({ value }) => value);

/** What the senior reviewer can do where somebody cannot go on. */
function Standing({ view: { round: one, replacing, leaving } }: { view: RoundView }) {
  const say = useSay();
  const at = roundHref(one.roundId);
  return (
    <>
      {leaving ? (
        <details className="card" open={isBegun([leaving])}>
          <summary>{say(words.leaveTitle)}</summary>
          <form method="post" action={`${at}/leave-to-reviewer`} className="stack-s" noValidate>
            <p>{say(words.leaveLead)}</p>
            <FieldOf field={leaving} />
            <Button look="ghost">{say(words.leaveTitle)}</Button>
          </form>
        </details>
      ) : null}
      {replacing ? (
        <details className="card" open={isBegun(replacing)}>
          <summary>{say(words.replaceTitle)}</summary>
          {replacing.length === 0 ? (
            <p>{say(words.replaceNobody)}</p>
          ) : (
            <form method="post" action={`${at}/replace`} className="stack-s" noValidate>
              <p>{say(words.replaceLead)}</p>
              {replacing.map((field) => (
                <FieldOf key={field.name} field={field} />
              ))}
              <Button look="ghost">{say(words.replaceButton)}</Button>
            </form>
          )}
        </details>
      ) : null}
    </>
  );
}

/** Both answers of each code beside each other, and what stands. */
function Sides({ lines, roundId, isChosenFrom }: { lines: RoundLine[]; roundId: string; isChosenFrom?: true }) {
  const say = useSay();
  return (
    <div className="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">{say(words.question)}</th>
            <th scope="col">{say(roleNames['first-assessor'])}</th>
            <th scope="col">{say(roleNames['second-assessor'])}</th>
            <th scope="col">{say(words.answer)}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ code, first, second, answer, settlement }) => (
            <tr key={code.id}>
              <th scope="row">
                {isChosenFrom ? (
                  <span className="opt">
                    <input id={`code-${code.id}`} type="checkbox" name="codes" value={code.id} />
                    <label htmlFor={`code-${code.id}`}>
                      <QuestionName code={code} />
                    </label>
                  </span>
                ) : (
                  <a href={questionHref(roundId, code.id)}>
                    <QuestionName code={code} />
                  </a>
                )}
              </th>
              <td>
                <AnswerTag answer={first} />
              </td>
              <td>
                <AnswerTag answer={second} />
              </td>
              <td>
                {settlement && settlement.state !== 'settled' ? (
                  <Tag tone="warn">{say(settlement.state === 'proposed' ? words.proposedState : words.openState)}</Tag>
                ) : (
                  <AnswerTag answer={answer} />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
