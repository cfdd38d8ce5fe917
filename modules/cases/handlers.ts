import { type Caller, type Handlers, officerOf, personOf } from '#kernel/contract';
import type { createAppeals } from './appeals/service.ts';
import type { createChanges } from './changes/service.ts';
import type { createChecklist } from './checklist/service.ts';
import { type CasesContract, problem } from './contract.ts';
import type { createConfirmations } from './decisions/service.ts';
import { downloadOf, nameIn } from './files/downloads.ts';
import type { createFiles } from './files/service.ts';
import type { createMeasures } from './measures/service.ts';
import type { createMessages } from './messages/service.ts';
import type { createOfficeCases } from './office.ts';
import type { createQueue } from './queue/service.ts';
import type { createRenewals } from './renewals/service.ts';
import type { Person } from './rules.ts';
import type { createPersonCases } from './service.ts';

type UseCases = ReturnType<typeof createPersonCases> &
  ReturnType<typeof createOfficeCases> &
  ReturnType<typeof createFiles> &
  Pick<ReturnType<typeof createQueue>, 'listQueue' | 'searchQueue'> &
  ReturnType<typeof createChecklist> &
  ReturnType<typeof createConfirmations> &
  ReturnType<typeof createAppeals> &
  ReturnType<typeof createChanges> &
  ReturnType<typeof createMessages> &
  Pick<ReturnType<typeof createRenewals>, 'renewCase'> &
  ReturnType<typeof createMeasures>;

const person = (caller: Caller): Person => {
  const { personId, homeState, level } = personOf(caller);
  return { personId, homeState, ...(level === undefined ? {} : { level }) };
};

export function createHandlers(cases: UseCases): Handlers<CasesContract> {
  return {
    startCase: ({ caller, body }) => cases.startCase(person(caller), body.serviceId),
    listMyCases: async ({ caller }) => ({ cases: await cases.listMyCases(person(caller)) }),
    getMyCase: ({ caller, params }) => cases.getMyCase(person(caller), params.caseId),
    getPage: ({ caller, params, query, request }) =>
      cases.openPage(person(caller), params.caseId, params.pageId, query.language ?? request.language),
    saveAnswers: async ({ caller, params, body }) => {
      const { saved, errors } = await cases.saveAnswers(person(caller), params.caseId, params.pageId, body);
      return { saved, errors };
    },
    searchLookUp: ({ caller, params, body, request }) =>
      cases.searchLookUp(person(caller), params.caseId, params.questionId, {
        ...body,
        language: body.language ?? request.language,
      }),
    attachFile: ({ caller, params, body, request }) => {
      const name = nameIn(request.headers['content-disposition']);
      return cases.attachFile(person(caller), params.caseId, params.questionId, { name, bytes: body });
    },
    readFile: async ({ caller, params }) =>
      downloadOf(await cases.readFile(person(caller), params.caseId, params.fileId)),
    removeFile: async ({ caller, params }) => {
      await cases.removeFile(person(caller), params.caseId, params.fileId);
      return { removed: true };
    },
    readFileForOfficer: async ({ caller, params }) =>
      downloadOf(await cases.readFileForOfficer(officerOf(caller), params.caseId, params.fileId)),
    submitCase: ({ caller, params }) => cases.submitCase(person(caller), params.caseId),
    withdrawCase: ({ caller, params }) => cases.withdrawCase(person(caller), params.caseId),
    renewCase: ({ caller, params }) => cases.renewCase(person(caller), params.caseId),
    readDocument: async ({ caller, params }) => {
      const document = await cases.readDocument(person(caller), params.caseId, params.kind);
      if (!document.bytes) throw problem('document-unknown');
      const name = `${document.reference}.${document.kind === 'pdf' ? 'pdf' : 'sd-jwt'}`;
      return {
        contentType: document.mediaType,
        bytes: document.bytes,
        headers: { 'content-disposition': `attachment; filename="${name}"`, 'cache-control': 'private, no-store' },
      };
    },
    rateService: ({ caller, params, body }) => cases.rateService(person(caller), params.caseId, body.stars),
    listMeasures: async () => ({ services: await cases.measureServices() }),
    listQueue: ({ caller, query }) => cases.listQueue(officerOf(caller), query),
    searchQueue: ({ caller, body }) => cases.searchQueue(officerOf(caller), body),
    getCaseForOfficer: ({ caller, params }) => cases.getCaseForOfficer(officerOf(caller), params.caseId),
    takeCase: ({ caller, params, body }) => cases.takeCase(officerOf(caller), params.caseId, body),
    releaseCase: ({ caller, params }) => cases.releaseCase(officerOf(caller), params.caseId),
    decideCase: ({ caller, params, body }) => cases.decideCase(officerOf(caller), params.caseId, body),
    visitCase: ({ caller, params }) => cases.visitCase(officerOf(caller), params.caseId),
    markPoint: ({ caller, params, body }) => cases.markPoint(officerOf(caller), params.caseId, params.pointId, body),
    confirmDecision: ({ caller, params, body }) => cases.confirmDecision(officerOf(caller), params.caseId, body),
    askForMore: ({ caller, params, body }) => cases.askForMore(officerOf(caller), params.caseId, body),
    answerRequest: ({ caller, params, body }) => cases.answerRequest(person(caller), params.caseId, body),
    appeal: ({ caller, params, body }) => cases.appeal(person(caller), params.caseId, body),
    decideAppeal: ({ caller, params, body }) => cases.decideAppeal(officerOf(caller), params.caseId, body),
    correctDecision: ({ caller, params, body }) => cases.correctDecision(officerOf(caller), params.caseId, body),
    reopenCase: ({ caller, params, body }) => cases.reopenCase(officerOf(caller), params.caseId, body),
    cancelDecision: ({ caller, params, body }) => cases.cancelDecision(officerOf(caller), params.caseId, body),
    writeMessage: ({ caller, params, body }) => cases.writeMessage(person(caller), params.caseId, body.text),
    writeToPerson: ({ caller, params, body }) => cases.writeToPerson(officerOf(caller), params.caseId, body.text),
    writeNote: ({ caller, params, body }) => cases.writeNote(officerOf(caller), params.caseId, body.text),
  };
}
