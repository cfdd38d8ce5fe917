import { dateIn } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import { findEvidenceType, findPurpose, isOfCompany } from '#protocol/catalogue';
import { findLaw } from '#protocol/laws';
import { type EvidencePreview, problem, type UseOfData } from './contract.ts';
import { shownOf } from './disclosure/rules.ts';
import { type DeliveryRow, listDeliveries } from './documents/store.ts';
import type { ExchangeNeeds } from './needs.ts';
import type { Registries } from './registries/lookup.ts';
import * as store from './store.ts';

const usesListedMax = 500;

/**
 * The values that would be given of a person's own evidence, in the order asked; fields that the registry lacks are left out.
 * `representativeId`: whoever acts for a company, of whom its record may speak too.
 */
export async function previewEvidence(
  needs: ExchangeNeeds & { registries: Registries },
  personId: string,
  evidenceType: string,
  fields: readonly string[],
  representativeId?: string,
): Promise<EvidencePreview> {
  const type = findEvidenceType(evidenceType);
  if (!type) throw problem('evidence-unknown', { evidence: evidenceType });
  const holder = needs.registries.findHolder(type.id);
  if (!holder) throw problem('service-unknown');
  // A number of a person may be a number of a company.
  if (isOfCompany(type.id) && representativeId === undefined) throw problem('evidence-of-company');
  const nationalId = await needs.findNationalId(personId);
  if (!nationalId) throw problem('evidence-not-found');
  const signatoryId = representativeId === undefined ? undefined : await needs.findNationalId(representativeId);
  const record = await needs.registries.lookUp(holder.officeId, type.id, {
    nationalId,
    ...(signatoryId === undefined ? {} : { signatoryId }),
  });
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

/** A record as a registry of this node holds it; undefined when none does, or none keeps such evidence here. */
export async function readOwn(
  needs: { registries: Registries },
  evidenceType: string,
  nationalId: string,
  signatoryId?: string,
): Promise<Record<string, unknown> | undefined> {
  const holder = needs.registries.findHolder(evidenceType);
  if (!holder) return undefined;
  try {
    return await needs.registries.lookUp(holder.officeId, evidenceType, {
      nationalId,
      ...(signatoryId === undefined ? {} : { signatoryId }),
    });
  } catch (error) {
    if (error instanceof Problem && error.code === 'evidence-not-found') return undefined;
    throw error;
  }
}

/**
 * Every use of a person's data through this node, as far as the person may read it now: a sealed one not before its seal
 * ends, a delayed one not before its day, one that is about others only in part.
 */
export async function listUses(
  needs: Pick<ExchangeNeeds, 'database' | 'clock' | 'timeZone'>,
  personId: string,
): Promise<UseOfData[]> {
  const rows = await store.listUsesOf(needs.database.db, personId, usesListedMax);
  const deliveries = Map.groupBy(
    await listDeliveries(
      needs.database.db,
      rows.map((row) => row.question_id),
    ),
    (row) => `${row.requester} ${row.question_id}`,
  );
  const now = needs.clock.now();
  return rows.flatMap((row) => {
    const shown = shownOf(
      { class: row.disclosure, hiddenUntil: row.hidden_until, isAboutOthers: row.is_about_others },
      now,
    );
    if (shown === 'nothing') return [];
    return [presentUse(row, shown, needs.timeZone, deliveries.get(`${row.requester} ${row.question_id}`))];
  });
}

function presentUse(
  row: store.UseRow,
  shown: 'all' | 'part' | 'later',
  timeZone: string,
  deliveries: DeliveryRow[] = [],
): UseOfData {
  const { question_id: questionId, leaf_hash: leafHash, outcome } = row;
  if (shown === 'later') return { shown, questionId, shownFrom: row.hidden_until!.toISOString(), leafHash };
  const type = findEvidenceType(row.evidence_type)!;
  const evidence = {
    evidenceType: type.id,
    evidenceNames: type.names,
    fields: row.fields.map((name) => ({ name, names: type.fields[name]?.names ?? { ar: name, en: name } })),
  };
  if (shown === 'part')
    return {
      shown,
      questionId,
      on: dateIn(row.used_at, timeZone),
      requesterState: new URL(row.requester).origin,
      ...evidence,
      outcome,
      leafHash,
    };
  const purpose = findPurpose(row.purpose);
  const law = row.law === null ? undefined : findLaw(row.law);
  return {
    shown,
    questionId,
    at: row.used_at.toISOString(),
    requester: row.requester,
    requesterNames: row.requester_names,
    ...evidence,
    purpose: row.purpose,
    // A refused question may name a purpose that no catalogue knows: it is shown as it came.
    purposeNames: purpose?.names ?? { ar: row.purpose, en: row.purpose },
    legalBasis: law?.names.en ?? purpose?.legalBasis.en ?? '',
    caseId: row.case_id,
    ...(row.consent_id ? { consentId: row.consent_id } : {}),
    ...(law ? { law: { id: law.id, names: law.names, article: law.article } } : {}),
    outcome,
    ...(deliveries.length > 0
      ? {
          documents: deliveries.map(({ field, begun_at, is_whole }) => ({
            field,
            at: begun_at.toISOString(),
            isWhole: is_whole ?? false,
          })),
        }
      : {}),
    ...(row.refusal_code ? { refusal: { code: row.refusal_code, messages: refusalMessages(row.refusal_code) } } : {}),
    leafHash,
  };
}

function refusalMessages(code: string) {
  const { ar, en } = problem.catalogue[code as keyof typeof problem.catalogue];
  return { ar, en };
}
