import type { Text } from '#kernel/languages';
import { Causeway, Icon, type IconName, Stars } from '../components/marks.tsx';
import { Medal, type StateName } from '../components/values.tsx';
import { definePage } from '../page.tsx';
import { useSay, useTexts } from '../reader.tsx';
import { OfferCards, type OfferCardView } from './offers.tsx';
import { SearchBox } from './search-box.tsx';
import { ServiceRows, type ServiceRowView } from './service-rows.tsx';

export type NodeStatus = 'up' | 'slow' | 'down';

export type HomeView = {
  /** What is offered to whoever is signed in. */
  offers: OfferCardView[];
  popular: Array<{ words: Text; href: string }>;
  lifeEvents: Array<{ id: string; title: Text; summary: Text; serviceCount: number; icon: IconName; href: string }>;
  services: ServiceRowView[];
  network: Array<{ state: StateName; status: NodeStatus }>;
  /** How many other states co-sign this state's log. */
  witnessCount: number;
};

export const home = definePage<HomeView>({
  name: 'home',
  title: (_view, { t }) => t('home.title'),
  isFullWidth: true,
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    return (
      <>
        <section className="hero">
          <Stars />
          <Causeway />
          <div className="wrap">
            <h1>{t('home.title')}</h1>
            <p>{t('home.lead')}</p>
            <SearchBox />
            <ul className="chips" aria-label={t('home.popular')}>
              {view.popular.map((one) => (
                <li key={one.href}>
                  <a href={one.href}>{say(one.words)}</a>
                </li>
              ))}
            </ul>
          </div>
        </section>
        <div className="wrap page stack-l">
          <OfferCards offers={view.offers} />
          {view.lifeEvents.length > 0 ? (
            <section className="stack">
              <h2>{t('home.lifeEvents')}</h2>
              <ul className="grid">
                {view.lifeEvents.map((event) => (
                  <li key={event.id}>
                    <a className="card pick" href={event.href}>
                      <span className="ico">
                        <Icon name={event.icon} />
                      </span>
                      <h3>{say(event.title)}</h3>
                      <span className="muted small">{say(event.summary)}</span>
                      <span className="go acts">
                        <span className="small">{t('home.serviceCount', { n: event.serviceCount })}</span>
                        <Icon name="arrow" />
                      </span>
                    </a>
                  </li>
                ))}
              </ul>
            </section>
          ) : null}
          <section className="stack">
            <div className="head">
              <h2>{t('home.services')}</h2>
              <a href="/services">{t('home.allServices')}</a>
            </div>
            <ServiceRows services={view.services} />
          </section>
          <section className="card">
            <div className="head">
              <h2>{t('home.network')}</h2>
              <a href="/status">{t('home.networkMore')}</a>
            </div>
            <ul className="net">
              {view.network.map(({ state, status }) => (
                <li key={state.code}>
                  <Medal state={state} />
                  <span>
                    <b>{say(state.names)}</b>
                    <small>
                      <span className={status === 'up' ? 'dot' : `dot ${status}`} />
                      {t(`node.${status}`)}
                    </small>
                  </span>
                </li>
              ))}
            </ul>
            <p className="muted">
              {t('home.witnessed', { n: view.witnessCount })} <a href="/log">{t('home.openLog')}</a>
            </p>
          </section>
          <section className="grid three">
            <a className="card pick" href="/verify">
              <span className="ico">
                <Icon name="shield" />
              </span>
              <h3>{t('home.verifyTitle')}</h3>
              <span className="muted small">{t('home.verifyWords')}</span>
            </a>
            <a className="card pick" href="/my-data">
              <span className="ico">
                <Icon name="lock" />
              </span>
              <h3>{t('home.myDataTitle')}</h3>
              <span className="muted small">{t('home.myDataWords')}</span>
            </a>
            <a className="card pick" href="/wallet">
              <span className="ico">
                <Icon name="wallet" />
              </span>
              <h3>{t('home.walletTitle')}</h3>
              <span className="muted small">{t('home.walletWords')}</span>
            </a>
          </section>
        </div>
      </>
    );
  },
});
