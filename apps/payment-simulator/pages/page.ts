import type { FastifyReply } from 'fastify';
import type { Language } from '#kernel/languages';
import { type Html, markup, style } from '../../eid-simulators/kit.ts';
import { texts } from '../texts.ts';

/** Sends a page that says in its first line that nothing here is worth anything. */
export function sendPage(
  reply: FastifyReply,
  { language, title, body, status = 200 }: { language: Language; title: string; body: Html; status?: number },
): FastifyReply {
  const t = texts[language];
  const other = language === 'ar' ? 'en' : 'ar';
  const page = markup`<!doctype html>
<html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title} · ${t.name} (${t.playMoney})</title><style>${{ html: style }}</style></head>
<body><header><div class="wrap"><p><strong>${t.playMoney}</strong> ${t.notReal}</p><a href="?lang=${other}" lang="${other}" hreflang="${other}">${texts[other].thisLanguage}</a></div></header>
<main class="wrap"><h1>${title}</h1>
${body}
</main></body></html>`;
  return reply
    .status(status)
    .type('text/html; charset=utf-8')
    .header('set-cookie', `lang=${language}; Path=/; SameSite=Lax`)
    .header('cache-control', 'no-store')
    .header(
      'content-security-policy',
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    )
    .send(page.html);
}

/** An amount as the reader of the page writes it, in the currency's own decimals; `minor` never becomes a fraction. */
export function moneyIn(language: Language, minor: number, currency: string): string {
  const format = new Intl.NumberFormat(language === 'ar' ? 'ar-u-nu-arab' : 'en-GB', {
    style: 'currency',
    currency,
    currencyDisplay: 'name',
  });
  const places = format.resolvedOptions().maximumFractionDigits ?? 2;
  const digits = String(minor).padStart(places + 1, '0');
  return format.format(`${digits.slice(0, -places)}.${digits.slice(-places)}` as Intl.StringNumericLiteral);
}
