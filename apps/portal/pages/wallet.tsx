import type { Text } from '#kernel/languages';
import {
  Button,
  Card,
  LabelledList,
  LinkButton,
  OfficeLine,
  SummaryList,
  Tag,
  type Tone,
} from '../components/blocks.tsx';
import { Announcement, PageHead } from '../components/head.tsx';
import { Causeway, Icon } from '../components/marks.tsx';
import { Code, DateOf, type Labelled, type OfficeName, OfficeOf, Raw, TimeOf } from '../components/values.tsx';
import { definePage } from '../page.tsx';
import { useSay, useTexts } from '../reader.tsx';

export type CredentialStatus = 'valid' | 'suspended' | 'revoked' | 'superseded' | 'expired' | 'unknown';

const tones: Record<CredentialStatus, Tone> = {
  valid: 'good',
  suspended: 'warn',
  revoked: 'bad',
  superseded: 'bad',
  expired: 'plain',
  unknown: 'warn',
};

export type CredentialCard = {
  credentialId: string;
  title: Text;
  issuer: OfficeName;
  issuedAt: string;
  validUntil?: string;
  status: CredentialStatus;
};

export type WalletView = { credentials: CredentialCard[]; notice?: Text };

export const wallet = definePage<WalletView>({
  name: 'wallet',
  nav: 'wallet',
  title: (_view, { t }) => t('nav.wallet'),
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    return (
      <div className="stack">
        <PageHead title={t('nav.wallet')} lead={t('wallet.lead')} notice={view.notice} />
        {view.credentials.length === 0 ? (
          <Card title={t('wallet.none')}>
            <p>{t('wallet.noneWords')}</p>
            <LinkButton href="/cases">{t('nav.cases')}</LinkButton>
          </Card>
        ) : (
          <ul className="choose">
            {view.credentials.map((card) => (
              <li key={card.credentialId} className="ticket">
                <Causeway />
                <span className="small">
                  <OfficeOf office={card.issuer} />
                </span>
                <h2>
                  <a href={`/wallet/${card.credentialId}`}>{say(card.title)}</a>
                </h2>
                <span className="foot">
                  <span className="small">
                    {t(card.validUntil ? 'wallet.validUntil' : 'wallet.issued')}{' '}
                    {card.validUntil ? <DateOf on={card.validUntil} /> : <TimeOf at={card.issuedAt} dayOnly />}
                  </span>
                  <Tag tone={tones[card.status]}>{t(`credential.${card.status}`)}</Tag>
                </span>
              </li>
            ))}
          </ul>
        )}
      </div>
    );
  },
});

export type CredentialView = {
  credential: CredentialCard;
  /** `isSelective`: the person may leave it out when presenting. */
  claims: Array<Labelled & { isSelective: boolean }>;
  presentHref?: string;
  documentHref?: string;
  /** The credential itself (SD-JWT VC), to present or check elsewhere. */
  raw: string;
};

export const credential = definePage<CredentialView>({
  name: 'credential',
  nav: 'wallet',
  title: (view, { say }) => say(view.credential.title),
  crumbs: (_view, { t }) => [{ href: '/wallet', words: t('nav.wallet') }],
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    const { credential: card } = view;
    const selective = view.claims.filter((claim) => claim.isSelective);
    const always = view.claims.filter((claim) => !claim.isSelective);
    return (
      <div className="stack">
        <PageHead
          eyebrow={
            <>
              <OfficeLine office={card.issuer} small />
              <Tag tone={tones[card.status]}>{t(`credential.${card.status}`)}</Tag>
            </>
          }
          title={say(card.title)}
        />
        <div className="two">
          <div className="stack">
            <Card title={t('wallet.selective')}>
              <p className="muted">{t('wallet.selectiveWords')}</p>
              <LabelledList items={selective} />
            </Card>
            {always.length > 0 ? (
              <Card title={t('wallet.always')}>
                <LabelledList items={always} />
              </Card>
            ) : null}
            <details>
              <summary>{t('wallet.raw')}</summary>
              <Raw>{view.raw}</Raw>
            </details>
          </div>
          <aside className="stack">
            <Card title={t('wallet.use')}>
              <div className="stack-s">
                {view.presentHref ? <LinkButton href={view.presentHref}>{t('wallet.present')}</LinkButton> : null}
                {view.documentHref ? (
                  <LinkButton look="ghost" href={view.documentHref} download>
                    <Icon name="download" />
                    {t('case.download')}
                  </LinkButton>
                ) : null}
              </div>
              <SummaryList
                rows={[
                  { term: t('wallet.issued'), value: <TimeOf at={card.issuedAt} dayOnly hijri /> },
                  ...(card.validUntil
                    ? [{ term: t('wallet.validUntil'), value: <DateOf on={card.validUntil} hijri /> }]
                    : []),
                ]}
              />
            </Card>
          </aside>
        </div>
      </div>
    );
  },
});

/** Posts `credential_offer_uri`. */
export type OfferView = { offerUri: string; issuer: OfficeName; credentials: Text[]; problem?: Text };

export const walletOffer = definePage<OfferView>({
  name: 'wallet-offer',
  nav: 'wallet',
  title: (_view, { t }) => t('offer.title'),
  hasErrors: (view) => view.problem !== undefined,
  crumbs: (_view, { t }) => [{ href: '/wallet', words: t('nav.wallet') }],
  Body: ({ view }) => {
    const say = useSay();
    const t = useTexts();
    return (
      <div className="stack measure">
        <Announcement tone="bad" words={view.problem} />
        <PageHead title={t('offer.title')} lead={t('offer.lead')} />
        <Card>
          <SummaryList
            rows={[
              { term: t('offer.from'), value: <OfficeLine office={view.issuer} small /> },
              {
                term: t('offer.what'),
                value: (
                  <ul className="plain">
                    {view.credentials.map((title) => (
                      <li key={title.en}>{say(title)}</li>
                    ))}
                  </ul>
                ),
              },
              { term: t('offer.address'), value: <Code>{view.offerUri}</Code> },
            ]}
          />
        </Card>
        <form method="post" action="/wallet/offer" className="acts">
          <input type="hidden" name="credential_offer_uri" value={view.offerUri} />
          <Button>{t('offer.accept')}</Button>
          <LinkButton look="quiet" href="/wallet">
            {t('offer.decline')}
          </LinkButton>
        </form>
      </div>
    );
  },
});
