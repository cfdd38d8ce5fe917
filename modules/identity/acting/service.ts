import { errors, interactionPolicy } from 'oidc-provider';
import { createFinder } from '#kernel/batching';
import { Problem } from '#kernel/problem';
import type { Representation } from '#protocol/representation';
import type { EvidenceDetail } from '../contract.ts';
import { problem } from '../contract.ts';
import type { ChosenMandate, IdentityNeeds } from '../needs.ts';
import { pairwiseSubject } from '../provider/rules.ts';
import { readAskedMandate, representationClaim } from './rules.ts';
import * as store from './store.ts';

// biome-ignore lint/suspicious/noExplicitAny: oidc-provider's context is typed by another package one version behind
type Context = any;

export type Acting = ReturnType<typeof createActing>;

/** The provider's side of acting for somebody: the choice, what a grant remembers of it, and what tokens say. */
export function createActing(needs: IdentityNeeds, subjectKey: Buffer) {
  const { db } = needs.database;
  const findActingGrant = createFinder(needs.database, store.readingActingGrants);
  const { mandates } = needs;

  /** A mandate has another name towards each state, as a person has: two states cannot join what they know by it. */
  const nameOf = (sector: string, mandateId: string) =>
    pairwiseSubject(subjectKey, `${sector}\u0000mandate`, mandateId);

  async function handleOf(sector: string, mandateId: string): Promise<string> {
    const handle = nameOf(sector, mandateId);
    await store.saveHandle(db, handle, mandateId);
    return handle;
  }

  /** The mandate of a request once it is known. Throws as `getHeld`, or `mandate-not-in-force` for a handle that names none. */
  async function findChosen(
    params: Record<string, unknown>,
    submission: Record<string, unknown> | undefined,
    personId: string | undefined,
  ): Promise<ChosenMandate | undefined> {
    const asked = readAskedMandate(params);
    if (asked === undefined || personId === undefined) return undefined;
    const named = asked.handle === undefined ? undefined : await store.findMandateOfHandle(db, asked.handle);
    if (asked.handle !== undefined && named === undefined) throw problem('mandate-not-in-force');
    const mandateId = named ?? (submission?.['represent'] as { mandateId?: string } | undefined)?.mandateId;
    if (mandateId === undefined) return undefined;
    if (!mandates) throw problem('mandate-not-in-force');
    return mandates.getHeld(personId, mandateId);
  }

  return {
    nameOf,
    handleOf,
    findMandateOfHandle: (handle: string) => store.findMandateOfHandle(db, handle),
    findChosen,

    /** Comes between signing in and consent: for whom does the person act? */
    prompt: () =>
      new interactionPolicy.Prompt(
        { name: 'represent', requestable: false },
        new interactionPolicy.Check(
          'represented_not_chosen',
          'for whom the person acts is not chosen',
          (ctx: Context) => {
            const asked = readAskedMandate(ctx.oidc.params);
            return asked !== undefined && asked.handle === undefined && ctx.oidc.result?.represent === undefined;
          },
        ),
      ),

    /** Remembers with a grant for whom it was given. Ends the request when the mandate is in force no more. */
    bind: async (ctx: Context, grant: { addOIDCClaims(names: string[]): void; save(): Promise<string> }) => {
      const { params, result, session } = ctx.oidc;
      if (readAskedMandate(params) !== undefined) grant.addOIDCClaims([representationClaim]);
      const grantId = await grant.save();
      try {
        const chosen = await findChosen(params, result, session.accountId);
        if (chosen) await remember(grantId, session.accountId, chosen);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        throw new errors.AccessDenied(undefined, 'mandate_ended');
      }
    },

    /** Of a consent: the grant, and the act that the represented person sees. */
    noteConsent: async (given: {
      grantId: string;
      personId: string;
      clientId: string;
      consentId: string;
      chosen: ChosenMandate;
    }) => {
      await remember(given.grantId, given.personId, given.chosen);
      await mandates!.record(given.chosen.mandateId, {
        did: 'consented',
        towards: given.clientId,
        representedId: given.chosen.representedId,
        consentId: given.consentId,
      });
    },

    /** Throws `mandate-not-covering` unless every detail lies within the mandate. */
    checkCovers: async (personId: string, chosen: ChosenMandate, details: readonly EvidenceDetail[]) => {
      for (const { purpose, evidence_type: evidenceType } of details)
        await mandates!.check(chosen.mandateId, {
          representativeId: personId,
          representedId: chosen.representedId,
          purpose,
          evidenceType,
        });
    },

    /** Chooses; `mandateId` is absent for "for myself". */
    choose: async (personId: string, clientId: string, mandateId: string | undefined): Promise<void> => {
      if (mandateId === undefined) return;
      if (!mandates) throw problem('mandate-not-in-force');
      const { representedId } = await mandates.getHeld(personId, mandateId);
      await mandates.record(mandateId, { did: 'began', towards: clientId, representedId });
    },

    /** The claim of an ID token under a grant; undefined when nobody is acted for. */
    claimOf: async (
      grantId: string | undefined,
      sector: string,
      subjectFor: (personId: string) => Promise<string>,
    ): Promise<Representation | undefined> => {
      const grant = grantId === undefined ? undefined : await findActingGrant(grantId);
      if (!grant) return undefined;
      const held = await stillHeld(grant);
      return {
        mandate: await handleOf(sector, grant.mandate_id),
        kind: held.kind,
        sub: await subjectFor(grant.represented_id),
        names: held.names,
        ...(held.power ? { power: held.power } : {}),
        ...(held.purposes ? { purposes: held.purposes } : {}),
        ...(held.until ? { until: held.until.toISOString() } : {}),
      };
    },

    /** An access token under a grant names the represented person, and whoever acts in `act` (RFC 8693 section 4.1). */
    nameInToken: async (
      grantId: string | undefined,
      sector: string,
      subjectFor: (personId: string) => Promise<string>,
      payload: Record<string, unknown>,
    ): Promise<void> => {
      const grant = grantId === undefined ? undefined : await findActingGrant(grantId);
      if (!grant) return;
      await stillHeld(grant);
      payload['act'] = { sub: payload['sub'] };
      payload['sub'] = await subjectFor(grant.represented_id);
      payload['mandate'] = await handleOf(sector, grant.mandate_id);
    },

    purge: () => store.purgeActingGrants(db, needs.clock.now()),
  };

  async function remember(grantId: string, personId: string, chosen: ChosenMandate): Promise<void> {
    await store.saveActingGrant(db, {
      grant_id: grantId,
      mandate_id: chosen.mandateId,
      representative_id: personId,
      represented_id: chosen.representedId,
      // As long as a code may wait and a grant lives at this provider.
      expires_at: new Date(needs.clock.now().getTime() + 12 * 3_600_000),
    });
  }

  async function stillHeld(grant: store.ActingGrant): Promise<ChosenMandate> {
    try {
      return await mandates!.getHeld(grant.representative_id, grant.mandate_id);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      throw new errors.InvalidGrant('the mandate has ended');
    }
  }
}
