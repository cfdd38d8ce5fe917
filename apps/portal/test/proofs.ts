import { nameOfLink, sentenceOfVerdict } from '#modules/exchange';
import proofVector from '../../../protocol/vectors/proof-file.json' with { type: 'json' };
import type { Verdict } from '../pages/index.ts';
import { text } from './sample-states.ts';

/** The proof among the protocol's vectors is checked by the page's script with this. */
export const trust = JSON.stringify({ anchor: proofVector.anchor, quorum: proofVector.quorum });
export const provedExchange: Verdict = {
  kind: 'unfinished',
  reason: sentenceOfVerdict({ state: 'incomplete', links: [] }),
  carrier: 'proof',
  issuer: {
    names: text('وزارة التربية والتعليم', 'Ministry of Education'),
    state: { code: 'BH', names: text('البحرين', 'Bahrain') },
  },
  issuedAt: '2026-11-22T12:00:01Z',
  checkedAt: '2026-11-22T12:05:00Z',
  checks: [
    { label: nameOfLink('question-signature'), isGood: true },
    { label: nameOfLink('answer-signature'), isGood: true },
    { label: nameOfLink('values'), isGood: true, isUnsaid: true, detail: text('ليس في هذا الملف', 'not in this file') },
    {
      label: nameOfLink('answered-cosigned'),
      isGood: true,
      isUnsaid: true,
      detail: text('لم يكتمل بعد', 'not there yet'),
    },
  ],
  chain: [],
  claims: [
    { label: text('الغرض', 'Purpose'), value: text('معادلة شهادة جامعية', 'Recognition of a university degree') },
  ],
};

export const proofHrefs = {
  fileHrefs: { whole: '/my-data/uses/7c1f/proof-whole.json', shareable: '/my-data/uses/7c1f/proof-shareable.json' },
};

/** Where every chain of a verdict ends. */
export const anchorStep = {
  name: text('الأمانة العامة', 'General Secretariat'),
  role: text('مرساة الثقة', 'anchor of trust'),
  entityId: 'http://gcc.localhost:4000',
};
