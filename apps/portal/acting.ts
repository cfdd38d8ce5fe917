import { type Caller, personOf } from '#kernel/contract';
import type { Person } from '#modules/cases';
import { problem as identityProblem } from '#modules/identity';
import type { MandateKind, SigningPower } from '#protocol/representation';

/** Whose application a page is about: that of the caller, or of whoever the caller acts for now. */
export function applicantOf(caller: Caller): Person {
  const { personId, homeState, level, actingFor } = personOf(caller);
  const signedIn = { homeState, ...(level === undefined ? {} : { level }) };
  if (!actingFor) return { personId, ...signedIn };
  const { kind, power, purposes, mandate } = actingFor;
  return {
    personId: actingFor.personId,
    ...signedIn,
    representative: {
      personId,
      kind: kind as MandateKind,
      mandate,
      ...(power ? { power: power as SigningPower } : {}),
      ...(purposes ? { purposes } : {}),
    },
  };
}

/** Whose data a page shows. A guardian or a signatory sees those of whom they stand for; a mandate opens nobody's whole data. */
export function dataSubjectOf(caller: Caller): { personId: string } {
  const { personId, actingFor } = personOf(caller);
  if (!actingFor) return { personId };
  if (actingFor.kind === 'agent') throw identityProblem('acting-not-here');
  return { personId: actingFor.personId };
}

/** Whose wallet a page opens. A company's is opened by whoever signs for it; nobody opens that of another person. */
export function walletOwnerOf(caller: Caller): { personId: string } {
  const { personId, actingFor } = personOf(caller);
  if (!actingFor) return { personId };
  if (actingFor.kind !== 'signatory') throw identityProblem('acting-not-here');
  return { personId: actingFor.personId };
}

/** The caller, on a page that nobody opens for another. */
export function ownerOf(caller: Caller): { personId: string; homeState: string } {
  const { personId, homeState, actingFor } = personOf(caller);
  if (actingFor) throw identityProblem('acting-not-here');
  return { personId, homeState };
}
