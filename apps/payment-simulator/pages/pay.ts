import type { Language } from '#kernel/languages';
import { type Html, markup } from '../../eid-simulators/kit.ts';
import type { Session } from '../books.ts';
import { texts } from '../texts.ts';
import { moneyIn } from './page.ts';

/** The page on which a fee is paid, or not. The form has no fields: whoever is here chooses what the card does. */
export function payPage(session: Session, language: Language, isDeclined: boolean): { title: string; body: Html } {
  const t = texts[language];
  if (session.status !== 'open')
    return {
      title: t.over,
      body: markup`<section class="card"><p>${t.overWords}</p><p><a href="${session.cancel_url}">${t.back}</a></p></section>`,
    };
  const money = moneyIn(language, session.amount_total, session.currency.toUpperCase());
  const body = markup`${isDeclined ? markup`<section class="card bad" role="alert"><p>${t.declined}</p></section>` : undefined}
<section class="card"><p><bdi>${session.title}</bdi></p><p>${t.total}: <strong><bdi>${money}</bdi></strong></p><p class="muted">${t.noCard}</p>
<form method="post" class="acts"><button name="do" value="pay">${t.pay}</button><button class="quiet" name="do" value="decline">${t.decline}</button></form></section>
<p><a href="${session.cancel_url}">${t.cancel}</a></p>`;
  return { title: t.payTitle, body };
}
