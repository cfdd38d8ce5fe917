import type { Text } from '#kernel/languages';
import type { Offer, OfferWish, Opening } from '#modules/offers';
import { Button, Card, LinkButton, Notice, OfficeLine, SummaryList, Ticks } from '../components/blocks.tsx';
import { type Field, FieldOf } from '../components/fields.tsx';
import { PageHead } from '../components/head.tsx';
import { Icon } from '../components/marks.tsx';
import { DateOf, type OfficeName, TimeOf } from '../components/values.tsx';
import { definePage } from '../page.tsx';
import { useSay, useTable, write } from '../reader.tsx';
import { offerTexts } from '../texts/offers.ts';

const useWords = () => useTable(offerTexts);

export type OfferCardView = Pick<Offer, 'offerId' | 'serviceTitle' | 'eventNames' | 'happenedOn' | 'until'>;

/** What is offered to whoever is signed in; nothing where nothing is. */
export function OfferCards({ offers }: { offers: OfferCardView[] }) {
  const t = useWords();
  const say = useSay();
  if (offers.length === 0) return null;
  return (
    <section className="stack">
      <h2>{t('home')}</h2>
      <p className="muted">{t('homeLead')}</p>
      <ul className="grid">
        {offers.map((offer) => (
          <li key={offer.offerId}>
            <a className="card pick" href={`/offers/${offer.offerId}`}>
              <h3>{say(offer.serviceTitle)}</h3>
              <span className="muted small">
                {say(offer.eventNames)}
                {' · '}
                <DateOf on={offer.happenedOn} />
              </span>
              <span className="go acts">
                <span className="small">{t('open')}</span>
                <Icon name="arrow" />
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

export type OfferView = { offer: Offer; by: OfficeName; mustActFirst: boolean };

export const offer = definePage<OfferView>({
  name: 'offer',
  title: (_view, { reader }) => write(offerTexts, reader, 'title'),
  Body: ({ view }) => {
    const t = useWords();
    const say = useSay();
    const { offer: shown, by } = view;
    return (
      <div className="stack measure">
        <PageHead eyebrow={t('title')} title={say(shown.serviceTitle)} lead={say(shown.why)} />
        <Standing offer={shown} />
        <Card title={t('why')}>
          <SummaryList
            rows={[
              { term: t('fact'), value: say(shown.eventNames) },
              { term: t('on'), value: <DateOf on={shown.happenedOn} hijri /> },
              { term: t('by'), value: <OfficeLine office={by} /> },
              { term: t('until'), value: <DateOf on={shown.until} /> },
            ]}
          />
        </Card>
        {shown.state === 'open' || shown.state === 'later' ? <Terms view={view} /> : null}
        <p>
          <a href={`/services/${shown.serviceId}`}>{t('service')}</a>
          {' · '}
          <a href="/offers/wishes">{t('wishes')}</a>
        </p>
      </div>
    );
  },
});

function Standing({ offer: { state, againOn, endedFor, caseId } }: { offer: Offer }) {
  const t = useWords();
  if (state === 'open') return null;
  if (state === 'ended')
    return (
      <Notice tone="info">
        <p>{t(`ended.${endedFor ?? 'time'}`)}</p>
      </Notice>
    );
  if (state === 'later')
    return (
      <Notice tone="info">
        <p>
          {t('state.later')} <DateOf on={againOn!} />
        </p>
      </Notice>
    );
  return (
    <Notice tone="good">
      <p>{t('state.begun')}</p>
      <p>
        <a href={`/cases/${caseId}`}>{t('goOn')}</a>
      </p>
    </Notice>
  );
}

/** What a yes would mean, and the three answers. */
function Terms({ view: { offer: shown, mustActFirst } }: { view: OfferView }) {
  const t = useWords();
  const say = useSay();
  const answer = `/offers/${shown.offerId}/answer`;
  return (
    <>
      <Card title={t('fills')}>
        {shown.fills.length > 0 ? (
          <>
            <p className="muted">{t('fillsLead')}</p>
            <SummaryList
              rows={shown.fills.map(({ label, value, source }) => ({
                term: say(label),
                value: (
                  <>
                    <bdi>{say(value)}</bdi>
                    <br />
                    <span className="muted small">{say(source)}</span>
                  </>
                ),
              }))}
            />
          </>
        ) : (
          <p className="muted">{t('fillsNone')}</p>
        )}
      </Card>
      <Card title={t('asks')}>
        <p className="muted">{t('asksLead')}</p>
        {shown.asks.map(({ names, fields }) => (
          <div key={names.en}>
            <h3>{say(names)}</h3>
            <Ticks items={fields} />
          </div>
        ))}
      </Card>
      {mustActFirst ? (
        <Notice tone="sand">
          <p>{t('child')}</p>
          <p>
            <a href="/acting">{t('childLink')}</a>
          </p>
        </Notice>
      ) : (
        <form method="post" action={`/offers/${shown.offerId}/begin`} className="stack-s">
          <p className="muted">{t('beginWords')}</p>
          <Button big>{t('begin')}</Button>
        </form>
      )}
      <form method="post" action={answer} className="stack-s">
        {shown.state === 'open' ? (
          <>
            <Button look="ghost" name="answer" value="not-now" describedBy="later-words">
              {t('later')}
            </Button>
            <p className="muted small" id="later-words">
              {t(shown.mayPutOff ? 'laterWords' : 'laterLast')}
            </p>
          </>
        ) : null}
        <Button look="quiet" name="answer" value="never" describedBy="never-words">
          {t('never')}
        </Button>
        <p className="muted small" id="never-words">
          {t('neverWords')}
        </p>
      </form>
    </>
  );
}

export type OfferWishesView = { wishes: OfferWish[]; isOwnPerson: boolean; notice?: Text };

const wanted: Text = { ar: offerTexts.ar.wanted, en: offerTexts.en.wanted };

export const offerWishes = definePage<OfferWishesView>({
  name: 'offer-wishes',
  title: (_view, { reader }) => write(offerTexts, reader, 'wishes'),
  Body: ({ view }) => {
    const t = useWords();
    const say = useSay();
    const field = (wish: OfferWish): Field => ({
      name: `wish-${wish.eventType}`,
      kind: 'checkboxes',
      label: wish.names,
      hint: {
        ar: `${offerTexts.ar.offered}: ${wish.services.map(({ ar }) => ar).join('، ')}`,
        en: `${offerTexts.en.offered}: ${wish.services.map(({ en }) => en).join(', ')}`,
      },
      choices: [{ value: 'yes', label: wanted }],
      value: wish.isWanted ? ['yes'] : [],
    });
    return (
      <div className="stack measure">
        <PageHead title={t('wishes')} lead={t('wishesLead')} notice={view.notice} />
        <Notice tone="info">
          <p>{t(view.isOwnPerson ? 'wishesOwn' : 'wishesVisitor')}</p>
        </Notice>
        {view.wishes.length === 0 ? (
          <p className="muted">{t('none')}</p>
        ) : (
          <form method="post" action="/offers/wishes" className="stack" noValidate>
            {view.wishes.map((wish) => (
              <FieldOf key={say(wish.names)} field={field(wish)} />
            ))}
            <div className="acts">
              <Button>{t('save')}</Button>
              <LinkButton look="quiet" href="/messages/settings">
                {say({ ar: 'إعدادات الرسائل', en: 'Settings of messages' })}
              </LinkButton>
            </div>
          </form>
        )}
      </div>
    );
  },
});

/** On the page of a paused service, at `at`: asks to be told when it opens, or says that one will be. */
export function OpeningForm({ at, isAwaited }: { at: string; isAwaited: boolean }) {
  const t = useWords();
  return isAwaited ? (
    <form method="post" action={`${at}/opening/stop`} className="stack-s">
      <p>
        <b>{t('openingAsked')}</b>
      </p>
      <p className="small">{t('openingAskedWords')}</p>
      <Button look="quiet">{t('openingStop')}</Button>
    </form>
  ) : (
    <form method="post" action={`${at}/opening`} className="stack-s">
      <Button>{t('openingAsk')}</Button>
      <p className="small">{t('openingAskWords')}</p>
    </form>
  );
}

/** Under “My data”: what somebody asked to be told, with the way to take it back; nothing where nothing is. */
export function Openings({ openings }: { openings: Opening[] }) {
  const t = useWords();
  const say = useSay();
  if (openings.length === 0) return null;
  return (
    <section className="card stack-s">
      <h2>{t('openingsMine')}</h2>
      <p className="muted">{t('openingsMineWords')}</p>
      <ul className="plain stack-s">
        {openings.map(({ serviceId, serviceTitle, opensAt, keptUntil }) => (
          <li key={serviceId}>
            <a href={`/services/${serviceId}`}>{say(serviceTitle)}</a>
            {opensAt ? (
              <>
                <br />
                <span className="small">
                  {t('openingOpensAt')} <TimeOf at={opensAt} />
                </span>
              </>
            ) : null}
            <br />
            <span className="muted small">
              {t('openingKeptUntil')} <TimeOf at={keptUntil} dayOnly />
            </span>
            <form method="post" action={`/my-data/openings/${serviceId}/stop`}>
              <Button look="quiet">
                {t('openingStop')}
                <span className="hide">{`: ${say(serviceTitle)}`}</span>
              </Button>
            </form>
          </li>
        ))}
      </ul>
    </section>
  );
}
