import { type Language, say, type Text } from '#kernel/languages';
import type { ProviderPages } from '../needs.ts';

const texts = {
  signOut: { ar: 'تسجيل الخروج', en: 'Sign out' },
  signOutAsk: {
    ar: 'هل تريد تسجيل الخروج من هويتك الرقمية ومن كل الخدمات التي دخلتها بها؟',
    en: 'Do you want to sign out of your digital identity and of every service you entered with it?',
  },
  signedOut: { ar: 'سُجّل خروجك', en: 'You are signed out' },
  failed: { ar: 'تعذّر إتمام الطلب', en: 'The request could not be completed' },
  failedNext: {
    ar: 'ارجع إلى الخدمة التي أتيت منها وابدأ من جديد. السبب: {error}',
    en: 'Go back to the service you came from and start again. Reason: {error}',
  },
} satisfies Record<string, Text>;

export const plainPages: ProviderPages = {
  signOut: ({ formHtml, formId, language }) =>
    page(
      language,
      texts.signOut,
      `<p>${say(texts.signOutAsk, language)}</p>${formHtml}<button form="${formId}" name="logout" value="yes">${say(texts.signOut, language)}</button>`,
    ),
  signedOut: ({ language }) => page(language, texts.signedOut, ''),
  failed: ({ error, language }) =>
    page(language, texts.failed, `<p>${say(texts.failedNext, language).replace('{error}', escapeHtml(error))}</p>`),
};

function page(language: Language, title: Text, body: string): string {
  const heading = say(title, language);
  return `<!doctype html><html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${heading}</title><main><h1>${heading}</h1>${body}</main></html>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
