import type { Handlers } from '#kernel/contract';
import { documentHeaders, proofAnswer } from '#modules/exchange';
import type { createChecklist } from '../checklist/service.ts';
import type { CasesContract } from '../contract.ts';
import { downloadOf } from '../files/downloads.ts';
import type { createMessages } from '../messages/service.ts';
import type { createOfficeCases } from '../office.ts';
import type { createRequests } from '../requests/service.ts';
import type { systemEndpoints } from './contract.ts';
import type { SystemCases } from './service.ts';

type Steps = ReturnType<typeof createOfficeCases>['steps'] &
  Pick<ReturnType<typeof createMessages>, 'writeNote' | 'writeToPerson'> &
  Pick<ReturnType<typeof createRequests>, 'askForMore'> &
  Pick<ReturnType<typeof createChecklist>, 'markPoint'>;

/** The endpoints of information systems: who calls is found out here, from the whole call. */
export function createSystemHandlers(
  systems: SystemCases,
  steps: Steps,
): Pick<Handlers<CasesContract>, keyof typeof systemEndpoints | 'getCaseForSystem'> {
  return {
    followCases: ({ request, query }) => systems.followCases(request, query),
    listOfficersForSystem: async ({ request }) => ({ officers: await systems.listOfficers(request) }),
    getCaseForSystem: ({ request, params }) => systems.readCase(request, params.caseId),
    readFileForSystem: async ({ request, params }) =>
      downloadOf(await systems.readFile(request, params.caseId, params.fileId)),
    readProofForSystem: async ({ request, params }) =>
      proofAnswer(await systems.readProof(request, params.caseId, params.questionId)),
    readEvidenceDocumentForSystem: async ({ request, params }) => {
      const { caseId, questionId, field } = params;
      const document = await systems.readDocument(request, caseId, questionId, field);
      return { stream: document.stream, contentType: document.mediaType, headers: documentHeaders(document, field) };
    },
    takeCaseForSystem: ({ request, params: { caseId }, body }) =>
      systems.write(request, caseId, body, (officer) => steps.take(officer, caseId, body)),
    releaseCaseForSystem: ({ request, params: { caseId }, body }) =>
      systems.write(request, caseId, body, (officer) => steps.release(officer, caseId)),
    writeNoteForSystem: ({ request, params: { caseId }, body }) =>
      systems.write(request, caseId, body, (officer) => steps.writeNote(officer, caseId, body.text)),
    writeToPersonForSystem: ({ request, params: { caseId }, body }) =>
      systems.write(request, caseId, body, (officer) => steps.writeToPerson(officer, caseId, body.text)),
    askForMoreForSystem: ({ request, params: { caseId }, body }) =>
      systems.write(request, caseId, body, (officer) => steps.askForMore(officer, caseId, body)),
    markPointForSystem: ({ request, params: { caseId, pointId }, body }) =>
      systems.write(request, caseId, body, (officer) => steps.markPoint(officer, caseId, pointId, body)),
    decideCaseForSystem: ({ request, params: { caseId }, body }) =>
      systems.write(request, caseId, body, (officer) => steps.decide(officer, caseId, body)),
  };
}
