import type { Language } from '#kernel/languages';
import type { Simulator } from '../simulator.ts';
import { texts } from '../texts/texts.ts';
import { code, markup, nameOf, type Page } from './page.ts';

export type SignInView = {
  action: string;
  /** The client that asks. */
  service: string;
  methods: string[];
  /** Whom the service expects, by national number. */
  expected?: string;
  /** Where a PIN is needed: what it is. */
  pin?: string;
  triesLeft?: number;
};

/** Where one chooses who answers, and how. Posts `nationalId`, `method`, `decision` and, where there is one, `pin`. */
export function signInPage(simulator: Simulator, language: Language, view: SignInView): Page {
  const { accounts, description } = simulator;
  const t = texts[language];
  const expected = accounts.find(({ nationalId }) => nationalId === view.expected) ?? accounts[0]!;
  const body = markup`
${view.triesLeft === undefined ? undefined : markup`<p class="card bad" role="alert">${t.pinWrong} ${view.triesLeft}</p>`}
<form class="card" method="post" action="${view.action}">
<p>${t.asks}: ${code(view.service)}</p>
<fieldset><legend>${t.who}</legend>${accounts.map(
    (
      account,
    ) => markup`<label class="pick"><input type="radio" name="nationalId" value="${account.nationalId}"${account === expected ? { html: ' checked' } : undefined}>
<span>${nameOf(account.names, language)}<span class="muted">${code(account.nationalId)} · ${description.proofings[account.proofing]!.names[language]}${account.isStranger ? ` · ${t.stranger}` : ''}</span></span></label>`,
  )}</fieldset>
<fieldset><legend>${t.how}</legend>${view.methods.map(
    (
      method,
      place,
    ) => markup`<label class="pick"><input type="radio" name="method" value="${method}"${place === view.methods.length - 1 ? { html: ' checked' } : undefined}>
<span>${description.methods[method]!.names[language]}</span></label>`,
  )}</fieldset>
${
  view.pin === undefined
    ? undefined
    : markup`<p><label class="line" for="pin">${t.pin}</label><span class="muted">${t.pinIs} ${code(view.pin)}</span><br>
<input type="password" id="pin" name="pin" inputmode="numeric" autocomplete="off" maxlength="8"></p>`
}
<div class="acts"><button name="decision" value="approve">${t.approve}</button><button class="quiet" name="decision" value="refuse">${t.refuse}</button></div>
</form>`;
  return { simulator, language, title: `${t.signIn}: ${description.names[language]}`, body };
}
