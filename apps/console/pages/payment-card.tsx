import { Button, Card, Code, LinkButton, MoneyOf, Notice, SummaryList, TimeOf, useSay } from '#apps/portal';
import type { FeeView, OfficerPaymentView } from '#modules/payments';
import { usePaymentTexts } from '../texts/payments.ts';

/** The fee of a case: what somebody has begun to pay, or else what is asked; neither where the service is free. */
export type CaseFee = { payment?: OfficerPaymentView; fee?: FeeView & { currency: string } };

export function FeeOfCase({ payment, fee }: CaseFee) {
  if (payment) return <PaymentCard payment={payment} />;
  return fee ? <FeeCard fee={fee} /> : null;
}

/** The fee of a case for its officer, and each part that went back. Leads to …/refund; posts `outcome` to …/refunds/:refundId. */
function PaymentCard({ payment }: { payment: OfficerPaymentView }) {
  const say = useSay();
  const t = usePaymentTexts();
  const { number, paidAt, currency } = payment;
  return (
    <Card title={t('title')}>
      <SummaryList
        rows={[
          ...exemptionRows(payment, currency, { t, say }),
          { term: t('amount'), value: <MoneyOf amountMinor={payment.amountMinor} currency={currency} /> },
          { term: t('state'), value: t(`state.${payment.state}`) },
          ...(number ? [{ term: t('number'), value: <Code>{number}</Code> }] : []),
          ...(paidAt ? [{ term: t('paidAt'), value: <TimeOf at={paidAt} /> }] : []),
          ...(payment.refunds.length > 0
            ? [{ term: t('kept'), value: <MoneyOf amountMinor={payment.keptMinor} currency={currency} /> }]
            : []),
        ]}
      />
      {payment.refunds.map((refund) => (
        <Refund key={refund.id} refund={refund} payment={payment} />
      ))}
      {payment.mayRefund ? (
        <p className="acts">
          <LinkButton look="ghost" href={`/office/cases/${payment.caseId}/refund`}>
            {t('refund')}
          </LinkButton>
        </p>
      ) : null}
    </Card>
  );
}

/** The fee of a case for which nobody has begun to pay: what is asked, and what takes it away. */
function FeeCard({ fee }: { fee: FeeView & { currency: string } }) {
  const say = useSay();
  const t = usePaymentTexts();
  const { currency } = fee;
  return (
    <Card title={t('title')}>
      <SummaryList
        rows={[
          ...exemptionRows(fee, currency, { t, say }),
          { term: t('amount'), value: <MoneyOf amountMinor={fee.amountMinor} currency={currency} /> },
          { term: t('state'), value: t(`state.${fee.state}`) },
        ]}
      />
    </Card>
  );
}

function exemptionRows(
  { fullMinor, exemption }: Pick<FeeView, 'fullMinor' | 'exemption'>,
  currency: string,
  { t, say }: { t: ReturnType<typeof usePaymentTexts>; say: ReturnType<typeof useSay> },
) {
  if (fullMinor === undefined || !exemption) return [];
  return [
    { term: t('full'), value: <MoneyOf amountMinor={fullMinor} currency={currency} /> },
    { term: t('why'), value: say(exemption.text) },
  ];
}

type Shown = OfficerPaymentView['refunds'][number];

function Refund({ refund, payment: { caseId, currency } }: { refund: Shown; payment: OfficerPaymentView }) {
  const say = useSay();
  const t = usePaymentTexts();
  const why = refund.reasonText ? say(refund.reasonText) : t(`reason.${refund.reason}`);
  return (
    <section className="stack-s">
      <p>
        <b>
          <MoneyOf amountMinor={refund.amountMinor} currency={currency} />
        </b>{' '}
        · {t(`refund.${refund.state}`)} · <TimeOf at={refund.settledAt ?? refund.requestedAt} dayOnly />
      </p>
      <p className="muted">
        {why} {refund.ownWords ? say(refund.ownWords) : null}
      </p>
      {refund.state === 'awaiting-approval' ? (
        <form method="post" action={`/office/cases/${caseId}/refunds/${refund.id}`} className="stack-s">
          <Notice tone="warn">
            <p>{t(refund.mayApprove ? 'waits' : 'waitsForColleague')}</p>
          </Notice>
          <div className="acts">
            {refund.mayApprove ? (
              <Button name="outcome" value="approve">
                {t('approve')}
              </Button>
            ) : null}
            <Button look="quiet" name="outcome" value="decline">
              {t('decline')}
            </Button>
          </div>
        </form>
      ) : null}
    </section>
  );
}
