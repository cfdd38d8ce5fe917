import type { SendMailOptions } from 'nodemailer';
import type { Text } from '#kernel/languages';
import type { Notice } from '../../needs.ts';
import { fillTemplate, type Templates } from '../../templates/rules.ts';
import type { EmailRules } from '../contract.ts';

const escapeHtml = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

type Line = string | { link: string; words: string };

/**
 * The mail of a notice: what it is about at most, and the way to the mailbox. Decision 0039 says why no more: mail lies readable at
 * every stop and for years.
 */
export function composeMail(
  notice: Notice,
  {
    templates,
    stateNames,
    from,
    host,
  }: { templates: Templates; stateNames: Text; from: EmailRules['from']; host: string },
): SendMailOptions {
  const { language } = notice;
  const { direction, outside } = templates.words[language];
  const state = stateNames[language];
  const say = (template: string, values: Record<string, string> = {}) => fillTemplate(template, values, language);
  // A subject is a header: fences would stand in it as strange characters on old readers.
  const subject = fillTemplate(
    notice.kind === 'code' ? outside.codeSubject : outside.mailSubject,
    { state },
    language,
    false,
  );
  const lines = linesOf();
  function linesOf(): Line[] {
    if (notice.kind === 'code') return [say(outside.code, { code: notice.code })];
    if (notice.kind === 'news') return newsLines(notice);
    return [
      say(outside.caseNews, { reference: notice.reference }),
      { link: notice.link, words: outside.caseOpen },
      outside.never,
      outside.caseWhy,
      { link: notice.stopUrl, words: outside.caseStop },
    ];
  }
  function newsLines(news: Extract<Notice, { kind: 'news' }>): Line[] {
    return [
      ...(news.shorts.length > 1 ? [outside.digest] : []),
      ...news.shorts,
      { link: news.link, words: outside.open },
      outside.never,
      { link: news.settingsUrl, words: outside.why },
      ...(news.unsubscribeUrl === undefined ? [] : [{ link: news.unsubscribeUrl, words: outside.unsubscribe }]),
    ];
  }
  const plain = lines.map((line) => (typeof line === 'string' ? line : `${line.words}\n${line.link}`)).join('\n\n');
  const html = lines
    .map((line) =>
      typeof line === 'string'
        ? `<p>${escapeHtml(line)}</p>`
        : `<p><a href="${escapeHtml(line.link)}">${escapeHtml(line.words)}</a></p>`,
    )
    .join('\n');
  const unsubscribe =
    notice.kind === 'news' ? notice.unsubscribeUrl : notice.kind === 'case-news' ? notice.stopUrl : undefined;
  return {
    from: { name: from.names[language], address: from.address },
    to: { name: '', address: notice.to },
    subject,
    // Our own, the same at every try: whoever gets a second one sees that it is the first (RFC 5322 section 3.6.4).
    messageId: `<${notice.id}@${host}>`,
    text: plain,
    html: `<!doctype html>
<html lang="${language}" dir="${direction}">
<head><meta charset="utf-8"><title>${escapeHtml(subject)}</title></head>
<body dir="${direction}" style="font-family: sans-serif; font-size: 16px; line-height: 1.6">
${html}
</body>
</html>`,
    headers: {
      'Content-Language': language,
      // RFC 3834 section 5: nobody's holiday note answers it.
      'Auto-Submitted': 'auto-generated',
      // RFC 8058 section 3.
      ...(unsubscribe === undefined
        ? {}
        : { 'List-Unsubscribe': `<${unsubscribe}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }),
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
