import type { EvidenceRow } from '../evidence/store.ts';
import type { CorrectionRow } from './store.ts';

type Values = Record<string, Record<string, unknown>>;

/** The evidence by type, as documents show it: with what the office has corrected since. */
export function correctedEvidence(evidence: EvidenceRow[], corrections: CorrectionRow[]): Values {
  const values: Values = Object.fromEntries(evidence.map((one) => [one.evidenceType, { ...one.values }]));
  for (const { fields } of corrections)
    for (const [path, value] of Object.entries(fields)) {
      const [, type, field] = path.split('.');
      if (values[type!]) values[type!]![field!] = value;
    }
  return values;
}
