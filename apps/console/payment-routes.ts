import { type Draw, type Field, type PageContext, type PageRoute, type PortalNeeds, textOf } from '#apps/portal';
import { officerOf } from '#kernel/contract';
import type { Text } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import { latinDigits } from '#kernel/words';
import { amountInWords, readAmount, writeAmount } from '#modules/catalogue';
import type { OfficerPaymentView } from '#modules/payments';
import { officerIn } from './officers.ts';
import { consolePages } from './pages/index.ts';
import { refundWords as words } from './texts/payments.ts';

/** Fields that a refusal of the payments module is about. */
const fieldOf: Record<string, string> = {
  'refund-amount-refused': 'amount',
  'refund-reason-missing': 'reason',
  'refund-words-refused': 'words-ar',
};

/** Giving back the fee of a case or a part of it, and agreeing to it. What an officer may do is decided by the payments module. */
export function paymentRoutes({ payments, cases }: PortalNeeds, draw: Draw): PageRoute[] {
  const fieldsOf = (payment: OfficerPaymentView, form: PageContext['form']): Field[] => {
    const { currency, leftMinor, aloneMinorLeft } = payment;
    const typed = (name: string, otherwise = '') => textOf(form[name] ?? otherwise);
    const inWords = (minor: number): Text => ({
      ar: amountInWords(minor, currency, 'ar'),
      en: amountInWords(minor, currency, 'en'),
    });
    return [
      {
        name: 'amount',
        kind: 'number',
        label: words.amount,
        hint: words.amountHint(inWords(leftMinor), inWords(aloneMinorLeft)),
        required: true,
        value: typed('amount', writeAmount(leftMinor, currency)),
        suffix: { ar: currency, en: currency },
      },
      {
        name: 'reason',
        kind: 'radios',
        label: words.reason,
        hint: words.reasonHint,
        required: true,
        value: typed('reason'),
        choices: payment.reasonChoices.map(({ id, text }) => ({ value: id, label: text })),
      },
      { name: 'words-ar', kind: 'textarea', label: words.inArabic, hint: words.ownHint, value: typed('words-ar') },
      { name: 'words-en', kind: 'textarea', label: words.inEnglish, value: typed('words-en') },
    ];
  };

  const show = async (context: PageContext, refused?: Problem) => {
    const officer = await officerIn({ cases }, context.caller);
    const caseId = context.params['caseId']!;
    const payment = await payments.getForOfficer(officer, caseId);
    const { reference, serviceTitle } = await cases.getCaseForOfficer(officer, caseId);
    if (!payment.mayRefund && !refused) return { redirect: `/office/cases/${caseId}` };
    const at = refused && fieldOf[refused.code];
    const fields = fieldsOf(payment, context.form);
    return draw(
      consolePages.officeStep,
      {
        ...{ caseId, reference, serviceTitle, title: words.title, lead: words.lead, submit: words.submit },
        fields: fields.map((field) => (refused && field.name === at ? { ...field, error: refused.messages } : field)),
        action: `/office/cases/${caseId}/refund`,
        version: payment.leftMinor,
        ...(refused && !at ? { problem: refused.messages } : {}),
      },
      context,
      refused ? { status: 422 } : {},
    );
  };

  return [
    {
      method: 'GET',
      path: '/office/cases/:caseId/refund',
      access: 'officer',
      handle: (context) => show(context),
    },
    {
      method: 'POST',
      path: '/office/cases/:caseId/refund',
      access: 'officer',
      handle: async (context) => {
        const { caller, params, form } = context;
        const caseId = params['caseId']!;
        const officer = officerOf(caller);
        const { currency } = await payments.getForOfficer(officer, caseId);
        try {
          await payments.refundByOfficer(officer, caseId, {
            amountMinor: readAmount(latinDigits(textOf(form['amount'])).trim(), currency) ?? 0,
            // What was left when the page was drawn.
            expectedLeftMinor: Number(textOf(form['version'])) || 0,
            reasonId: textOf(form['reason']),
            ownWordsAr: textOf(form['words-ar']),
            ownWordsEn: textOf(form['words-en']),
          });
        } catch (error) {
          if (!(error instanceof Problem) || (error.status !== 422 && error.status !== 409)) throw error;
          return show(context, error);
        }
        return { redirect: `/office/cases/${caseId}` };
      },
    },
    {
      method: 'POST',
      path: '/office/cases/:caseId/refunds/:refundId',
      access: 'officer',
      handle: async ({ caller, params, form }) => {
        const isApproved = textOf(form['outcome']) === 'approve';
        await payments.answerRefund(officerOf(caller), params['refundId']!, isApproved);
        return { redirect: `/office/cases/${params['caseId']}` };
      },
    },
  ];
}
