import { readFile } from 'node:fs/promises';
import { formatDate, type Language, languages, type Text } from '#kernel/languages';
import type { PaymentView } from '#modules/payments';
import { officeOfService, type PortalNeeds } from '../needs.ts';
import { paymentsTexts } from '../texts/payments.ts';

type Key = keyof typeof paymentsTexts.en;
const said = (write: (language: Language) => string): Text => ({ ar: write('ar'), en: write('en') });
const words = (key: Key) => said((language) => paymentsTexts[language][key]);

/** An amount in the smallest unit of its currency, in words of both languages: three of the six currencies have three decimals. */
function moneyIn(amountMinor: number, currency: string, digits: 'arab' | 'latn'): Text {
  return said((language) => {
    const style = { style: 'currency', currency, currencyDisplay: 'name' } as const;
    const decimals = new Intl.NumberFormat('en', style).resolvedOptions().maximumFractionDigits ?? 2;
    const locale = `${language}-u-nu-${language === 'ar' ? digits : 'latn'}`;
    return new Intl.NumberFormat(locale, { ...style, minimumFractionDigits: decimals }).format(
      amountMinor / 10 ** decimals,
    );
  });
}

/**
 * The receipt of a fee as it stands now, sealed by the office that took it: what was paid, for which application, and what has gone
 * back. It is made when it is asked for, so that it never says less than the page.
 */
export async function makeReceipt(
  needs: PortalNeeds,
  payment: PaymentView & { number: string; paidAt: string },
  reference: string,
): Promise<Buffer> {
  const { digits, timeZone } = needs.state;
  const money = (amountMinor: number) => moneyIn(amountMinor, payment.currency, digits);
  const moment = (at: string) =>
    said((language) =>
      formatDate(new Date(at), language, { timeZone, withTime: true, digits: language === 'ar' ? digits : 'latn' }),
    );
  const office = officeOfService(needs, payment.serviceId, payment.serviceTitle).names;
  const title = words('receiptTitle');
  const refunds = payment.refunds.filter(({ state }) => state === 'refunded');
  const isPlayMoney = needs.payments.provider?.isPlayMoney ?? false;
  const pdf = await needs.makeDocument({
    template: await readFile(new URL('./payment-receipt.typ', import.meta.url), 'utf8'),
    title,
    author: office,
    languages,
    verifyUrl: `${needs.publicUrl}/verify`,
    data: {
      title,
      office,
      rows: [
        { label: words('number'), value: payment.number },
        { label: words('service'), value: payment.serviceTitle },
        { label: words('case'), value: reference },
        ...(payment.fullMinor !== undefined && payment.exemption
          ? [
              { label: words('full'), value: money(payment.fullMinor) },
              { label: words('why'), value: payment.exemption.text },
            ]
          : []),
        { label: words('amount'), value: money(payment.amountMinor) },
        { label: words('paidAt'), value: moment(payment.paidAt) },
        ...refunds.map((refund) => ({
          label: words('refunds'),
          value: said((language) =>
            [
              money(refund.amountMinor)[language],
              moment(refund.settledAt ?? refund.requestedAt)[language],
              refund.reasonText?.[language] ?? paymentsTexts[language][`reason.${refund.reason}`],
              ...(refund.ownWords ? [refund.ownWords[language]] : []),
            ].join(' · '),
          ),
        })),
        ...(refunds.length > 0 ? [{ label: words('kept'), value: money(payment.keptMinor) }] : []),
      ],
      notes: [words('sealed'), ...(isPlayMoney ? [words('playMoneyWords')] : [])],
    },
  });
  return needs.sealDocument(pdf, { officeId: payment.officeId });
}
