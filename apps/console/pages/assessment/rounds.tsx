import {
  Announcement,
  Button,
  Card,
  definePage,
  type Field,
  FieldOf,
  PageHead,
  Tag,
  useReader,
  useSay,
} from '#apps/portal';
import type { Text } from '#kernel/languages';
import type { LeftRound, Round } from '#modules/insights';
import { CountOf, roundHref, roundName } from './parts.tsx';
import { roleNames, stateNames, words } from './words.ts';

/** GET /office/assessments. Posts `year`, `first`, `second` and `reviewer` there, and `take-over-why-<round>` to a round that was left. `form` is there for a senior reviewer. */
export type RoundsView = {
  rounds: Round[];
  /** Rounds that their senior reviewer has left, each with the field of the reason for taking it over. */
  left: Array<LeftRound & { whyField: Field }>;
  form?: Field[];
  problem?: Text;
};

export const rounds = definePage<RoundsView>({
  name: 'assessments',
  area: 'office',
  nav: 'assessments',
  title: (_view, { say }) => say(words.title),
  hasErrors: (view) => view.problem !== undefined,
  Body: ({ view }) => {
    const say = useSay();
    const reader = useReader();
    return (
      <div className="stack">
        <PageHead title={say(words.title)} lead={say(words.lead)} />
        <Announcement tone="bad" {...(view.problem ? { words: view.problem } : {})} />
        <section className="stack-s">
          <h2>{say(words.rounds)}</h2>
          {view.rounds.length === 0 ? (
            <Card>
              <p>{say(words.noRounds)}</p>
            </Card>
          ) : (
            <ul className="card flush rows">
              {view.rounds.map((round) => (
                <li key={round.roundId}>
                  <div className="grow">
                    <h3>
                      <a href={roundHref(round.roundId)}>{roundName(reader, round.year, round.number)}</a>
                    </h3>
                    <p>{say(roleNames[round.role])}</p>
                    <p className="muted small">
                      {round.progress.map(({ side, answered }) => (
                        <span key={side}>
                          {say(roleNames[`${side}-assessor`])}: <CountOf value={answered} of={round.codes} />
                          {'  '}
                        </span>
                      ))}
                    </p>
                  </div>
                  <Tag tone={round.state === 'approved' ? 'good' : 'info'}>{say(stateNames[round.state])}</Tag>
                </li>
              ))}
            </ul>
          )}
        </section>
        {view.left.length > 0 ? (
          <section className="stack-s">
            <h2>{say(words.leftTitle)}</h2>
            <p>{say(words.leftLead)}</p>
            {view.left.map((one) => (
              <Card key={one.roundId} title={roundName(reader, one.year, one.number)}>
                <form
                  method="post"
                  action={`/office/assessments/${one.roundId}/take-over`}
                  className="stack-s"
                  noValidate
                >
                  <FieldOf field={one.whyField} />
                  <Button look="ghost">{say(words.takeOver)}</Button>
                </form>
              </Card>
            ))}
          </section>
        ) : null}
        {view.form ? (
          <Card title={say(words.openTitle)}>
            <form method="post" action="/office/assessments" className="stack-s" noValidate>
              <p>{say(words.openLead)}</p>
              {view.form.map((field) => (
                <FieldOf key={field.name} field={field} />
              ))}
              <Button>{say(words.openButton)}</Button>
            </form>
          </Card>
        ) : null}
      </div>
    );
  },
});
