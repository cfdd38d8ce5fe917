import type { Text } from '#kernel/languages';
import type { ServiceMeasure } from '#modules/insights';
import { NumberOf } from '../../components/values.tsx';
import { useSay } from '../../reader.tsx';
import { useInsights } from './parts.tsx';

export type MeasuredService = ServiceMeasure & { title: Text };

/** What services really took, beside an index that looks at whether they exist. */
export function MeasuredServices({ services }: { services: MeasuredService[] }) {
  const say = useSay();
  const t = useInsights();
  return (
    <section className="card stack-s" aria-labelledby="measured">
      <h2 id="measured">{t('servicesTitle')}</h2>
      <p className="muted">{t('servicesWords')}</p>
      {services.length === 0 ? (
        <p>{t('servicesNone')}</p>
      ) : (
        <div className="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">{t('service')}</th>
                {(['decided', 'atOnce', 'crossBorder', 'medianDays', 'p90Days', 'stars'] as const).map((column) => (
                  <th key={column} scope="col" className="figure">
                    {t(column)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {services.map((one) => (
                <tr key={one.serviceId}>
                  <th scope="row">
                    <a href={`/services/${one.serviceId}`}>{say(one.title)}</a>
                  </th>
                  <td className="figure">
                    <NumberOf value={one.decided} />
                  </td>
                  <td className="figure">
                    <NumberOf value={one.atOncePercent / 100} style={{ style: 'percent' }} />
                  </td>
                  <td className="figure">
                    {one.crossBorderPercent === undefined ? (
                      '–'
                    ) : (
                      <NumberOf value={one.crossBorderPercent / 100} style={{ style: 'percent' }} />
                    )}
                  </td>
                  <td className="figure">
                    <NumberOf value={one.medianWorkingDays} />
                  </td>
                  <td className="figure">
                    <NumberOf value={one.p90WorkingDays} />
                  </td>
                  <td className="figure">
                    {one.satisfaction === undefined ? '–' : <NumberOf value={one.satisfaction} />}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p>
        <a href="/api/insights/services.csv">{t('servicesCsv')}</a>
      </p>
    </section>
  );
}
