import type { ReactNode } from 'react';
import {
  Announcement,
  Button,
  Card,
  definePage,
  ErrorSummary,
  type Field,
  FieldOf,
  LinkButton,
  Notice,
  NumberOf,
  PageHead,
  SummaryList,
  Tag,
  useSay,
} from '#apps/portal';
import type { Text } from '#kernel/languages';
import type { Proposal, SavedAnswer, Settlement } from '#modules/insights';
import { AnswerTag, EvidenceLink, type NamedCode, QuestionName, questionHref, roundHref, roundName } from './parts.tsx';
import { partNames, roleNames, words } from './words.ts';

/**
 * GET /office/assessments/:roundId/questions/:code. While an assessor answers: `answering`, posted as a multipart form to the same
 * address, with `picture` and `drop`. Later both sides, and `settling` for whoever settles, posted to `…/settle`.
 */
export type AssessedQuestionView = {
  round: { roundId: string; year: number; number: number };
  code: NamedCode;
  previous?: string;
  next?: string;
  answering?: { fields: Field[]; picture: Field; hasPicture: boolean; side: 'first' | 'second'; proposal?: Proposal };
  sides?: { first: SavedAnswer; second: SavedAnswer };
  settlement?: Settlement;
  settling?: { fields: Field[]; isProposedByOther: boolean };
  notice?: Text;
  problem?: Text;
};

export const assessedQuestion = definePage<AssessedQuestionView>({
  name: 'assessed-question',
  area: 'office',
  nav: 'assessments',
  title: ({ code }, { say }) => say(code.title),
  crumbs: ({ round: { roundId, year, number } }, { say, reader }) => [
    { href: '/office/assessments', words: say(words.title) },
    { href: roundHref(roundId), words: roundName(reader, year, number) },
  ],
  hasErrors: (view) => view.problem !== undefined || fieldsOf(view).some(({ error }) => error),
  Body: ({ view }) => {
    const say = useSay();
    const { code, round: one } = view;
    return (
      <div className="stack">
        <ErrorSummary fields={fieldsOf(view)} />
        <PageHead
          eyebrow={say(partNames[code.part]!)}
          title={<QuestionName code={code} />}
          {...(view.notice ? { notice: view.notice } : {})}
        />
        <Announcement tone="bad" {...(view.problem ? { words: view.problem } : {})} />
        {view.answering ? <Answering view={view} /> : null}
        {view.sides ? <BothSides view={view} /> : null}
        {view.settling ? <Settling view={view} /> : null}
        <p className="acts">
          {view.previous ? (
            <LinkButton look="ghost" href={questionHref(one.roundId, view.previous)}>
              {say(words.previous)}
            </LinkButton>
          ) : null}
          {view.next ? (
            <LinkButton look="ghost" href={questionHref(one.roundId, view.next)}>
              {say(words.next)}
            </LinkButton>
          ) : null}
          <LinkButton look="quiet" href={roundHref(one.roundId)}>
            {say(words.backToRound)}
          </LinkButton>
        </p>
      </div>
    );
  },
});

const fieldsOf = ({ answering, settling }: AssessedQuestionView): Field[] => [
  ...(answering ? [...answering.fields, answering.picture] : []),
  ...(settling?.fields ?? []),
];

function Answering({ view }: { view: AssessedQuestionView }) {
  const say = useSay();
  const { fields, picture, hasPicture, side, proposal } = view.answering!;
  const at = questionHref(view.round.roundId, view.code.id);
  return (
    <>
      {proposal ? (
        <Notice tone="info" title={say(words.proposed)}>
          <p>
            {say(proposal.words)}: <NumberOf value={proposal.fact.figure} />. {say(proposal.reason)}
          </p>
          <p>
            <EvidenceLink href={proposal.link} />
          </p>
          <form method="post" action={`${at}/confirm`} className="stack-s">
            <p className="muted">{say(words.confirmLead)}</p>
            <Button look="ghost">{say(words.confirm)}</Button>
          </form>
        </Notice>
      ) : null}
      <Card>
        <form method="post" action={at} encType="multipart/form-data" className="stack-s" noValidate>
          {fields.map((field) => (
            <FieldOf key={field.name} field={field} />
          ))}
          <div className={picture.error ? 'field wrong' : 'field'}>
            <label htmlFor="picture">{say(picture.label)}</label>
            <p className="hint" id="picture-hint">
              {say(words.pictureHint)}
            </p>
            {picture.error ? (
              <p className="err" id="picture-error">
                {say(picture.error)}
              </p>
            ) : null}
            <input
              id="picture"
              name="picture"
              type="file"
              accept="image/png,image/jpeg"
              aria-describedby={picture.error ? 'picture-hint picture-error' : 'picture-hint'}
              aria-invalid={picture.error ? true : undefined}
            />
          </div>
          {hasPicture ? (
            <>
              <p>
                <a href={`${roundHref(view.round.roundId)}/pictures/${side}/${view.code.id}`}>
                  {say(words.pictureHeld)}
                </a>
              </p>
              <FieldOf field={{ name: 'drop', kind: 'checkbox', label: words.pictureDrop }} />
            </>
          ) : null}
          <Button>{say(words.save)}</Button>
        </form>
      </Card>
    </>
  );
}

function BothSides({ view }: { view: AssessedQuestionView }) {
  const say = useSay();
  const { round: one, code, settlement } = view;
  const cell = (side: 'first' | 'second') => {
    const { answer, link, note, fact, hasPicture } = view.sides![side];
    const of = (value: ReactNode) => (
      <>
        <span className="muted small">{say(roleNames[`${side}-assessor`])}</span>
        <br />
        {value ?? <span className="muted">{say(words.none)}</span>}
      </>
    );
    return {
      answer: of(
        <>
          <AnswerTag answer={answer} /> {fact ? <Tag tone="plain">{say(words.confirmed)}</Tag> : null}
        </>,
      ),
      link: of(link && <EvidenceLink href={link} />),
      note: of(note && <bdi>{note}</bdi>),
      picture: of(
        hasPicture ? (
          <a href={`${roundHref(one.roundId)}/pictures/${side}/${code.id}`}>
            {say(words.picture)} <span className="hide">{say(roleNames[`${side}-assessor`])}</span>
          </a>
        ) : undefined,
      ),
    };
  };
  const [first, second] = [cell('first'), cell('second')];
  const row = (term: Text, of: keyof typeof first) => ({ term: say(term), value: first[of], action: second[of] });
  return (
    <section className="card stack-s">
      <SummaryList
        isFacing
        rows={[
          row(words.answer, 'answer'),
          row(words.evidence, 'link'),
          row(words.note, 'note'),
          row(words.picture, 'picture'),
        ]}
      />
      {settlement?.sentBackWhy ? (
        <Notice tone="warn" title={say(words.sentBackWhy)}>
          <p>
            <bdi>{settlement.sentBackWhy}</bdi>
          </p>
        </Notice>
      ) : null}
      {settlement?.answer ? (
        <p>
          {say(settlement.state === 'settled' ? words.settledState : words.proposedState)}:{' '}
          <AnswerTag answer={settlement.answer} /> <bdi>{settlement.why ?? ''}</bdi>
        </p>
      ) : null}
    </section>
  );
}

function Settling({ view }: { view: AssessedQuestionView }) {
  const say = useSay();
  const { fields, isProposedByOther } = view.settling!;
  return (
    <Card title={say(words.settleTitle)}>
      <form
        method="post"
        action={`${questionHref(view.round.roundId, view.code.id)}/settle`}
        className="stack-s"
        noValidate
      >
        {isProposedByOther ? <p>{say(words.settleProposed)}</p> : null}
        {fields.map((field) => (
          <FieldOf key={field.name} field={field} />
        ))}
        <Button>{say(words.settleButton)}</Button>
      </form>
    </Card>
  );
}
