import type { Text } from '#kernel/languages';
import type { ServiceMeasure } from '#modules/insights';
import { DateOf, NumberOf } from '../../components/values.tsx';
import { useSay } from '../../reader.tsx';
import { useInsights } from './parts.tsx';

export type MeasuredService = ServiceMeasure & { title: Text };

const percent = { style: 'percent', maximumFractionDigits: 1 } as const;
const shareOf = (hundredths: number | undefined) => (hundredths === undefined ? undefined : hundredths / 100);
/** What was withheld, or is not known yet, is left out. */
const figures: ReadonlyArray<{
  name: 'decided' | 'atOnce' | 'crossBorder' | 'medianDays' | 'p90Days' | 'stars' | 'available' | 'accessible';
  value(one: ServiceMeasure): number | undefined;
  isPercent?: true;
}> = [
  { name: 'decided', value: ({ decided }) => decided },
  { name: 'atOnce', value: ({ atOncePercent }) => shareOf(atOncePercent), isPercent: true },
  { name: 'crossBorder', value: ({ crossBorderPercent }) => shareOf(crossBorderPercent), isPercent: true },
  { name: 'medianDays', value: ({ medianWorkingDays }) => medianWorkingDays },
  { name: 'p90Days', value: ({ p90WorkingDays }) => p90WorkingDays },
  { name: 'stars', value: ({ satisfaction }) => satisfaction },
  { name: 'available', value: ({ availability }) => shareOf(availability?.percent), isPercent: true },
  {
    name: 'accessible',
    value: ({ accessibility }) => accessibility && accessibility.pagesWithoutFault / accessibility.pages,
    isPercent: true,
  },
];

/** What services really took, beside an index that looks at whether they exist. */
export function MeasuredServices({ services }: { services: MeasuredService[] }) {
  const say = useSay();
  const t = useInsights();
  const observed = services.find(({ availability }) => availability)?.availability;
  const judged = services.find(({ accessibility }) => accessibility)?.accessibility;
  return (
    <section className="card stack-s" aria-labelledby="measured">
      <h2 id="measured">{t('servicesTitle')}</h2>
      <p className="muted">{t('servicesWords')}</p>
      {services.length === 0 ? (
        <p>{t('servicesNone')}</p>
      ) : (
        <ul className="plain stack">
          {services.map((one) => (
            <li key={one.serviceId} className="stack-s">
              <h3>
                <a href={`/services/${one.serviceId}`}>{say(one.title)}</a>
              </h3>
              {one.decided === undefined ? <p className="muted small">{t('servicesFew')}</p> : null}
              <dl className="measures">
                {figures.map(({ name, value, isPercent }) => {
                  const figure = value(one);
                  return figure === undefined ? null : (
                    <div key={name}>
                      <dt>{t(name)}</dt>
                      <dd>
                        <NumberOf value={figure} {...(isPercent ? { style: percent } : {})} />
                      </dd>
                    </div>
                  );
                })}
              </dl>
            </li>
          ))}
        </ul>
      )}
      {observed ? (
        <p className="muted small">
          {t('availableWords')} {t('availableSince')} <DateOf on={observed.from} />.
        </p>
      ) : null}
      {judged ? (
        <p className="muted small">
          {t('accessibleWords', { judge: judged.judge })} {t('accessibleSince')} <DateOf on={judged.judgedOn} />.
        </p>
      ) : null}
      <p>
        <a href="/api/insights/services.csv">{t('servicesCsv')}</a>
      </p>
    </section>
  );
}
