import type { Language } from '#kernel/languages';
import { code, type Html, markup } from '../../eid-simulators/kit.ts';
import type { Account } from '../books.ts';
import { allFaults, type Faults, faultTexts } from '../faults.ts';
import { texts } from '../texts.ts';

/** What the simulator is, who takes payments on it, and what can be made to go wrong. */
export function firstPage(accounts: Account[], faults: Faults, language: Language): { title: string; body: Html } {
  const t = texts[language];
  const on = faults.list();
  const body = markup`<section class="card"><p>${t.what}</p>
<h2>${t.accounts}</h2><ul>${accounts.map(({ id }) => markup`<li>${code(id)}</li>`)}</ul></section>
<section class="card" id="faults"><h2>${t.faults}</h2><ul class="rows">${allFaults.map((fault) => {
    const isOn = on.includes(fault);
    const words = isOn ? t.turnOff : t.turnOn;
    const tag = isOn ? markup`<span class="tag">${t.on}</span>` : undefined;
    return markup`<li><div>${faultTexts[fault][language]} ${code(fault)} ${tag}</div>
<form method="post" action="/faults"><input type="hidden" name="fault" value="${fault}"><button class="quiet" name="to" value="${isOn ? 'off' : 'on'}" aria-label="${words}: ${faultTexts[fault][language]}">${words}</button></form></li>`;
  })}</ul></section>`;
  return { title: t.name, body };
}
