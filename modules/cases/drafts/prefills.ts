import type { Text } from '#kernel/languages';
import { type Service, valueAt } from '#modules/catalogue';
import { findEvidenceType } from '#protocol/catalogue';
import { valuesByType } from '../evidence/conditions.ts';
import type { EvidenceRow } from '../evidence/store.ts';
import type { Prefill } from '../prefills/store.ts';

/** First values for questions that name a place in the evidence (by type), each marked with the record it comes from. */
export function findPrefills(
  { form }: Service,
  evidence: Record<string, Record<string, unknown>>,
): Record<string, { value: string; source: Text }> {
  const found = Object.entries(form.definition.questions).flatMap(([id, { prefill }]) => {
    const value = prefill ? valueAt({ evidence }, prefill) : null;
    if (!prefill || (typeof value !== 'string' && typeof value !== 'number')) return [];
    const names = findEvidenceType(prefill.split('.')[1]!)?.names ?? { ar: '', en: '' };
    return [[id, { value: String(value), source: { ar: `من ${names.ar}`, en: `From: ${names.en}` } }]];
  });
  return Object.fromEntries(found);
}

/** First values of a draft: of the offer that it was begun from, and of the evidence that arrived, which comes first. */
export function findFirstValues(
  service: Service,
  { prefills, evidence }: { prefills: readonly Prefill[]; evidence: readonly EvidenceRow[] },
): Record<string, { value: string; source: Text }> {
  const offered = Object.fromEntries(prefills.map(({ questionId, ...filled }) => [questionId, filled]));
  return { ...offered, ...findPrefills(service, valuesByType(evidence)) };
}
