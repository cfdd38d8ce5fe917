import type { Text } from '#kernel/languages';
import { Facts, Tag } from '../components/blocks.tsx';
import { Icon } from '../components/marks.tsx';
import { MoneyOf, type OfficeName, OfficeOf, type StateName, TimeOf } from '../components/values.tsx';
import { useReader, useSay, useTexts } from '../reader.tsx';

export type Fee = { amountMinor: number; currency: string };

/** How long a service takes. What is not promised is measured: `medianWorkingDays` of what officers decided, the rest of all cases. */
export type TimeNeeded = {
  promisedWorkingDays: number;
  automaticPercent?: number;
  medianWorkingDays?: number;
  halfWorkingDays?: number;
  p90WorkingDays?: number;
};

export type ServiceRowView = {
  serviceId: string;
  title: Text;
  summary: Text;
  office: OfficeName;
  fee: Fee | null;
  time: TimeNeeded;
  /** Offered by several states under one agreed rule. */
  isShared?: boolean;
  /** Applied for on this platform. */
  isDelivered?: boolean;
  /** It takes no new applications for now; `opensAt`: when it should again. */
  isPaused?: boolean;
  opensAt?: string;
  /** Until when an application can be begun. */
  closesAt?: string;
};

/** A service that this state does not give, with the states of the federation that do; `href` is its page at their portal, where that is known. */
export type ElsewhereRowView = {
  serviceId: string;
  title: Text;
  summary: Text;
  givenBy: Array<{ state: StateName; href?: string }>;
};

export function ServiceRows({ services }: { services: Array<ServiceRowView | ElsewhereRowView> }) {
  const say = useSay();
  const t = useTexts();
  return (
    <ul className="card flush rows">
      {services.map((service) =>
        'givenBy' in service ? (
          <ElsewhereRow key={service.serviceId} service={service} />
        ) : (
          <li key={service.serviceId}>
            <div className="grow">
              <h3>
                <a className="over" href={`/services/${service.serviceId}`}>
                  {say(service.title)}
                </a>
              </h3>
              <p className="muted">{say(service.summary)}</p>
              <Facts
                facts={[
                  { icon: 'office', words: <OfficeOf office={service.office} /> },
                  { icon: 'clock', words: <TimeWords time={service.time} /> },
                  { icon: 'money', words: <FeeWords fee={service.fee} /> },
                ]}
              />
            </div>
            {service.isPaused ? (
              <Tag tone="warn">
                {t('service.paused')}
                {service.opensAt ? (
                  <>
                    {' · '}
                    {t('service.opens')} <TimeOf at={service.opensAt} />
                  </>
                ) : null}
              </Tag>
            ) : (
              <span className="acts">
                {service.isDelivered ? <Tag tone="good">{t('service.here')}</Tag> : null}
                {service.isShared ? <Tag>{t('service.shared')}</Tag> : null}
                {service.closesAt ? (
                  <Tag tone="sand">
                    {t('service.closes')} <TimeOf at={service.closesAt} />
                  </Tag>
                ) : null}
              </span>
            )}
            <span className="go">
              <Icon name="chevron" />
            </span>
          </li>
        ),
      )}
    </ul>
  );
}

/** Each state's page says what it costs there, how long it takes and who may have it; here stands only who to go to. */
function ElsewhereRow({ service }: { service: ElsewhereRowView }) {
  const say = useSay();
  const t = useTexts();
  return (
    <li>
      <div className="grow">
        <h3>{say(service.title)}</h3>
        <p className="muted">{say(service.summary)}</p>
        <GivenBy givenBy={service.givenBy} />
      </div>
      <span className="acts">
        <Tag>{t('search.otherState')}</Tag>
      </span>
    </li>
  );
}

/** The states that give a service, each with the way to its page there; nothing where none is known. */
export function GivenBy({ givenBy }: Pick<ElsewhereRowView, 'givenBy'>) {
  const say = useSay();
  const t = useTexts();
  const { language } = useReader();
  if (givenBy.length === 0) return null;
  return (
    <>
      <p>{t('search.givenBy')}</p>
      <ul className="chips">
        {givenBy.map(({ state, href }) => (
          <li key={state.code}>
            {href ? <a href={`${href}?lang=${language}`}>{say(state.names)}</a> : <span>{say(state.names)}</span>}
          </li>
        ))}
      </ul>
    </>
  );
}

export function FeeWords({ fee }: { fee: Fee | null }) {
  const t = useTexts();
  return fee ? <MoneyOf amountMinor={fee.amountMinor} currency={fee.currency} /> : t('service.free');
}

export function TimeWords({ time }: { time: TimeNeeded }) {
  const t = useTexts();
  const { language } = useReader();
  if (time.automaticPercent !== undefined && time.medianWorkingDays !== undefined) {
    return (
      <span lang={language}>
        {t('service.timeMeasured', { percent: time.automaticPercent / 100, days: time.medianWorkingDays })}
      </span>
    );
  }
  if (time.automaticPercent) {
    // Too few were left to officers to say how long those take.
    return (
      <span lang={language}>
        {t('service.timeAtOnce', { percent: time.automaticPercent / 100, days: time.promisedWorkingDays })}
      </span>
    );
  }
  return t('service.timePromised', { days: time.promisedWorkingDays });
}
