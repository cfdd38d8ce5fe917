import type { Language } from '#kernel/languages';
import type { Account } from '../accounts.ts';
import type { Simulator } from '../simulator.ts';
import { texts } from '../texts/texts.ts';
import { code, markup, nameOf, type Page } from './page.ts';

/** One request in the app. `choices`: the numbers to choose among; none where there is no number matching. */
export type AppEntry = { id: string; service: string; account: Account; choices: string[]; methods: string[] };

/** Everybody's app on one page. Posts `decision`, `method` and, where there is one, `number` to `/app/{id}`. */
export function appPage(simulator: Simulator, language: Language, entries: AppEntry[]): Page {
  const { description } = simulator;
  const t = texts[language];
  const title = `${t.appTitle}: ${description.names[language]}`;
  if (entries.length === 0) return { simulator, language, title, body: markup`<p class="card">${t.nothing}</p>` };
  const body = markup`${entries.map(
    ({ id, service, account, choices, methods }) => markup`<form class="card" method="post" action="/app/${id}">
<h2>${nameOf(account.names, language)}</h2><p class="muted">${code(account.nationalId)}</p><p>${t.asks}: ${code(service)}</p>
${
  choices.length === 0
    ? undefined
    : markup`<fieldset><legend>${t.pick}</legend>${choices.map(
        (number) =>
          markup`<label class="pick"><input type="radio" name="number" value="${number}"><span>${code(number)}</span></label>`,
      )}</fieldset>`
}
<fieldset><legend>${t.how}</legend>${methods.map(
      (
        method,
        place,
      ) => markup`<label class="pick"><input type="radio" name="method" value="${method}"${place === methods.length - 1 ? { html: ' checked' } : undefined}>
<span>${description.methods[method]!.names[language]}</span></label>`,
    )}</fieldset>
<div class="acts"><button name="decision" value="approve">${t.approve}</button><button class="quiet" name="decision" value="refuse">${t.refuse}</button></div>
</form>`,
  )}`;
  return { simulator, language, title, body };
}
