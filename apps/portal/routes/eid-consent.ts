import { Problem } from '#kernel/problem';
import { essentialFields } from '#modules/consent';
import type { InteractionPage } from '#modules/identity';
import { findEvidenceType } from '#protocol/catalogue';
import type { EvidenceDetail } from '#protocol/evidence-detail';
import { mandateKindNames } from '#protocol/representation';
import { clientNameOf, findHolder, ownStateName, type PortalNeeds } from '../needs.ts';
import type { ConsentGroup, ConsentView } from '../pages/index.ts';
import { termsOf } from './consent-terms.ts';
import { valueOfField } from './words.ts';

/** Whose data a consent is about. */
export const holderOf = (page: InteractionPage): string => page.acting?.representedId ?? page.personId ?? '';

/** What the consent page shows: every field that is asked for, with the value that the registry holds now. */
export async function consentView(
  needs: PortalNeeds,
  page: InteractionPage,
  action: string,
  refused?: Problem,
): Promise<ConsentView> {
  const details = page.authorizationDetails as unknown as EvidenceDetail[];
  const groups = await Promise.all(
    details.map(async (detail): Promise<ConsentGroup> => {
      const type = findEvidenceType(detail.evidence_type)!;
      const essential = new Set(essentialFields(detail));
      const seen = await preview(needs, page, detail);
      const holder = (await findHolder(needs, needs.state.code, detail.evidence_type)) ?? {
        names: needs.state.names,
        state: ownStateName(needs.state),
      };
      return {
        evidenceType: type.id,
        evidence: type.names,
        holder,
        isOnRecord: seen !== 'nothing',
        // Of what is not on record nothing can be sent; what is needed stays, so that it is seen what is missing.
        fields: detail.fields
          .filter((name) => seen !== 'nothing' || essential.has(name))
          .map((name) => ({
            name,
            label: type.fields[name]!.names,
            isRequired: essential.has(name),
            value: seen === 'unknown' ? undefined : seen === 'nothing' ? null : valueOfField(type, name, seen[name]),
          })),
      };
    }),
  );
  return {
    action,
    requester: await clientNameOf(needs, page.clientId),
    ...(page.acting ? { actingFor: { names: page.acting.names, kind: mandateKindNames[page.acting.kind] } } : {}),
    groups,
    terms: termsOf(details, needs.state.timeZone),
    ifRefused: {
      ar: 'لن يُرسل شيء، ولن تستطيع الجهة إكمال الطلب إلكترونيًا. يمكنك التقديم لديها مباشرة.',
      en: 'Nothing is sent, and the office cannot go on with the application online. You can still apply at its desk.',
    },
    ...(refused ? { problem: refused.messages } : {}),
  };
}

/**
 * What the registry holds now; `nothing` when it has no record of the person. A registry that does not answer must not stop somebody
 * from reading what they are asked.
 */
async function preview(needs: PortalNeeds, page: InteractionPage, detail: EvidenceDetail) {
  const signatoryId = page.acting?.kind === 'signatory' ? page.personId : undefined;
  try {
    const shown = await needs.exchange.preview(holderOf(page), detail.evidence_type, detail.fields, signatoryId);
    return Object.fromEntries(shown.fields.map(({ name, value }) => [name, value]));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.code === 'evidence-not-found') return 'nothing' as const;
    needs.log.warn({ code: error.code, evidenceType: detail.evidence_type }, 'no preview');
    return 'unknown' as const;
  }
}
