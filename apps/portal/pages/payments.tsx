import type { Text } from '#kernel/languages';
import type { PaymentState, RefundView } from '#modules/payments';
import {
  Button,
  Card,
  LinkButton,
  Notice,
  OfficeLine,
  Panel,
  SummaryList,
  Tag,
  type Tone,
} from '../components/blocks.tsx';
import { PageHead } from '../components/head.tsx';
import { Icon } from '../components/marks.tsx';
import { Code, MoneyOf, type OfficeName, TimeOf } from '../components/values.tsx';
import { definePage, type Speaker } from '../page.tsx';
import { useSay, useTable, write } from '../reader.tsx';
import { paymentsTexts } from '../texts/payments.ts';
import { FeeOf, type FeeShown } from './fee.tsx';

const useWords = () => useTable(paymentsTexts);
const titleOf =
  (key: keyof (typeof paymentsTexts)['en']) =>
  (_view: unknown, { reader }: Speaker) =>
    write(paymentsTexts, reader, key);

export const paymentTones: Record<PaymentState, Tone> = {
  due: 'warn',
  started: 'warn',
  paid: 'good',
  'partly-refunded': 'good',
  failed: 'bad',
  expired: 'sand',
  'refund-requested': 'info',
  refunded: 'sand',
  'refund-failed': 'bad',
};

/** What is paid: the same lines on the page before and on the receipt. */
type PaidThing = { caseId: string; serviceTitle: Text; office: OfficeName; amountMinor: number; currency: string };

/** What the fee would be, and why it is less; nothing where there is no exemption. */
function exemptionRows({ fullMinor, because, currency }: FeeShown, { t, say }: Words) {
  if (fullMinor === undefined || !because) return [];
  return [
    { term: t('full'), value: <MoneyOf amountMinor={fullMinor} currency={currency} /> },
    { term: t('why'), value: say(because) },
  ];
}
type Words = { t: ReturnType<typeof useWords>; say: ReturnType<typeof useSay> };

export type PayView = PaidThing & {
  fee: FeeShown;
  what: Text;
  due: 'before-sending' | 'before-decision';
  /** `waiting`: the person is back, and the provider has not said anything. */
  state: 'due' | 'waiting' | 'failed';
  /** Asks the provider again, while it is silent. */
  lookHref?: string;
  isPlayMoney: boolean;
  problem?: Text;
};

export const payPage = definePage<PayView>({
  name: 'pay',
  nav: 'cases',
  title: titleOf('payTitle'),
  hasErrors: (view) => view.problem !== undefined,
  Body: ({ view }) => {
    const say = useSay();
    const t = useWords();
    return (
      <div className="stack measure">
        <PageHead title={t('payTitle')} lead={t('payLead')} />
        {view.problem ? (
          <div role="alert">
            <Notice tone="bad" title={t('problem')}>
              <p>{say(view.problem)}</p>
            </Notice>
          </div>
        ) : null}
        {view.state === 'due' ? null : (
          <div role="status">
            <Notice tone="warn" title={t(view.state)}>
              <p>{t(`${view.state}Words`)}</p>
            </Notice>
          </div>
        )}
        {view.isPlayMoney ? (
          <Notice tone="warn" title={t('playMoney')}>
            <p>{t('playMoneyWords')}</p>
          </Notice>
        ) : null}
        <section className="card">
          <SummaryList
            rows={[
              { term: t('service'), value: say(view.serviceTitle) },
              { term: t('what'), value: say(view.what) },
              { term: t('office'), value: <OfficeLine office={view.office} small /> },
              ...exemptionRows(view.fee, { t, say }),
              {
                term: t('amount'),
                value: (
                  <b>
                    <MoneyOf amountMinor={view.amountMinor} currency={view.currency} />
                  </b>
                ),
              },
            ]}
          />
        </section>
        <form method="post" action={`/cases/${view.caseId}/pay`} className="acts">
          {view.lookHref ? (
            <LinkButton big href={view.lookHref}>
              {t('lookAgain')}
            </LinkButton>
          ) : (
            <Button big>{t('pay')}</Button>
          )}
          <LinkButton look="quiet" href={`/cases/${view.caseId}`}>
            {t('later')}
          </LinkButton>
        </form>
        <Card title={t('goodToKnow')}>
          <ul>
            <li>{t(view.due === 'before-sending' ? 'sentAfter' : 'decidedAfter')}</li>
            <li>{t('onceOnly')}</li>
          </ul>
        </Card>
      </div>
    );
  },
});

export type PaymentReceiptView = PaidThing & {
  fee: FeeShown;
  number: string;
  state: PaymentState;
  paidAt: string;
  pdfHref: string;
  proofHref?: string;
  refunds: RefundView[];
  /** Paid less given back, minor units. */
  keptMinor: number;
  isPlayMoney: boolean;
  /** Paid for an application that is still a draft. */
  isUnsent: boolean;
};

export const paymentReceipt = definePage<PaymentReceiptView>({
  name: 'payment-receipt',
  nav: 'cases',
  title: titleOf('receiptTitle'),
  Body: ({ view }) => {
    const say = useSay();
    const t = useWords();
    return (
      <div className="stack measure">
        <Panel title={t(view.state === 'paid' ? 'paidTitle' : 'receiptTitle')}>
          <p>
            {t('number')}{' '}
            <b>
              <Code>{view.number}</Code>
            </b>
          </p>
        </Panel>
        {view.isUnsent ? (
          <Notice tone="warn" title={t('notSent')}>
            <p>{t('notSentWords')}</p>
            <p className="acts">
              <LinkButton href={`/cases/${view.caseId}/check`}>{t('send')}</LinkButton>
            </p>
          </Notice>
        ) : null}
        <Card title={t('receiptTitle')}>
          <SummaryList
            rows={[
              { term: t('service'), value: say(view.serviceTitle) },
              { term: t('office'), value: <OfficeLine office={view.office} small /> },
              ...exemptionRows(view.fee, { t, say }),
              { term: t('amount'), value: <MoneyOf amountMinor={view.amountMinor} currency={view.currency} /> },
              { term: t('paidAt'), value: <TimeOf at={view.paidAt} hijri /> },
              ...(view.keptMinor < view.amountMinor
                ? [{ term: t('kept'), value: <MoneyOf amountMinor={view.keptMinor} currency={view.currency} /> }]
                : []),
              {
                term: t('payTitle'),
                value: <Tag tone={paymentTones[view.state]}>{t(`state.${view.state}`)}</Tag>,
              },
              ...(view.proofHref ? [{ term: t('proof'), value: <a href={view.proofHref}>{t('proofLink')}</a> }] : []),
              { term: t('case'), value: <a href={`/cases/${view.caseId}`}>{t('openCase')}</a> },
            ]}
          />
          {view.isPlayMoney ? (
            <p className="muted">
              {t('playMoney')}: {t('playMoneyWords')}
            </p>
          ) : null}
        </Card>
        {view.refunds.length > 0 ? (
          <Card title={t('refunds')}>
            <Refunds refunds={view.refunds} currency={view.currency} />
          </Card>
        ) : null}
        <p>
          <a href={view.pdfHref} download>
            {t('pdf')}
          </a>
        </p>
        <p className="muted">{t('print')}</p>
        <p>
          <a href="/payments">{t('mineTitle')}</a>
        </p>
      </div>
    );
  },
});

const refundStates = {
  'awaiting-approval': 'refund-requested',
  requested: 'refund-requested',
  refunded: 'refunded',
  failed: 'refund-failed',
} as const;

function Refunds({ refunds, currency }: { refunds: RefundView[]; currency: string }) {
  const say = useSay();
  const t = useWords();
  const shown = refunds.flatMap((refund) =>
    refund.state === 'declined' ? [] : [{ ...refund, state: refundStates[refund.state] }],
  );
  return (
    <ul className="plain">
      {shown.map((refund) => (
        <li key={refund.id}>
          <b>
            <MoneyOf amountMinor={refund.amountMinor} currency={currency} />
          </b>{' '}
          · {t(`state.${refund.state}`)} · <TimeOf at={refund.settledAt ?? refund.requestedAt} dayOnly />
          <p className="muted">{refund.reasonText ? say(refund.reasonText) : t(`reason.${refund.reason}`)}</p>
          {refund.ownWords ? (
            <p className="muted">
              {t('officeWrites')} {say(refund.ownWords)}
            </p>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

export type MyPaymentsView = {
  payments: Array<PaidThing & { paymentId: string; state: PaymentState; at: string; number?: string }>;
};

export const myPayments = definePage<MyPaymentsView>({
  name: 'my-payments',
  nav: 'cases',
  title: titleOf('mineTitle'),
  Body: ({ view }) => {
    const say = useSay();
    const t = useWords();
    return (
      <div className="stack">
        <PageHead title={t('mineTitle')} lead={t('mineLead')} />
        {view.payments.length > 0 ? (
          <ul className="card flush rows">
            {view.payments.map((one) => (
              <li key={one.paymentId}>
                <div className="grow">
                  <h2 className="h3">
                    <a className="over" href={`/payments/${one.paymentId}`}>
                      {say(one.serviceTitle)}
                    </a>
                  </h2>
                  <p className="eyebrow">
                    {one.number ? <Code>{one.number}</Code> : null}
                    <OfficeLine office={one.office} small />
                  </p>
                  <p className="muted">
                    <MoneyOf amountMinor={one.amountMinor} currency={one.currency} /> · <TimeOf at={one.at} dayOnly />
                  </p>
                </div>
                <Tag tone={paymentTones[one.state]}>{t(`state.${one.state}`)}</Tag>
                <span className="go">
                  <Icon name="chevron" />
                </span>
              </li>
            ))}
          </ul>
        ) : (
          <div className="card">
            <h2>{t('none')}</h2>
            <p>{t('noneWords')}</p>
          </div>
        )}
      </div>
    );
  },
});

/** The way to one's payments, on the list of applications. */
export function PaymentsLink() {
  return (
    <p>
      <a href="/payments">{useWords()('mineTitle')}</a>
    </p>
  );
}

/** The way to what was paid for an application, on its page. */
export function PaymentOfCase({ href }: { href: string }) {
  return (
    <p>
      <a href={href}>{useWords()('ofCase')}</a>
    </p>
  );
}

/** Of an application that was sent unpaid: nobody decides it before the fee has come. */
export function Owed({ owed, caseId }: { owed: FeeShown; caseId: string }) {
  const t = useWords();
  return (
    <Notice tone="warn" title={t('owedTitle')}>
      <p>
        <FeeOf fee={owed} />
      </p>
      <p>{t('owedWords')}</p>
      <p>
        <LinkButton href={`/cases/${caseId}/pay`}>{t('owedPay')}</LinkButton>
      </p>
    </Notice>
  );
}
