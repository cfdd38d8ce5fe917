import { Button, Card, Code, MoneyOf, Notice, SummaryList, TimeOf } from '#apps/portal';
import type { OfficerPaymentView } from '#modules/payments';
import { usePaymentTexts } from '../texts/payments.ts';

/** The fee of a case for its officer. Posts nothing to /office/cases/:caseId/refund, and `outcome` to …/refunds/:refundId. */
export function PaymentCard({ payment }: { payment: OfficerPaymentView }) {
  const t = usePaymentTexts();
  const waiting = payment.refunds.find(({ state }) => state === 'awaiting-approval');
  const { number, paidAt } = payment;
  return (
    <Card title={t('title')}>
      <SummaryList
        rows={[
          {
            term: t('amount'),
            value: <MoneyOf amountMinor={payment.amountMinor} currency={payment.currency} />,
          },
          { term: t('state'), value: t(`state.${payment.state}`) },
          ...(number ? [{ term: t('number'), value: <Code>{number}</Code> }] : []),
          ...(paidAt ? [{ term: t('paidAt'), value: <TimeOf at={paidAt} /> }] : []),
        ]}
      />
      {payment.mayRefund ? (
        <form method="post" action={`/office/cases/${payment.caseId}/refund`} className="stack-s">
          {payment.needsSecond ? <p className="muted">{t('second')}</p> : null}
          <Button look="ghost">{t('refund')}</Button>
        </form>
      ) : null}
      {waiting ? (
        <form method="post" action={`/office/cases/${payment.caseId}/refunds/${waiting.id}`} className="stack-s">
          <Notice tone="warn">
            <p>{t(payment.mayApprove ? 'waits' : 'waitsForColleague')}</p>
          </Notice>
          <div className="acts">
            {payment.mayApprove ? (
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
    </Card>
  );
}
