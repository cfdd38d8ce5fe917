import type { ProposalOutcome, Source } from '#modules/insights';
import { Button, Notice } from '../../components/blocks.tsx';
import { PageHead } from '../../components/head.tsx';
import { NumberOf } from '../../components/values.tsx';
import { definePage } from '../../page.tsx';
import { useReader, useSay } from '../../reader.tsx';
import {
  Cited,
  homeCrumb,
  insightsCrumb,
  type NamedArea,
  Score,
  signed,
  useInsights,
  writeInsights,
  YearChoice,
} from './parts.tsx';

export type ProposalView = {
  years: number[];
  outcome: ProposalOutcome;
  federation: NamedArea[];
  sources: Source[];
};

export const proposal = definePage<ProposalView>({
  name: 'insights-proposal',
  title: (_view, { reader }) => writeInsights(reader, 'proposalTitle'),
  crumbs: (_view, speaker) => [homeCrumb(speaker), insightsCrumb(speaker)],
  Body: ({ view }) => {
    const say = useSay();
    const t = useInsights();
    const { outcome } = view;
    const ids = view.federation.map(({ id }) => id);
    return (
      <div className="stack">
        <PageHead eyebrow={say(outcome.names)} title={t('proposalTitle')} lead={t('proposalLead')} />
        <Notice tone="warn" title={t('proposalMark')}>
          <p>{t('proposalWords')}</p>
          <p>{t('proposalAbsent', { n: outcome.absent.length })}</p>
        </Notice>
        <form className="filters" method="get" action="/insights/proposal" noValidate>
          <YearChoice years={view.years} chosen={outcome.year} />
          <div>
            <label htmlFor="weight">{t('proposalWeight')}</label>
            <input
              id="weight"
              name="weight"
              className="input short"
              inputMode="numeric"
              maxLength={2}
              defaultValue={outcome.weightPercent}
            />
          </div>
          <Button>{t('compute')}</Button>
        </form>
        <section className="card flush scroll">
          <Rows title={t('proposalFederation')} rows={outcome.shifted.filter(({ area }) => ids.includes(area))} />
        </section>
        <details className="card">
          <summary>{t('proposalAll')}</summary>
          <div className="scroll">
            <Rows title={t('proposalAll')} rows={outcome.shifted} />
          </div>
        </details>
        <Cited sources={view.sources} />
      </div>
    );
  },
});

function Rows({ title, rows }: { title: string; rows: ProposalOutcome['shifted'] }) {
  const say = useSay();
  const t = useInsights();
  const { language } = useReader();
  return (
    <table>
      <caption>{title}</caption>
      <thead>
        <tr>
          <th scope="col">{t('state')}</th>
          {(['rank', 'egdi', 'change'] as const).map((column) => (
            <th key={column} scope="col" className="figure">
              {t(column)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.area}>
            <th scope="row">{say(row.names)}</th>
            <td className="figure">
              <NumberOf value={row.rankBefore} /> {language === 'ar' ? '←' : '→'} <NumberOf value={row.rankAfter} />
            </td>
            <td className="figure">
              <Score value={row.egdi} />
            </td>
            <td className="figure">
              <Score value={row.change} style={signed} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
