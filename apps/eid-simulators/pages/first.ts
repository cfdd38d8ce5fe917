import type { Language } from '#kernel/languages';
import { shapeOf } from '../description.ts';
import { faultTexts } from '../faults.ts';
import type { Simulator } from '../simulator.ts';
import { texts } from '../texts/texts.ts';
import { howTo } from './how-to.ts';
import { code, type Html, markup, nameOf, type Page } from './page.ts';

const cells = (...values: Array<Html | string>): Html =>
  markup`<tr>${values.map((value) => markup`<td>${value}</td>`)}</tr>`;

/** What the simulator is, whom it knows, what can go wrong with it, and how to call it. */
export function firstPage(simulator: Simulator, language: Language): Page {
  const { description, accounts, faults } = simulator;
  const t = texts[language];
  const set = faults.list();
  const heads = (...names: string[]) =>
    markup`<thead><tr>${names.map((name) => markup`<th scope="col">${name}</th>`)}</tr></thead>`;
  const body = markup`
<section class="card"><h2>${t.what}</h2><p>${description.about[language]}</p><p>${t.allowed}</p>
<h2>${t.sources}</h2><ul>${description.sources.map(({ url, says }) => markup`<li><a href="${url}" rel="noreferrer">${says[language]}</a></li>`)}</ul></section>
<section class="card warn"><h2>${t.assumed}</h2><ul>${description.assumptions.map((text) => markup`<li>${text[language]}</li>`)}</ul></section>
<section class="card"><h2>${t.people}</h2><div class="scroll" tabindex="0" role="region" aria-label="${t.people}"><table>${heads(t.person, t.number, t.proofing)}<tbody>${accounts.map(
    (account) =>
      cells(
        markup`${nameOf(account.names, language)}${account.isStranger ? markup`<br><span class="muted">${t.stranger}</span>` : undefined}`,
        code(account.nationalId),
        description.proofings[account.proofing]!.names[language],
      ),
  )}</tbody></table></div></section>
<section class="card"><h2>${t.levels}</h2><div class="scroll" tabindex="0" role="region" aria-label="${t.levels}"><table>${heads(t.level, t.proofing, t.method, t.proof)}<tbody>${description.levels.map(
    (row) =>
      cells(
        row.own[language],
        description.proofings[row.proofing]!.names[language],
        description.methods[row.method]!.names[language],
        code(row.acr),
      ),
  )}</tbody></table></div></section>
<section class="card" id="faults"><h2>${t.faults}</h2><p class="muted">${t.faultsHow}</p><ul class="rows">${faults.possible.map(
    (fault) => {
      const isOn = set.some((one) => one.fault === fault);
      return markup`<li><div>${faultTexts[fault].names[language]} ${code(fault)} ${isOn ? markup`<span class="tag">${t.on}</span>` : undefined}</div>
<form method="post" action="/faults"><input type="hidden" name="fault" value="${fault}"><button class="quiet" name="to" value="${isOn ? 'off' : 'on'}" aria-label="${isOn ? t.turnOff : t.turnOn}: ${faultTexts[fault].names[language]}">${isOn ? t.turnOff : t.turnOn}</button></form></li>`;
    },
  )}</ul></section>
<section class="card"><h2>${t.claims}</h2><div class="scroll" tabindex="0" role="region" aria-label="${t.claims}"><table>${heads(t.claim, t.onlyFor)}<tbody>${description.claims.map(
    ({ name, proofings, scope }) =>
      cells(
        scope === undefined
          ? code(name)
          : markup`${code(name)}<br><span class="muted">${t.withScope} ${code(scope)}</span>`,
        proofings === undefined
          ? t.everybody
          : proofings
              .map((proofing) => description.proofings[proofing]!.names[language])
              .join(language === 'ar' ? '، ' : ', '),
      ),
  )}</tbody></table></div></section>
<section class="card"><h2>${t.develop}</h2><p>${t.clients}: ${description.clients.map(({ id, secret }) => markup`${code(id)} ${code(secret)} `)}</p>
<pre dir="ltr">${howTo(simulator)}</pre><ul><li><a href="/simulator">${t.everything}</a></li>${shapeOf(description) === 'push' ? markup`<li><a href="/app">${t.app}</a></li>` : undefined}</ul></section>`;
  return { simulator, language, title: description.names[language], body };
}
