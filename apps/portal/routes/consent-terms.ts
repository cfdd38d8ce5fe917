import { dateIn } from '#kernel/languages';
import { findEvidenceType, findPurpose } from '#protocol/catalogue';
import type { EvidenceDetail } from '#protocol/evidence-detail';
import type { ConsentTerms } from '../components/terms.tsx';
import { durationText } from './words.ts';

type Asked = Pick<EvidenceDetail, 'evidence_type' | 'purpose' | 'use' | 'until' | 'retention'> & { times?: number };

/** The terms of each kind of evidence, or one for all where they do not differ: a person reads all that is agreed to. */
export function termsOf(asked: readonly Asked[], timeZone: string): ConsentTerms[] {
  const all = asked.map((one) => {
    const purpose = findPurpose(one.purpose)!;
    return {
      purpose: purpose.names,
      ground: purpose.legalBasis,
      times: one.use === 'until' ? 0 : one.use === 'once' ? 1 : (one.times ?? 1),
      endsOn: dateIn(one.until, timeZone),
      retention: durationText(one.retention),
    };
  });
  const [first] = all;
  if (all.every((one) => JSON.stringify(one) === JSON.stringify(first))) return all.slice(0, 1);
  return all.map((one, index) => ({ ...one, evidence: findEvidenceType(asked[index]!.evidence_type)!.names }));
}
