import type { Text } from '#kernel/languages';
import type { InputFit, Method, Source } from '#modules/insights';
import { Notice } from '../../components/blocks.tsx';
import { PageHead } from '../../components/head.tsx';
import { NumberOf } from '../../components/values.tsx';
import { definePage } from '../../page.tsx';
import { localeOf, useReader, useSay } from '../../reader.tsx';
import {
  Cited,
  homeCrumb,
  insightsCrumb,
  type NamedArea,
  threeDecimals,
  useInsights,
  writeInsights,
  Year,
} from './parts.tsx';

export type MethodsView = {
  methods: Method[];
  assumptions: Record<string, Text>;
  fits: Array<{ year: number } & Omit<InputFit, 'values'> & { largest: { area: NamedArea; residual: number } }>;
  names: NamedArea[];
  sources: Source[];
};

export const methods = definePage<MethodsView>({
  name: 'insights-methods',
  title: (_view, { reader }) => writeInsights(reader, 'methodsTitle'),
  crumbs: (_view, speaker) => [homeCrumb(speaker), insightsCrumb(speaker)],
  Body: ({ view }) => {
    const say = useSay();
    const t = useInsights();
    const reader = useReader();
    const locale = localeOf(reader);
    const nameOf = (id: string) => say(view.names.find((one) => one.id === id)?.names ?? { ar: id, en: id });
    const year = (value: number) => new Intl.NumberFormat(locale, { useGrouping: false }).format(value);
    const three = (value: number) => new Intl.NumberFormat(locale, threeDecimals).format(value);
    return (
      <div className="stack">
        <PageHead eyebrow={t('eyebrow')} title={t('methodsTitle')} lead={t('methodsLead')} />
        <section className="card flush scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{t('year')}</th>
                <th scope="col">{t('weights')}</th>
                <th scope="col">{t('certainty')}</th>
                <th scope="col">{t('breaksTitle')}</th>
              </tr>
            </thead>
            <tbody>
              {view.methods.toReversed().map(({ year: of, aggregation: { weights, evidence }, breaks }) => (
                <tr key={of}>
                  <th scope="row">
                    <Year value={of} />
                  </th>
                  <td>
                    <bdi dir="ltr">
                      <NumberOf value={weights.osi} /> : <NumberOf value={weights.tii} /> :{' '}
                      <NumberOf value={weights.hci} />
                    </bdi>
                  </td>
                  <td>{t(`certainty.${evidence}`)}</td>
                  <td>{breaks.map(({ words }) => say(words)).join(' ')}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
        {view.methods
          .filter(({ parts }) => parts.osi.length > 0)
          .toReversed()
          .map((method) => (
            <Parts key={method.year} method={method} title={t('partsTitle', { year: year(method.year) })} />
          ))}
        <section className="card stack-s">
          <h2>{t('fitTitle')}</h2>
          <ul>
            {view.fits.map((fit) => (
              <li key={`${fit.year}-${fit.index}`}>
                <Year value={fit.year} />
                {' · '}
                {t('fitWords', {
                  index: t(fit.index),
                  areas: fit.areas,
                  explained: new Intl.NumberFormat(locale, { style: 'percent' }).format(fit.explained),
                  bias: three(fit.bias),
                  spread: three(fit.spread),
                })}{' '}
                {t('largest')}: {say(fit.largest.area.names)}{' '}
                <NumberOf value={fit.largest.residual} style={threeDecimals} />.
              </li>
            ))}
          </ul>
        </section>
        <Notice tone="warn" title={t('assumptionsTitle')}>
          <ul>
            {Object.values(view.assumptions).map((one) => (
              <li key={one.en}>{say(one)}</li>
            ))}
          </ul>
        </Notice>
        <section className="card stack-s">
          <h2>{t('errorsTitle')}</h2>
          <ul>
            {view.methods.flatMap((method) =>
              method.knownErrors.map(({ area, words }) => (
                <li key={`${method.year}-${area}`}>
                  <Year value={method.year} /> · {nameOf(area)}: {say(words)}
                </li>
              )),
            )}
          </ul>
        </section>
        <Cited sources={view.sources} />
      </div>
    );
  },
});

function Parts({ method, title }: { method: Method; title: string }) {
  const say = useSay();
  const t = useInsights();
  return (
    <section className="card flush scroll">
      <table>
        <caption>{title}</caption>
        <thead>
          <tr>
            {(['index', 'part', 'weight', 'certainty', 'data'] as const).map((column) => (
              <th key={column} scope="col">
                {t(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {(['osi', 'tii', 'hci'] as const).flatMap((index) => {
            const whole = method.parts[index].reduce((sum, { weight }) => sum + weight, 0);
            return method.parts[index].map((part) => (
              <tr key={part.id}>
                <td>{t(index)}</td>
                <th scope="row">{say(part.names)}</th>
                <td>
                  <NumberOf value={part.weight / whole} style={{ style: 'percent', maximumFractionDigits: 1 }} />
                </td>
                <td>{t(`certainty.${part.evidence}`)}</td>
                <td>
                  {part.kind === 'questions' ? (
                    t('questionsOf', { n: part.codes ?? 0 })
                  ) : part.source ? (
                    <code dir="ltr">{part.source.columns.join(' ')}</code>
                  ) : (
                    <span className="muted">{t('noOpenData')}</span>
                  )}
                </td>
              </tr>
            ));
          })}
        </tbody>
      </table>
    </section>
  );
}
