import { findEvidenceType, findPurpose, isOfCompany } from '#protocol/catalogue';
import type { MandateKind } from '#protocol/representation';
import { type GiveMandate, type Mandate, problem } from './contract.ts';

export const mandatesMax = 50;
export const termDaysMax = 731;
export const invitationDays = 7;
const dayMs = 86_400_000;

/** A mandate as far as a question is judged by it. */
export type Standing = {
  kind: MandateKind;
  representedId: string;
  representativeId: string | null;
  until: Date | null;
  endedAt: Date | null;
  purposes: readonly string[] | null;
  evidenceTypes: readonly string[] | null;
};

/** What is to be done under a mandate: by whom, for whom, and, for a question, for what and of what. */
export type Doing = {
  representativeId: string;
  representedId: string;
  at: Date;
  purpose?: string;
  evidenceType?: string;
};

/** Refuses whatever the mandate does not plainly allow. Of a mandate between others nothing is told, not even that it is there. */
export function judge(mandate: Standing | undefined, doing: Doing): asserts mandate is Standing {
  if (
    mandate === undefined ||
    mandate.representativeId !== doing.representativeId ||
    mandate.representedId !== doing.representedId
  )
    throw problem('mandate-unknown');
  if (mandate.endedAt !== null || isPast(mandate.until, doing.at)) throw problem('mandate-ended');
  // A company has other records than a person, and a number of the one may be a number of the other.
  if (doing.evidenceType !== undefined && isOfCompany(doing.evidenceType) !== (mandate.kind === 'signatory'))
    throw problem('mandate-not-covering');
  const covers = (limit: readonly string[] | null, asked: string | undefined) =>
    limit === null || asked === undefined || limit.includes(asked);
  if (!covers(mandate.purposes, doing.purpose) || !covers(mandate.evidenceTypes, doing.evidenceType))
    throw problem('mandate-not-covering');
}

export function isPast(until: Date | null, at: Date): boolean {
  return until !== null && until.getTime() <= at.getTime();
}

export function stateOf(mandate: Omit<Standing, 'kind'>, at: Date): Mandate['state'] {
  if (mandate.endedAt !== null) return 'ended';
  if (isPast(mandate.until, at)) return 'expired';
  return mandate.representativeId === null ? 'offered' : 'in-force';
}

/** A mandate that a person gives has an end, and names nothing that no catalogue knows. */
export function checkGiven(give: GiveMandate, now: Date): void {
  const untilMs = Date.parse(give.until);
  if (!(untilMs > now.getTime()) || untilMs > now.getTime() + termDaysMax * dayMs)
    throw problem('mandate-term-invalid');
  for (const name of give.purposes ?? []) if (!findPurpose(name)) throw problem('mandate-limit-unknown', { name });
  for (const name of give.evidenceTypes ?? [])
    if (!findEvidenceType(name)) throw problem('mandate-limit-unknown', { name });
}

/** As a person types it from paper: case, spaces and dashes do not matter. */
export function normalizeCode(code: string): string {
  return code.toUpperCase().replace(/[^A-Z2-7]/g, '');
}
