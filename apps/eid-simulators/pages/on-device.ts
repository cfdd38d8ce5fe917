import type { Language } from '#kernel/languages';
import type { Simulator } from '../simulator.ts';
import { texts } from '../texts/texts.ts';
import { code, markup, nameOf, type Page } from './page.ts';

/** What a service's webview shows: it leads to the eID's app. `standIn`: the page that is the app here. */
export function onDevicePage(
  simulator: Simulator,
  language: Language,
  view: { app: string; standIn: string; service: string },
): Page {
  const t = texts[language];
  const body = markup`<section class="card"><p>${t.asks}: ${code(view.service)}</p><p>${t.onDeviceHow}</p>
<p><a href="${view.app}">${t.openApp}</a></p><p><a href="${view.standIn}">${t.standIn}</a></p></section>`;
  return { simulator, language, title: `${t.onDevice}: ${simulator.description.names[language]}`, body };
}

/** The eID's app on the device. Posts `request`, `successurl`, `failureurl`, `nationalId`, `method` and `decision` to `/app`. */
export function onDeviceAppPage(
  simulator: Simulator,
  language: Language,
  view: { id: string; success: string; failure: string },
): Page {
  const { accounts, description } = simulator;
  const t = texts[language];
  const methods = Object.keys(description.methods).filter(
    (method) => description.openid?.methodsByParameter?.[method] === undefined,
  );
  const hidden = Object.entries({ request: view.id, successurl: view.success, failureurl: view.failure }).map(
    ([name, value]) => markup`<input type="hidden" name="${name}" value="${value}">`,
  );
  const body = markup`<form class="card" method="post" action="/app">${hidden}
<fieldset><legend>${t.who}</legend>${accounts.map(
    (account, place) =>
      markup`<label class="pick"><input type="radio" name="nationalId" value="${account.nationalId}"${place === 0 ? { html: ' checked' } : undefined}>
<span>${nameOf(account.names, language)}<span class="muted">${code(account.nationalId)} · ${description.proofings[account.proofing]!.names[language]}</span></span></label>`,
  )}</fieldset>
<fieldset><legend>${t.how}</legend>${methods.map(
    (method, place) =>
      markup`<label class="pick"><input type="radio" name="method" value="${method}"${place === 0 ? { html: ' checked' } : undefined}>
<span>${description.methods[method]!.names[language]}</span></label>`,
  )}</fieldset>
<p>${t.backTo}: ${code(view.success)}</p>
<div class="acts"><button name="decision" value="approve">${t.approve}</button><button class="quiet" name="decision" value="refuse">${t.refuse}</button></div>
</form>`;
  return { simulator, language, title: `${t.appTitle}: ${description.names[language]}`, body };
}
