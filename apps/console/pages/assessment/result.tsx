import { Code, definePage, Notice, NumberOf, PageHead, useReader, useSay } from '#apps/portal';
import type { DryRun } from '#modules/insights';
import { CountOf, fiveDecimals, roundHref, roundName } from './parts.tsx';
import { words } from './words.ts';

/** GET /office/assessments/:roundId/result: on screen and on paper. */
export type DryRunView = { round: { roundId: string; year: number; number: number }; result: DryRun };

const percent: Intl.NumberFormatOptions = { style: 'percent', maximumFractionDigits: 1 };
const signed: Intl.NumberFormatOptions = { ...fiveDecimals, signDisplay: 'exceptZero' };

export const dryRun = definePage<DryRunView>({
  name: 'assessment-result',
  area: 'office',
  nav: 'assessments',
  title: (_view, { say }) => say(words.result),
  crumbs: ({ round: { roundId, year, number } }, { say, reader }) => [
    { href: '/office/assessments', words: say(words.title) },
    { href: roundHref(roundId), words: roundName(reader, year, number) },
  ],
  Body: ({ view: { round: one, result } }) => {
    const say = useSay();
    const reader = useReader();
    return (
      <div className="stack">
        <PageHead
          eyebrow={roundName(reader, one.year, one.number)}
          title={say(words.result)}
          lead={say(result.isApproved ? words.isFinal : words.isDraft)}
        />
        <div className="card figures">
          <div>
            <span>{say(words.osi)}</span>
            <b>
              <NumberOf value={result.osi} style={fiveDecimals} />
            </b>
          </div>
          {result.outcome ? (
            <div>
              <span>{say(words.rank)}</span>
              <b>
                <NumberOf value={result.outcome.frozen.rank} />
              </b>
              <span className="muted">{say(words.frozen)}</span>
            </div>
          ) : null}
        </div>
        <Parts result={result} />
        <Against result={result} />
        <Effect result={result} />
        <Best result={result} />
        <Notice title={say(words.assumptions)}>
          <ul>
            {result.assumptions.map((assumption) => (
              <li key={assumption.en}>{say(assumption)}</li>
            ))}
          </ul>
        </Notice>
      </div>
    );
  },
});

function Parts({ result }: { result: DryRun }) {
  const say = useSay();
  return (
    <section className="card flush scroll">
      <table>
        <caption>{say(words.partByPart)}</caption>
        <thead>
          <tr>
            {(['part', 'yeses', 'value', 'weight', 'adds'] as const).map((column) => (
              <th key={column} scope="col">
                {say(words[column])}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {result.parts.map((part) => (
            <tr key={part.id}>
              <th scope="row">{say(part.names)}</th>
              <td>
                <CountOf value={part.yes} of={part.codes} />
              </td>
              <td>
                <NumberOf value={part.value} style={fiveDecimals} />
              </td>
              <td>
                <NumberOf value={part.share} style={percent} />{' '}
                <span className="muted small">
                  {part.index === 'hci' ? say(words.inHci) : part.evidence === 'assumed' ? say(words.assumed) : null}
                </span>
              </td>
              <td>
                {part.adds === undefined ? (
                  <span className="muted">{say(words.none)}</span>
                ) : (
                  <NumberOf value={part.adds} style={fiveDecimals} />
                )}
              </td>
            </tr>
          ))}
          <tr>
            <th scope="row">{say(words.osi)}</th>
            <td colSpan={3} />
            <td>
              <b>
                <NumberOf value={result.osi} style={fiveDecimals} />
              </b>
            </td>
          </tr>
        </tbody>
      </table>
    </section>
  );
}

function Against({ result: { parts, osi, published } }: { result: DryRun }) {
  const say = useSay();
  if (!published) return null;
  const epi = parts.find(({ id }) => id === 'epi');
  const rows = [
    ...(published.epi === undefined || !epi
      ? []
      : [
          { name: epi.names, was: published.epi, is: epi.value, by: published.difference.epi! },
          { name: words.rest, by: published.difference.rest! },
        ]),
    { name: words.osi, was: published.osi, is: osi, by: published.difference.osi },
  ];
  return (
    <section className="card flush scroll">
      <table>
        <caption>
          {say(words.against)} <span className="small">{say(words.restNote)}</span>
        </caption>
        <thead>
          <tr>
            {(['part', 'published', 'dryRun', 'difference'] as const).map((column) => (
              <th key={column} scope="col">
                {say(words[column])}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, was, is, by }) => (
            <tr key={name.en}>
              <th scope="row">{say(name)}</th>
              {[was, is].map((value, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: before and after, always these two.
                <td key={at}>
                  {value === undefined ? (
                    <span className="muted">{say(words.none)}</span>
                  ) : (
                    <NumberOf value={value} style={fiveDecimals} />
                  )}
                </td>
              ))}
              <td>
                <NumberOf value={by} style={signed} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Effect({ result: { outcome } }: { result: DryRun }) {
  const say = useSay();
  if (!outcome) return null;
  return (
    <section className="card flush scroll">
      <table>
        <caption>{say(words.effect)}</caption>
        <thead>
          <tr>
            <td />
            <th scope="col">{say(words.egdi)}</th>
            <th scope="col">{say(words.rank)}</th>
          </tr>
        </thead>
        <tbody>
          {(['before', 'frozen', 'full'] as const).map((mode) => (
            <tr key={mode}>
              <th scope="row">{say(words[mode])}</th>
              <td>
                <NumberOf value={outcome[mode].egdi} style={fiveDecimals} />
              </td>
              <td>
                <NumberOf value={outcome[mode].rank} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Best({ result: { best } }: { result: DryRun }) {
  const say = useSay();
  if (best.length === 0) return <p>{say(words.bestNone)}</p>;
  return (
    <section className="card flush scroll">
      <table>
        <caption>{say(words.best)}</caption>
        <thead>
          <tr>
            {(['question', 'code', 'gain', 'rankThen'] as const).map((column) => (
              <th key={column} scope="col">
                {say(words[column])}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {best.map((one) => (
            <tr key={one.codes[0]}>
              <th scope="row">{say(one.title)}</th>
              <td>
                {one.codes.map((code) => (
                  <span key={code}>
                    <Code>{code}</Code>{' '}
                  </span>
                ))}
              </td>
              <td>
                <NumberOf value={one.egdi} style={signed} />
              </td>
              <td>{one.rank === undefined ? null : <NumberOf value={one.rank} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
