import {
  detailOfLink,
  linesOfFacts,
  looksLikeProofFile,
  nameOfLink,
  type ProofTrust,
  sentenceOfVerdict,
  stateMarks,
  verdictTitles,
  verifyProofFile,
} from '../../../modules/exchange/proofs/browser.ts';
import { applyMetadataPolicy, mergeMetadataPolicies } from '../../../modules/federation/policy/rules.ts';
import { describeCheckpoint, verifyInclusionProof, verifyOpening } from '../../../modules/ledger/verify.ts';

/**
 * Checks a proof of an exchange in this browser as soon as it is chosen, dropped or pasted on the verify page: nothing is sent,
 * and it works without a network. Without this script the same form has the same file checked by the server.
 */
/** Certificates cannot be read here, so that the verdict says of time-stamps that they were not checked. */
const tools = { applyMetadataPolicy, mergeMetadataPolicies, describeCheckpoint, verifyInclusionProof, verifyOpening };
const tones = { whole: 'good', incomplete: 'warn', broken: 'bad' } as const;

for (const form of document.querySelectorAll<HTMLElement>('[data-proof-trust]')) {
  const trust = JSON.parse(form.dataset.proofTrust ?? '{}') as ProofTrust;
  const answer = form.querySelector<HTMLElement>('[data-proof-answer]');
  const file = form.querySelector<HTMLInputElement>('input[type=file]');
  const pasted = form.querySelector<HTMLTextAreaElement>('textarea');
  if (!answer) continue;
  const check = async (text: string) => {
    answer.replaceChildren();
    if (!looksLikeProofFile(text)) return;
    const language = document.documentElement.lang === 'ar' ? 'ar' : 'en';
    const verdict = await verifyProofFile(text, trust, tools);
    const note = element('div', `note ${tones[verdict.state]}`);
    note.append(
      element('b', '', verdictTitles[verdict.state][language]),
      element('p', '', sentenceOfVerdict(verdict)[language]),
      element('p', 'muted', form.dataset.proofHere ?? ''),
    );
    const told = verdict.facts && verdict.state !== 'broken' ? linesOfFacts(verdict.facts) : [];
    for (const { label, value } of told) note.append(element('p', '', `${label[language]}: ${value[language]}`));
    const list = element('ul', 'chain');
    for (const link of verdict.links) {
      const detail = detailOfLink(link)?.[language];
      const item = element('li', link.state === 'broken' ? 'no' : '');
      const words = element('span', '');
      words.append(element('b', '', nameOfLink(link.id)[language]));
      if (detail) words.append(element('span', 'muted', ` · ${detail}`));
      item.append(element('span', '', stateMarks[link.state]), words);
      item.firstElementChild?.setAttribute('aria-hidden', 'true');
      list.append(item);
    }
    answer.replaceChildren(note, list);
  };
  file?.addEventListener('change', async () => {
    const chosen = file.files?.[0];
    // A sealed PDF is not read into memory for this.
    await check(chosen && /json/.test(`${chosen.type} ${chosen.name}`) ? await chosen.text() : '');
  });
  pasted?.addEventListener('input', () => check(pasted.value.trim()));
}

function element(name: string, className: string, words = ''): HTMLElement {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = words;
  return made;
}
