import { Code, definePage, NumberOf, PageHead, TimeOf, useReader, useSay } from '#apps/portal';
import type { Text } from '#kernel/languages';
import type { AnswerValue, HistoryEntry, Role } from '#modules/insights';
import { AnswerTag, roundHref, roundName } from './parts.tsx';
import { roleNames, stepNames, words } from './words.ts';

/** GET /office/assessments/:roundId/history: every step that the officer may see. */
export type RoundHistoryView = {
  round: { roundId: string; year: number; number: number };
  entries: Array<HistoryEntry & { name: Text }>;
  /** Whoever is named in a step, by id. */
  names: Record<string, Text>;
};

export const roundHistory = definePage<RoundHistoryView>({
  name: 'assessment-history',
  area: 'office',
  nav: 'assessments',
  title: (_view, { say }) => say(words.history),
  crumbs: ({ round: { roundId, year, number } }, { say, reader }) => [
    { href: '/office/assessments', words: say(words.title) },
    { href: roundHref(roundId), words: roundName(reader, year, number) },
  ],
  Body: ({ view }) => {
    const say = useSay();
    const reader = useReader();
    return (
      <div className="stack">
        <PageHead eyebrow={roundName(reader, view.round.year, view.round.number)} title={say(words.history)} />
        <section className="card flush scroll">
          <table>
            <caption>{say(words.steps)}</caption>
            <thead>
              <tr>
                {(['when', 'who', 'what', 'change', 'why'] as const).map((column) => (
                  <th key={column} scope="col">
                    {say(words[column])}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {view.entries.map((entry, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: steps have no name and never move.
                <tr key={at}>
                  <td>
                    <TimeOf at={entry.at} />
                  </td>
                  <td>
                    <bdi>{say(entry.name)}</bdi>
                    <br />
                    <span className="muted small">{say(roleNames[entry.role])}</span>
                  </td>
                  <th scope="row">
                    {say(stepNames[entry.kind])} {entry.code ? <Code>{entry.code}</Code> : null}
                    {entry.leafHash ? (
                      <>
                        <br />
                        <span className="muted small">
                          {say(words.ledger)} <Code>{entry.leafHash.slice(0, 16)}</Code>
                        </span>
                      </>
                    ) : null}
                  </th>
                  <td>
                    <Change entry={entry} names={view.names} />
                  </td>
                  <td>{entry.why ? <bdi>{entry.why}</bdi> : null}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </div>
    );
  },
});

type Kept = {
  answer?: AnswerValue;
  link?: string | null;
  note?: string | null;
  differences?: number;
  codes?: number;
  role?: Role;
  personId?: string;
  answered?: number;
};

function Change({ entry, names }: { entry: HistoryEntry; names: Record<string, Text> }) {
  const say = useSay();
  const [before, after] = [entry.before as Kept | undefined, entry.after as Kept | undefined];
  if (after?.differences !== undefined)
    return (
      <bdi>
        {after.differences}/{after.codes}
      </bdi>
    );
  if (before?.personId && after?.personId)
    return (
      <div className="vals">
        <span className="muted small">{say(roleNames[after.role!])}</span>
        <span>
          <bdi>{say(names[before.personId]!)}</bdi> / <bdi>{say(names[after.personId]!)}</bdi>
        </span>
        {before.answered ? (
          <span className="small">
            <NumberOf value={before.answered} /> {say(words.setAside)}
          </span>
        ) : null}
      </div>
    );
  if (!before?.answer && !after?.answer) return null;
  return (
    <div className="vals">
      <span>
        {before?.answer ? (
          <>
            <AnswerTag answer={before.answer} /> /{' '}
          </>
        ) : null}
        {after?.answer ? <AnswerTag answer={after.answer} /> : null}
      </span>
      {after?.link && after.link !== before?.link ? (
        <bdi dir="ltr" className="small">
          {after.link}
        </bdi>
      ) : null}
      {after?.note && after.note !== before?.note ? <bdi className="small">{after.note}</bdi> : null}
    </div>
  );
}
