import type { Text } from '#kernel/languages';

/** What a person can allow an app, in words that they decide by. An endpoint names its scope; one without a scope is for no app. */
export const appScopes = {
  'cases:read': {
    names: { ar: 'الاطلاع على طلباتك', en: 'See your applications' },
    explanation: {
      ar: 'حالة كل طلب وما كتبته فيه وما وصل لأجله من بيانات، والقرار وأسبابه.',
      en: 'The state of each one, what you wrote, the evidence that arrived for it, and the decision with its reasons.',
    },
  },
  'cases:write': {
    names: { ar: 'تقديم الطلبات ومتابعتها نيابة عنك', en: 'Apply and answer for you' },
    explanation: {
      ar: 'بدء الطلب وتعبئته وإرساله والرد على الجهة وسحب الطلب. أما الموافقة على بياناتك فتعطيها أنت وحدك لدى دولتك.',
      en: 'Begin, fill in, send and withdraw applications, and answer the office. Consent to your data stays yours alone, at your home state.',
    },
  },
  'payments:begin': {
    names: { ar: 'معرفة رسم الطلب ونقلك إلى دفعه', en: 'See the fee of an application and take you to pay it' },
    explanation: {
      ar: 'مقدار الرسم وهل دُفع. تدفع بنفسك في صفحة مزوّد الدفع، ولا يرى التطبيق بطاقتك ولا حسابك.',
      en: 'How much it is and whether it is paid. You pay yourself, on the page of the payment provider; the app sees no card and no account.',
    },
  },
  'documents:read': {
    names: { ar: 'تنزيل وثائق القرارات', en: 'Download the documents of decisions' },
    explanation: {
      ar: 'الوثيقة المختومة والوثيقة الرقمية لكل طلب صدر فيه قرار.',
      en: 'The sealed document and the digital credential of each application that was decided.',
    },
  },
  'mailbox:read': {
    names: { ar: 'قراءة رسائل صندوقك', en: 'Read your mailbox' },
    explanation: {
      ar: 'الرسائل التي أرسلتها إليك الجهات. لا تُعدّ الرسالة مفتوحة إلا حين تفتحها بنفسك.',
      en: 'The messages that offices sent you. One counts as opened only when you open it yourself.',
    },
  },
} as const satisfies Record<string, { names: Text; explanation: Text }>;

/** For descriptions of the API: where an app gets a token on every node, and what each scope is called. */
export const appAccess = {
  authorizationUrl: '/apps/oauth/auth',
  tokenUrl: '/apps/oauth/token',
  scopes: Object.fromEntries(Object.entries(appScopes).map(([scope, { names }]) => [scope, names.en])),
};

export type AppScope = keyof typeof appScopes;

export function isAppScope(name: string): name is AppScope {
  return Object.hasOwn(appScopes, name);
}
