import type { FastifyReply, FastifyRequest } from 'fastify';
import { chooseLanguage, type Language, type Text } from '#kernel/languages';
import type { Simulator } from '../simulator.ts';
import { texts } from '../texts/texts.ts';
import { style } from './style.ts';

/** HTML that may stand on a page as it is. Whatever else is put into the template is escaped. */
export type Html = { html: string };

export function markup(
  parts: TemplateStringsArray,
  ...values: Array<Html | Html[] | string | number | undefined>
): Html {
  const write = (value: (typeof values)[number]): string =>
    value === undefined
      ? ''
      : Array.isArray(value)
        ? value.map(write).join('')
        : typeof value === 'object'
          ? value.html
          : String(value).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return { html: parts.map((part, place) => part + (place < values.length ? write(values[place]) : '')).join('') };
}

export type Page = { language: Language; title: string; body: Html; simulator: Simulator };

/** What the person chose by the link of the page, or the service by `ui_locales`, or the browser. */
export function languageOf(request: FastifyRequest, locales?: string): Language {
  const wished = (request.query as Record<string, unknown>)['lang'];
  if (wished === 'ar' || wished === 'en') return wished;
  const cookie = request.cookies['lang'];
  const named = locales?.slice(0, 2);
  if (cookie === undefined && (named === 'ar' || named === 'en')) return named;
  return chooseLanguage(cookie, request.headers['accept-language']);
}

export function sendPage(reply: FastifyReply, { language, title, body, simulator }: Page): FastifyReply {
  const t = texts[language];
  const other = language === 'ar' ? 'en' : 'ar';
  const { names } = simulator.description;
  const page = markup`<!doctype html>
<html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>${title} · ${names[language]} (${t.simulator})</title><style>${{ html: style }}</style></head>
<body><header><div class="wrap"><p><strong>${t.simulator}</strong> ${t.notReal}</p><a href="?lang=${other}" lang="${other}" hreflang="${other}">${texts[other].thisLanguage}</a></div></header>
<main class="wrap"><h1>${title}</h1>
${body}
</main></body></html>`;
  if (language !== undefined) reply.header('set-cookie', `lang=${language}; Path=/; SameSite=Lax`);
  return reply
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header(
      'content-security-policy',
      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    )
    .send(page.html);
}

/** A name of a person, fenced off so that its letters cannot reorder the line. */
export const nameOf = (names: Text, language: Language): Html => markup`<bdi>${names[language]}</bdi>`;
/** Something for programs, written from left to right on every page. */
export const code = (text: string): Html => markup`<code dir="ltr">${text}</code>`;
