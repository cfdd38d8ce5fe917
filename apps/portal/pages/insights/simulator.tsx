import type { Text } from '#kernel/languages';
import type { GoalAnswer, Mode, Outcome, Source } from '#modules/insights';
import { Button, Notice } from '../../components/blocks.tsx';
import { Announcement, PageHead } from '../../components/head.tsx';
import { NumberOf } from '../../components/values.tsx';
import { definePage } from '../../page.tsx';
import { localeOf, useJoined, useReader, useSay } from '../../reader.tsx';
import {
  AreaChoice,
  Cited,
  homeCrumb,
  insightsCrumb,
  type NamedArea,
  Score,
  signed,
  threeDecimals,
  useInsights,
  writeInsights,
  YearChoice,
} from './parts.tsx';

/** A slider, or a number field where `slider` is not set; `value` is what stands in it, `published` what is known. */
export type Knob = {
  name: string;
  label: Text;
  published?: number;
  value?: number;
  min: number;
  max: number;
  step: number;
};

export type SimulatorView = {
  year: number;
  years: number[];
  area: NamedArea;
  mode: Mode;
  federation: NamedArea[];
  all: NamedArea[];
  names: NamedArea[];
  sliders: Knob[];
  questions: Knob[];
  inputs: Knob[];
  /** Absent while nothing is changed. */
  outcome?: Outcome;
  goalRank?: number;
  /** What one more yes costs in each part, for the cheapest way to a rank. */
  costs: Knob[];
  goal?: GoalAnswer;
  assumptions: Text[];
  parts: Record<string, Text>;
  /** What was asked for and cannot be computed. */
  refused?: Text;
  sources: Source[];
};

export const simulator = definePage<SimulatorView>({
  name: 'insights-simulator',
  title: (_view, { reader }) => writeInsights(reader, 'simTitle'),
  crumbs: (_view, speaker) => [homeCrumb(speaker), insightsCrumb(speaker)],
  scripts: ['slide'],
  Body: ({ view }) => {
    const say = useSay();
    const t = useInsights();
    return (
      <div className="stack">
        <PageHead eyebrow={say(view.area.names)} title={t('simTitle')} lead={t('simLead')} />
        <Announcement tone="bad" words={view.refused} />
        {view.outcome ? (
          <Result view={view} outcome={view.outcome} />
        ) : view.refused ? null : (
          <Notice>
            <p>{t('unchanged')}</p>
          </Notice>
        )}
        <form className="stack" method="get" action="/insights/simulator" noValidate>
          <div className="filters">
            <AreaChoice name="area" label={t('state')} chosen={view.area.id} own={view.federation} all={view.all} />
            <YearChoice years={view.years} chosen={view.year} />
            <div>
              <label htmlFor="mode">{t('mode')}</label>
              <select id="mode" name="mode" defaultValue={view.mode}>
                {(['frozen', 'full'] as const).map((mode) => (
                  <option key={mode} value={mode}>
                    {t(`mode.${mode}`)}
                  </option>
                ))}
              </select>
            </div>
          </div>
          <input type="hidden" name="from" value={`${view.area.id}-${view.year}`} />
          <Knobs title={t('indicesLegend')} knobs={view.sliders} areSliders />
          {view.questions.length > 0 ? (
            <Knobs title={t('questionsLegend')} hint={t('questionsHint')} knobs={view.questions} />
          ) : null}
          {view.inputs.length > 0 ? (
            <Knobs title={t('inputsLegend')} hint={t('inputsHint')} knobs={view.inputs} />
          ) : null}
          <section className="card stack-s" aria-labelledby="title-goal">
            <h2 id="title-goal">{t('goalTitle')}</h2>
            <div className="filters">
              <div>
                <label htmlFor="goal">{t('goalRank')}</label>
                <input
                  id="goal"
                  className="input short"
                  name="goal"
                  inputMode="numeric"
                  defaultValue={view.goalRank ?? ''}
                  maxLength={3}
                />
              </div>
            </div>
            {view.costs.length > 0 ? (
              <details open={view.costs.some(({ value }) => value !== undefined)}>
                <summary>{t('costsTitle')}</summary>
                <p className="muted" id="costs-hint">
                  {t('costsHint')}
                </p>
                <div className="sliders">
                  {view.costs.map(({ name, label, value }) => (
                    <div key={name}>
                      <label htmlFor={name}>
                        <span>{say(label)}</span>
                      </label>
                      <input
                        id={name}
                        name={name}
                        className="input"
                        inputMode="numeric"
                        defaultValue={value ?? ''}
                        maxLength={3}
                        aria-describedby="costs-hint"
                      />
                    </div>
                  ))}
                </div>
              </details>
            ) : null}
          </section>
          <p>
            <Button big>{t('compute')}</Button>
          </p>
        </form>
        {view.goal ? <Goal view={view} goal={view.goal} /> : null}
        <Cited sources={view.sources} />
      </div>
    );
  },
});

function Knobs({ title, hint, knobs, areSliders }: { title: string; hint?: string; knobs: Knob[]; areSliders?: true }) {
  const say = useSay();
  const t = useInsights();
  const reader = useReader();
  const hintId = `hint-${knobs[0]?.name}`;
  const titleId = `title-${knobs[0]?.name}`;
  return (
    <section className="card stack-s" aria-labelledby={titleId}>
      <h2 id={titleId}>{title}</h2>
      {hint ? (
        <p className="muted" id={hintId}>
          {hint}
        </p>
      ) : null}
      <div className="sliders">
        {knobs.map(({ name, label, published, value, min, max, step }) => (
          <div key={name}>
            <label htmlFor={name}>
              <span>{say(label)}</span>
              {areSliders ? (
                <b id={`${name}-says`}>
                  <Score value={value ?? published} style={threeDecimals} />
                </b>
              ) : null}
            </label>
            {areSliders ? (
              <input
                id={name}
                name={name}
                type="range"
                min={min}
                max={max}
                step={step}
                defaultValue={value ?? published ?? 0}
                data-says={`${name}-says`}
                data-locale={localeOf(reader)}
              />
            ) : (
              <input
                id={name}
                name={name}
                className="input"
                inputMode="decimal"
                defaultValue={value ?? ''}
                maxLength={12}
                aria-describedby={hint ? hintId : undefined}
              />
            )}
            {published === undefined ? null : (
              <span className="muted">
                {t('before')}: <NumberOf value={published} style={{ maximumFractionDigits: areSliders ? 5 : 1 }} />
              </span>
            )}
          </div>
        ))}
      </div>
    </section>
  );
}

function Result({ view, outcome }: { view: SimulatorView; outcome: Outcome }) {
  const say = useSay();
  const t = useInsights();
  const { language } = useReader();
  const nameOf = (id: string) => view.names.find((one) => one.id === id)?.names ?? { ar: id, en: id };
  const { before, after } = outcome;
  return (
    <section className="card stack-s" aria-labelledby="result">
      <h2 id="result">{t('resultTitle')}</h2>
      <p className="muted">{t(`modeWords.${outcome.mode}`)}</p>
      <div className="figures" role="status">
        <div>
          <span>{t('rank')}</span>
          <b>
            <small>
              <NumberOf value={before.rank} /> {language === 'ar' ? '←' : '→'}{' '}
            </small>
            <NumberOf value={after.rank} />
          </b>
        </div>
        {(['egdi', 'osi', 'tii', 'hci', 'epi'] as const).map((column) =>
          after[column] === undefined ? null : (
            <div key={column}>
              <span>{t(column)}</span>
              <b>
                <Score value={after[column]} style={threeDecimals} />
              </b>
              <span className="muted">
                <Score value={after[column] - (before[column] ?? 0)} style={signed} />
              </span>
            </div>
          ),
        )}
      </div>
      {outcome.stopped.length > 0 ? (
        <Notice tone="warn">
          <p>{t('stopped')}</p>
        </Notice>
      ) : null}
      <p>{t('movedCount', { n: outcome.movedCount })}</p>
      {outcome.moved.length > 0 ? (
        <details>
          <summary>{t('movedTitle')}</summary>
          <div className="scroll">
            <table>
              <thead>
                <tr>
                  <th scope="col">{t('state')}</th>
                  <th scope="col" className="figure">
                    {t('before')}
                  </th>
                  <th scope="col" className="figure">
                    {t('after')}
                  </th>
                  <th scope="col" className="figure">
                    {t('change')}
                  </th>
                </tr>
              </thead>
              <tbody>
                {outcome.moved.map((one) => (
                  <tr key={one.area}>
                    <th scope="row">{say(nameOf(one.area))}</th>
                    <td className="figure">
                      <NumberOf value={one.rankBefore} />
                    </td>
                    <td className="figure">
                      <NumberOf value={one.rankAfter} />
                    </td>
                    <td className="figure">
                      <Score
                        value={one.egdi}
                        style={{ ...signed, minimumFractionDigits: 5, maximumFractionDigits: 5 }}
                      />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </details>
      ) : null}
      {view.assumptions.length > 0 ? (
        <Notice tone="warn" title={t('standsOn')}>
          <ul>
            {view.assumptions.map((one) => (
              <li key={one.en}>{say(one)}</li>
            ))}
          </ul>
        </Notice>
      ) : null}
    </section>
  );
}

function Goal({ view, goal }: { view: SimulatorView; goal: GoalAnswer }) {
  const say = useSay();
  const t = useInsights();
  const join = useJoined();
  const reader = useReader();
  const nameOf = (id: string) => say(view.names.find((one) => one.id === id)?.names ?? { ar: id, en: id });
  const five = (value: number) => new Intl.NumberFormat(localeOf(reader), { minimumFractionDigits: 5 }).format(value);
  const whole = (value: number) => new Intl.NumberFormat(localeOf(reader)).format(value);
  const mixWords = (units: Record<string, number>) =>
    join(
      Object.entries(units).map(
        ([part, count]) => `${say(view.parts[part] ?? { ar: part, en: part })} ${whole(count)}`,
      ),
    );
  const isCosted = view.costs.some(({ value }) => value !== undefined);
  const answers = (units: Record<string, number>) => Object.values(units).reduce((all, count) => all + count, 0);
  if (goal.needed === 0)
    return (
      <Notice tone="good">
        <p>{t('goalHeld')}</p>
      </Notice>
    );
  return (
    <section className="card stack-s" aria-labelledby="goal-answer">
      <h2 id="goal-answer">{t('goalTitle')}</h2>
      <p>{t('goalNeeded', { needed: five(goal.needed), who: nameOf(goal.overtakes ?? '') })}</p>
      <h3>{t('goalAlone')}</h3>
      <ul>
        {goal.alone.map(({ index, value, isAttainable }) => (
          <li key={index}>
            {t(index)}: <Score value={value} /> ({t(isAttainable ? 'attainable' : 'notAttainable')})
          </li>
        ))}
      </ul>
      {goal.levers.length > 0 ? (
        <>
          <h3>{t(isCosted ? 'goalCheapestCost' : 'goalCheapest')}</h3>
          <p>
            {goal.cheapest
              ? t('goalCheapestWords', {
                  n: answers(goal.cheapest.units),
                  parts: mixWords(goal.cheapest.units),
                  rank: goal.cheapest.rank,
                })
              : t('goalNone')}{' '}
            {isCosted && goal.cheapest ? t('goalCost', { cost: goal.cheapest.cost }) : null}
          </p>
          <details>
            <summary>{t('frontier')}</summary>
            <div className="scroll">
              <table>
                <thead>
                  <tr>
                    <th scope="col" className="figure">
                      {t(isCosted ? 'costSum' : 'cost')}
                    </th>
                    <th scope="col" className="figure">
                      {t('gain')}
                    </th>
                    <th scope="col" className="figure">
                      {t('rank')}
                    </th>
                    <th scope="col">{t('mix')}</th>
                  </tr>
                </thead>
                <tbody>
                  {goal.frontier.map((mix) => (
                    <tr key={mix.cost}>
                      <td className="figure">
                        <NumberOf value={mix.cost} />
                      </td>
                      <td className="figure">
                        <Score value={mix.gain} />
                      </td>
                      <td className="figure">
                        <NumberOf value={mix.rank} />
                      </td>
                      <td>{mixWords(mix.units)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </details>
        </>
      ) : null}
    </section>
  );
}
