import type { Text } from '#kernel/languages';
import { Card, LinkButton, Notice, OfficeLine, Panel, SummaryList } from '../components/blocks.tsx';
import { Icon } from '../components/marks.tsx';
import { type ConsentTerms, rowsOfTerms } from '../components/terms.tsx';
import { Code, NumberOf, type OfficeName, OfficeOf, Raw, TimeOf } from '../components/values.tsx';
import { definePage } from '../page.tsx';
import { useSay, useTexts } from '../reader.tsx';

export type ReceiptView = {
  receiptNumber: string;
  consentId: string;
  givenAt: string;
  withdrawnAt?: string;
  /** Somebody else gave it in the person's name: as what. */
  givenBy?: Text;
  requester: OfficeName;
  holders: OfficeName[];
  given: Text[];
  notGiven: Text[];
  /** One for all that was given, or one for each kind of evidence. */
  terms: ConsentTerms[];
  /** How many questions were answered under it so far. */
  usesCount: number;
  /** The signed receipt as a file. */
  downloadHref?: string;
  /** Where the journey goes on: set right after consenting. */
  continueHref?: string;
  /** The compact signed receipt, for whoever wants to check it elsewhere. */
  signed?: string;
};

export const receipt = definePage<ReceiptView>({
  name: 'receipt',
  title: (_view, { t }) => t('receipt.title'),
  nav: 'my-data',
  crumbs: (view, { t }) => (view.continueHref ? [] : [{ href: '/my-data', words: t('nav.myData') }]),
  Body: ({ view }) => <ReceiptBody view={view} />,
});

/** The same receipt on the eID's own page, right after consenting, with the way on. */
export const eidReceipt = definePage<ReceiptView>({
  ...receipt,
  name: 'eid-receipt',
  area: 'eid',
  nav: undefined,
  crumbs: undefined,
});

function ReceiptBody({ view }: { view: ReceiptView }) {
  const say = useSay();
  const t = useTexts();
  return (
    <div className="stack measure">
      {view.continueHref ? (
        <Panel title={t('receipt.done')}>
          <p>{t('receipt.number')}</p>
          <p>
            <b>
              <Code>{view.receiptNumber}</Code>
            </b>
          </p>
        </Panel>
      ) : (
        <header className="stack-s">
          <h1>{t('receipt.title')}</h1>
          <p className="eyebrow">
            <Code>{view.receiptNumber}</Code>
          </p>
        </header>
      )}
      {view.withdrawnAt ? (
        <Notice tone="warn" title={t('receipt.withdrawn')}>
          <p>
            <TimeOf at={view.withdrawnAt} />
          </p>
        </Notice>
      ) : null}
      {view.continueHref ? (
        <div className="acts">
          <LinkButton big href={view.continueHref}>
            {t('receipt.continue', { state: say(view.requester.state.names) })}
            <Icon name="arrow" />
          </LinkButton>
          {view.downloadHref ? (
            <LinkButton big look="ghost" href={view.downloadHref} download>
              {t('receipt.download')}
            </LinkButton>
          ) : null}
        </div>
      ) : null}
      <Card title={t('receipt.what')}>
        <SummaryList
          rows={[
            { term: t('receipt.to'), value: <OfficeLine office={view.requester} small /> },
            {
              term: t('receipt.from'),
              value: (
                <ul className="plain">
                  {view.holders.map((office) => (
                    <li key={office.names.en}>
                      <OfficeOf office={office} />
                    </li>
                  ))}
                </ul>
              ),
            },
            ...(view.givenBy
              ? [{ term: t('receipt.givenBy'), value: t('receipt.representative', { kind: say(view.givenBy) }) }]
              : []),
            { term: t('receipt.given'), value: <Names names={view.given} /> },
            ...(view.notGiven.length > 0
              ? [{ term: t('receipt.notGiven'), value: <Names names={view.notGiven} /> }]
              : []),
            { term: t('receipt.at'), value: <TimeOf at={view.givenAt} hijri /> },
            ...rowsOfTerms(view.terms, { say, t }),
            ...(view.continueHref ? [] : [{ term: t('receipt.uses'), value: <NumberOf value={view.usesCount} /> }]),
          ]}
        />
      </Card>
      <p className="muted">{t('receipt.keep')}</p>
      {view.continueHref ? null : (
        <div className="acts">
          {view.downloadHref ? (
            <LinkButton look="ghost" href={view.downloadHref} download>
              {t('receipt.download')}
            </LinkButton>
          ) : null}
          {view.withdrawnAt ? null : (
            <LinkButton look="danger" href={`/my-data/consents/${view.consentId}/withdraw`}>
              {t('myData.withdraw')}
            </LinkButton>
          )}
        </div>
      )}
      {view.signed ? (
        <details>
          <summary>{t('receipt.signed')}</summary>
          <Raw>{view.signed}</Raw>
        </details>
      ) : null}
    </div>
  );
}

function Names({ names }: { names: Text[] }) {
  const say = useSay();
  return (
    <ul className="plain">
      {names.map((name) => (
        <li key={name.en}>{say(name)}</li>
      ))}
    </ul>
  );
}
