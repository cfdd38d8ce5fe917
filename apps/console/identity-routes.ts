import { type Draw, type Field, type PageContext, type PageRoute, type PortalNeeds, textOf } from '#apps/portal';
import { type Caller, officerOf } from '#kernel/contract';
import type { Text } from '#kernel/languages';
import { kernelProblem, Problem } from '#kernel/problem';
import { problem as identityProblem, type SuspensionReason, suspensionReasons } from '#modules/identity';
import { consolePages } from './pages/index.ts';

const registrarRole = 'registrar';
const reasonNames: Record<SuspensionReason, Text> = {
  'card-lost': { ar: 'فقدان البطاقة أو الجهاز', en: 'The card or the device is lost' },
  misuse: { ar: 'إساءة استخدام أو اشتباه بها', en: 'Misuse, or a suspicion of it' },
  'own-request': { ar: 'بطلب صاحب الهوية', en: 'At the person’s own request' },
  'court-order': { ar: 'بأمر قضائي', en: 'By order of a court' },
  mistake: { ar: 'تصحيح خطأ', en: 'To correct a mistake' },
};
const written = (value: string, error: Text): { error?: Text } => (value === '' ? { error } : {});

/**
 * Suspends and restores identities, and revokes credentials. For registrars: identities at the office that announces suspensions, as
 * it issues them; credentials at the office that issued them.
 */
export function identityRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const officeIn = (caller: Caller) => {
    const { officeId, roles } = officerOf(caller);
    const office = needs.offices.find(({ id }) => id === officeId);
    if (!office || !roles.includes(registrarRole)) throw kernelProblem('not-permitted');
    return { office, issuesIdentities: office.announces?.includes('identity-suspended') ?? false };
  };

  type Told = { form?: PageContext['form']; isIdentity?: boolean; notice?: Text; problem?: Text; status?: number };
  const show = async (context: PageContext, { form, isIdentity, notice, problem, status }: Told = {}) => {
    const { office, issuesIdentities } = officeIn(context.caller);
    const value = (name: string) => textOf(form?.[name]).trim();
    const missing = (name: string, error: Text, of: boolean) =>
      form && isIdentity === of && !notice && !problem ? written(value(name), error) : {};
    const identity: Field[] = [
      {
        name: 'nationalId',
        kind: 'text',
        label: needs.state.nationalIdNames,
        required: true,
        value: problem || (form && isIdentity && !notice) ? value('nationalId') : '',
        ...missing('nationalId', { ar: 'رقم الهوية غير مكتوب', en: 'Write the identity number' }, true),
      },
      {
        name: 'action',
        kind: 'radios',
        label: { ar: 'ما المطلوب؟', en: 'What is to be done?' },
        required: true,
        choices: [
          { value: 'suspend', label: { ar: 'إيقاف الهوية الرقمية', en: 'Suspend the digital identity' } },
          { value: 'restore', label: { ar: 'رفع الإيقاف', en: 'Lift the suspension' } },
        ],
        ...missing('action', { ar: 'لم يُختر المطلوب', en: 'Choose what is to be done' }, true),
      },
      {
        name: 'reason',
        kind: 'radios',
        label: { ar: 'السبب', en: 'Reason' },
        required: true,
        choices: suspensionReasons.map((reason) => ({ value: reason, label: reasonNames[reason] })),
        ...missing('reason', { ar: 'لم يُختر السبب', en: 'Choose the reason' }, true),
      },
    ];
    const credential: Field[] = [
      {
        name: 'reference',
        kind: 'text',
        label: { ar: 'رمز التحقق على الوثيقة', en: 'The reference on the document' },
        required: true,
        ...missing('reference', { ar: 'رمز التحقق غير مكتوب', en: 'Write the reference' }, false),
      },
    ];
    return draw(
      consolePages.identityDesk,
      {
        officeName: office.names,
        identity: issuesIdentities ? identity : [],
        credential,
        ...(notice ? { notice } : {}),
        ...(problem ? { problem } : {}),
      },
      context,
      status === undefined ? {} : { status },
    );
  };

  return [
    { method: 'GET', path: '/office/identities', access: 'officer', handle: (context) => show(context) },
    {
      method: 'POST',
      path: '/office/identities',
      access: 'officer',
      handle: async (context) => {
        if (!officeIn(context.caller).issuesIdentities) throw kernelProblem('not-permitted');
        const { form } = context;
        const [nationalId, action, given] = ['nationalId', 'action', 'reason'].map((name) => textOf(form[name]).trim());
        const reason = suspensionReasons.find((one) => one === given);
        if (!nationalId || !reason || (action !== 'suspend' && action !== 'restore'))
          return show(context, { form, isIdentity: true, status: 422 });
        const person = await needs.identity.persons.findByNationalId(nationalId.slice(0, 64));
        if (!person) {
          const { messages, status } = identityProblem('person-unknown');
          return show(context, { form, isIdentity: true, problem: messages, status });
        }
        const { identity } = needs;
        const changed = await (action === 'suspend' ? identity.suspendPerson : identity.restorePerson)(
          person.personId,
          reason,
        );
        const done: Text =
          action === 'suspend'
            ? {
                ar: 'أُوقفت الهوية. انتهت جلساتها هنا فورًا، وتنتهي في الدول الأخرى خلال ثوانٍ.',
                en: 'Suspended. Sessions here ended at once; the other states end theirs within seconds.',
              }
            : { ar: 'رُفع الإيقاف، وما انتهى يبقى منتهيًا.', en: 'Lifted. What had ended stays ended.' };
        const already: Text = { ar: 'كانت كذلك من قبل، فلم يتغير شيء.', en: 'It was so already; nothing changed.' };
        return show(context, { notice: changed ? done : already });
      },
    },
    {
      method: 'POST',
      path: '/office/identities/credential',
      access: 'officer',
      handle: async (context) => {
        const { office } = officeIn(context.caller);
        const reference = textOf(context.form['reference']).trim();
        if (!reference) return show(context, { form: context.form, isIdentity: false, status: 422 });
        try {
          await needs.credentials.revokeByReference(reference.slice(0, 100), office.id);
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          return show(context, { problem: error.messages, status: error.status });
        }
        return show(context, {
          notice: {
            ar: 'أُلغيت الشهادة: لا تصح بعد الآن في محفظة ولا وثيقة ولا رمز.',
            en: 'Revoked: it no longer holds in any wallet, document or code.',
          },
        });
      },
    },
  ];
}
