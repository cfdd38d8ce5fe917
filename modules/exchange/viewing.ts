import { findEvidenceType, findPurpose } from '#protocol/catalogue';
import { type EvidencePreview, problem, type UseOfData } from './contract.ts';
import type { ExchangeNeeds } from './needs.ts';
import type { Registries } from './registries/lookup.ts';
import * as store from './store.ts';

const usesListedMax = 500;

/** The values that would be given of a person's own evidence, in the order asked; fields that the registry lacks are left out. */
export async function previewEvidence(
  needs: ExchangeNeeds & { registries: Registries },
  personId: string,
  evidenceType: string,
  fields: readonly string[],
): Promise<EvidencePreview> {
  const type = findEvidenceType(evidenceType);
  if (!type) throw problem('evidence-unknown', { evidence: evidenceType });
  const holder = needs.registries.findHolder(type.id);
  if (!holder) throw problem('service-unknown');
  const nationalId = await needs.findNationalId(personId);
  if (!nationalId) throw problem('evidence-not-found');
  const record = await needs.registries.lookUp(holder.officeId, type.id, { nationalId });
  return {
    evidenceType: type.id,
    names: type.names,
    providerNames: holder.names,
    fields: fields
      .filter((field) => Object.hasOwn(type.fields, field) && Object.hasOwn(record, field))
      .map((name) => {
        const { names, sensitivity } = type.fields[name]!;
        return { name, names, sensitivity, value: record[name] };
      }),
  };
}

/** Every use of a person's data through this node: who, why, on what ground, which fields, when, given or refused. */
export async function listUses(needs: Pick<ExchangeNeeds, 'database'>, personId: string): Promise<UseOfData[]> {
  const rows = await store.listUsesOf(needs.database.db, personId, usesListedMax);
  return rows.map((row) => {
    const type = findEvidenceType(row.evidence_type)!;
    const purpose = findPurpose(row.purpose);
    // A refused question may name a purpose that no catalogue knows: it is shown as it came.
    const named = { ar: row.purpose, en: row.purpose };
    return {
      questionId: row.question_id,
      at: row.used_at.toISOString(),
      requester: row.requester,
      requesterNames: row.requester_names,
      evidenceType: type.id,
      evidenceNames: type.names,
      fields: row.fields.map((name) => ({ name, names: type.fields[name]?.names ?? { ar: name, en: name } })),
      purpose: row.purpose,
      purposeNames: purpose?.names ?? named,
      legalBasis: purpose?.legalBasis.en ?? '',
      caseId: row.case_id,
      consentId: row.consent_id,
      outcome: row.outcome,
      ...(row.refusal_code ? { refusal: { code: row.refusal_code, messages: refusalMessages(row.refusal_code) } } : {}),
      leafHash: row.leaf_hash,
    };
  });
}

function refusalMessages(code: string) {
  const { ar, en } = problem.catalogue[code as keyof typeof problem.catalogue];
  return { ar, en };
}
