import {
  detailOfLink,
  nameOfLink,
  type ProofForm,
  type ProofTrust,
  proofFileName,
  sentenceOfVerdict,
  verifyProof,
} from '#modules/exchange';
import { findEvidenceType, findPurpose } from '#protocol/catalogue';
import { proofFileMediaType } from '#protocol/proof-file';
import { dataSubjectOf } from '../acting.ts';
import { officeNameOf, type PortalNeeds } from '../needs.ts';
import type { Verdict } from '../pages/index.ts';
import type { PageAnswer, PageRoute } from '../routing.ts';
import { labelledFields } from './words.ts';

const kinds = { whole: 'proved', incomplete: 'unfinished', broken: 'unproved' } as const;

/**
 * Whom the pages of this state trust when they check a proof: the federation's anchor, by its keys of today and, for proofs of before, by
 * those that it had then; and as many witnesses as it asks for.
 */
export async function proofTrustOf(needs: PortalNeeds): Promise<ProofTrust> {
  const { live, former } = await needs.listAnchorKeys();
  return { anchor: { entityId: needs.anchorId, keys: [...live, ...former] }, quorum: needs.witnessQuorum };
}

/** A proof of an exchange, checked by the server for whoever has no JavaScript. */
export async function proofVerdict(needs: PortalNeeds, text: string): Promise<Verdict> {
  const verdict = await verifyProof(text, await proofTrustOf(needs));
  const { facts } = verdict;
  const isTold = facts !== undefined && verdict.state !== 'broken';
  const type = isTold ? findEvidenceType(facts.evidenceType) : undefined;
  const purpose = isTold ? findPurpose(facts.purpose) : undefined;
  return {
    kind: kinds[verdict.state],
    reason: sentenceOfVerdict(verdict),
    carrier: 'proof',
    ...(isTold ? { issuer: await officeNameOf(needs, facts.provider) } : {}),
    ...(isTold && facts.answeredAt ? { issuedAt: facts.answeredAt } : {}),
    checkedAt: needs.clock.now().toISOString(),
    checks: verdict.links.map((link) => {
      const detail = detailOfLink(link);
      return {
        label: nameOfLink(link.id),
        isGood: link.state !== 'broken',
        ...(link.state === 'holds' || link.state === 'broken' ? {} : { isUnsaid: true }),
        ...(detail ? { detail } : {}),
      };
    }),
    chain: [],
    claims: [
      ...(type ? [{ label: { ar: 'البيانات', en: 'Evidence' }, value: type.names }] : []),
      ...(purpose ? [{ label: { ar: 'الغرض', en: 'Purpose' }, value: purpose.names }] : []),
      ...(isTold
        ? [
            {
              label: { ar: 'الجهة السائلة', en: 'Asked by' },
              value: (await officeNameOf(needs, facts.requester)).names,
            },
          ]
        : []),
      ...(type && facts?.values
        ? labelledFields(
            type,
            Object.entries(facts.values).map(([name, value]) => ({
              name,
              names: type.fields[name]?.names ?? { ar: name, en: name },
              value,
            })),
          )
        : []),
    ],
  };
}

/** A proof file to keep. Its name tells nothing of the person. */
export function proofDownload(text: string): PageAnswer {
  return {
    bytes: Buffer.from(text),
    contentType: proofFileMediaType,
    headers: { 'content-disposition': `attachment; filename="${proofFileName}"`, 'cache-control': 'private, no-store' },
  };
}

/** The person's own proofs, from "my data". */
export function proofRoutes(needs: PortalNeeds): PageRoute[] {
  return (['whole', 'shareable'] satisfies ProofForm[]).map((form) => ({
    method: 'GET',
    path: `/my-data/uses/:useId/proof-${form}.json`,
    access: 'person',
    handle: async (context) =>
      proofDownload(
        await needs.exchange.proveUse({
          questionId: context.params['useId']!,
          form,
          personId: dataSubjectOf(context.caller).personId,
        }),
      ),
  }));
}
