import { randomInt } from 'node:crypto';
import { type AssuranceLevel, isAtLeast } from '#protocol/assurance';
import { type EidFramework, levelOf, offeredMethods } from '../assurance/rules.ts';
import type { RefusalReason } from '../contract.ts';
import type { EidUpstream, OpenidUpstream, PushUpstream, UpstreamConnection } from './contract.ts';

/** What an eID says of somebody, by the place in which it says it. */
export type Proof = Partial<Record<EidUpstream['nationalId']['in'], Record<string, unknown>>>;
/** Who has shown who they are, and how, in the words of this state's framework. */
export type Shown = { nationalId: string; proofing: string; method: string };

/** What came back from an eID: by which one, and whom it was asked to confirm, where it was. */
export type Returned = Shown & { upstreamId: string; expectedId?: string };

/** What a proof says. `nobody`: of an account without a national number. `unknown`: in words that the data does not name. */
export function readProof(upstream: EidUpstream, proof: Proof): Shown | 'nobody' | 'unknown' {
  const at = ({ in: part, claim }: EidUpstream['nationalId']): string | undefined => {
    const value = proof[part]?.[claim];
    if (typeof value === 'string') return value;
    return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value.join(' ') : undefined;
  };
  const nationalId = at(upstream.nationalId);
  const meaning = (names: Record<string, string>, value: string | undefined) =>
    value !== undefined && Object.hasOwn(names, value) ? names[value] : undefined;
  const proofing = meaning(upstream.proofings, at(upstream.proofing));
  const method = meaning(upstream.methods, at(upstream.method));
  if (proofing === undefined || method === undefined) return 'unknown';
  if (nationalId === undefined || nationalId.length > 64) return 'nobody';
  return { nationalId, proofing, method };
}

/** Why a sign-in ends with this error of the eID; undefined when the person has nothing to do with it. */
export function reasonOfError(
  upstream: OpenidUpstream,
  error: string,
  description: string | undefined,
): RefusalReason | undefined {
  return upstream.refusals.find(
    (one) => one.error === error && (one.description === undefined || one.description === description),
  )?.reason;
}

/** What an eID's refusal of a push means; undefined when the person has nothing to do with it. */
export function meaningOfRefusal(upstream: PushUpstream, body: Record<string, unknown>) {
  return upstream.refusals.find(({ field, value }) => body[field] === value)?.means;
}

/** The proofing to go by, of that on record here and that in the proof: the one that is worth less with this method. */
export function weakerProofing(framework: EidFramework, onRecord: string, shown: Shown): string {
  const recorded = levelOf(framework, onRecord, shown.method);
  const proven = levelOf(framework, shown.proofing, shown.method);
  if (recorded === undefined || proven === undefined) return recorded === undefined ? onRecord : shown.proofing;
  return isAtLeast(proven, recorded) ? onRecord : shown.proofing;
}

/** What to send as `acr_values` so that the eID reaches a level: its word for it, or for the next one above. */
export function acrValuesFor(upstream: EidUpstream, needed: AssuranceLevel): string | undefined {
  const levels = (['low', 'substantial', 'high'] as const).filter((level) => isAtLeast(level, needed));
  return levels.map((level) => upstream.asks[level]).find((values) => values !== undefined);
}

/** A number like those that the app shows, for a request that no app has. */
export function numberLike(digits: number): string {
  return String(randomInt(digits === 1 ? 1 : 10 ** (digits - 1), 10 ** digits));
}

/** The eIDs that are both described by the state and connected by the operator. */
export function connectedUpstreams(
  framework: EidFramework,
  connections: readonly UpstreamConnection[] = [],
): Array<{ upstream: EidUpstream; connection: UpstreamConnection }> {
  return (framework.upstreams ?? []).flatMap((upstream) => {
    const connection = connections.find(({ id }) => id === upstream.id);
    return connection === undefined ? [] : [{ upstream, connection }];
  });
}

/** Every method by which somebody can be signed in at this node: its own, and those of the eIDs connected to it. */
export function methodsHere(needs: { eid: EidFramework; upstreams?: readonly UpstreamConnection[] }): string[] {
  const theirs = connectedUpstreams(needs.eid, needs.upstreams).flatMap(({ upstream }) =>
    Object.values(upstream.methods),
  );
  return [...new Set([...offeredMethods, ...theirs])];
}
