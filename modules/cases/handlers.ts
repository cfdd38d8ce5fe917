import { type Caller, type Handlers, officerOf, personOf } from '#kernel/contract';
import type { createAbsences } from './absences/service.ts';
import type { createAgain } from './again/service.ts';
import type { createAppeals } from './appeals/service.ts';
import type { createAssigning } from './assigning/service.ts';
import type { createAudit } from './audit/service.ts';
import type { createChanges } from './changes/service.ts';
import type { createChecklist } from './checklist/service.ts';
import type { createComparing } from './comparing/service.ts';
import { type CasesContract, problem } from './contract.ts';
import type { createConfirmations } from './decisions/service.ts';
import { downloadOf, nameIn } from './files/downloads.ts';
import type { createFiles } from './files/service.ts';
import type { createMeasures } from './measures/service.ts';
import type { createMessages } from './messages/service.ts';
import type { createOfficeCases } from './office.ts';
import type { createProcess } from './process/service.ts';
import type { createQueue } from './queue/service.ts';
import type { createRenewals } from './renewals/service.ts';
import type { createRetention } from './retention/service.ts';
import type { Officer, Person } from './rules.ts';
import type { createSavedViews } from './saved-views/service.ts';
import type { createPersonCases } from './service.ts';
import { createSystemHandlers } from './systems/handlers.ts';
import type { SystemCases } from './systems/service.ts';
import type { createWorkload } from './workload/service.ts';

type UseCases = ReturnType<typeof createPersonCases> &
  ReturnType<typeof createOfficeCases> &
  ReturnType<typeof createFiles> &
  ReturnType<typeof createQueue> &
  ReturnType<typeof createAbsences> &
  ReturnType<typeof createSavedViews> &
  ReturnType<typeof createWorkload> &
  ReturnType<typeof createAudit> &
  ReturnType<typeof createComparing> &
  ReturnType<typeof createAssigning> &
  ReturnType<typeof createChecklist> &
  ReturnType<typeof createConfirmations> &
  ReturnType<typeof createAppeals> &
  ReturnType<typeof createChanges> &
  ReturnType<typeof createMessages> &
  Pick<ReturnType<typeof createRetention>, 'keepLonger' | 'endHold'> &
  Pick<ReturnType<typeof createRenewals>, 'renewCase'> &
  ReturnType<typeof createAgain> &
  ReturnType<typeof createProcess> &
  ReturnType<typeof createMeasures> & { systems: SystemCases };

const person = (caller: Caller): Person => {
  const { personId, homeState, level } = personOf(caller);
  return { personId, homeState, ...(level === undefined ? {} : { level }) };
};

export function createHandlers(cases: UseCases): Handlers<CasesContract> {
  const officer = (caller: Caller): Promise<Officer> => cases.nameOfficer(officerOf(caller));
  const absences = async (here: Officer) => ({
    absences: (await cases.listAbsences(here)).map(({ id, officerId, fromOn, untilOn, coverId }) => ({
      id,
      officerId,
      fromOn,
      untilOn,
      ...(coverId ? { coverId } : {}),
    })),
  });
  const views = async (here: Officer) => ({ views: await cases.listViews(here) });
  const when = (at: Date | undefined, name: 'oldestAt' | 'decidedAt') => (at ? { [name]: at.toISOString() } : {});

  return {
    ...createSystemHandlers(cases.systems, { ...cases, ...cases.steps }),
    startCase: ({ caller, body }) => cases.startCase(person(caller), body.serviceId),
    listMyCases: async ({ caller, query }) => ({ cases: await cases.listMyCases(person(caller), query) }),
    getMyCase: ({ caller, params }) => cases.getMyCase(person(caller), params.caseId),
    getPage: ({ caller, params, query, request }) =>
      cases.openPage(person(caller), params.caseId, params.pageId, query.language ?? request.language),
    saveAnswers: ({ caller, params, query, body }) =>
      cases.saveAnswers(person(caller), params.caseId, params.pageId, body, query.expectedVersion),
    readDraft: ({ caller, params }) => cases.readDraft(person(caller), params.caseId),
    saveDraft: ({ caller, params, body }) => cases.saveDraft(person(caller), params.caseId, body),
    discardDraft: ({ caller, params, query }) =>
      cases.discardDraft(person(caller), params.caseId, query.expectedVersion),
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
    submitCase: ({ caller, params, query }) => cases.submitCase(person(caller), params.caseId, query.expectedVersion),
    withdrawCase: ({ caller, params }) => cases.withdrawCase(person(caller), params.caseId),
    renewCase: ({ caller, params }) => cases.renewCase(person(caller), params.caseId),
    applyAgain: ({ caller, params }) => cases.applyAgain(person(caller), params.caseId),
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
    getProcess: ({ params, query }) => cases.describeProcess(params.serviceId, query.version),
    listQueue: ({ caller, query }) => cases.listQueue(officerOf(caller), query),
    searchQueue: ({ caller, body }) => cases.searchQueue(officerOf(caller), body),
    countQueue: ({ caller }) => cases.countQueue(officerOf(caller)),
    stepMany: async ({ caller, body }) => cases.stepMany(await officer(caller), body),
    listViews: ({ caller }) => views(officerOf(caller)),
    keepView: async ({ caller, body }) => {
      await cases.keepView(officerOf(caller), body);
      return views(officerOf(caller));
    },
    dropView: async ({ caller, params }) => {
      await cases.dropView(officerOf(caller), params.viewId);
      return views(officerOf(caller));
    },
    listColleagues: async ({ caller }) => ({
      colleagues: (await cases.listColleagues(officerOf(caller))).map(({ personId, names, roles }) => ({
        personId,
        names,
        roles: [...roles],
      })),
    }),
    listAbsences: ({ caller }) => absences(officerOf(caller)),
    enterAbsence: async ({ caller, body }) => {
      const here = officerOf(caller);
      const { officerId = here.personId, fromOn, untilOn, coverId } = body;
      await cases.enterAbsence(here, { officerId, fromOn, untilOn, ...(coverId ? { coverId } : {}) });
      return absences(here);
    },
    endAbsence: async ({ caller, params }) => {
      await cases.endAbsence(officerOf(caller), params.absenceId);
      return absences(officerOf(caller));
    },
    readWorkload: async ({ caller }) => {
      const { services, ...load } = await cases.readWorkload(officerOf(caller));
      return {
        ...load,
        services: services.map(({ oldestAt, ...one }) => ({ ...one, ...when(oldestAt, 'oldestAt') })),
      };
    },
    listOfficerSteps: async ({ caller, query }) => {
      const { steps, next } = await cases.listOfficerSteps(officerOf(caller), query);
      return { steps: steps.map((step) => ({ ...step, at: step.at.toISOString() })), ...(next ? { next } : {}) };
    },
    listComparables: async ({ caller, params }) => ({
      cases: (await cases.listComparables(officerOf(caller), params.caseId)).map(({ decidedAt, ...one }) => ({
        ...one,
        ...when(decidedAt, 'decidedAt'),
      })),
    }),
    getCaseForOfficer: ({ caller, params }) => cases.getCaseForOfficer(officerOf(caller), params.caseId),
    takeCase: async ({ caller, params, body }) => cases.takeCase(await officer(caller), params.caseId, body),
    releaseCase: async ({ caller, params }) => cases.releaseCase(await officer(caller), params.caseId),
    decideCase: async ({ caller, params, body }) => cases.decideCase(await officer(caller), params.caseId, body),
    visitCase: ({ caller, params }) => cases.visitCase(officerOf(caller), params.caseId),
    assignCase: async ({ caller, params, body }) => cases.assignCase(await officer(caller), params.caseId, body),
    markPoint: async ({ caller, params, body }) =>
      cases.markPoint(await officer(caller), params.caseId, params.pointId, body),
    confirmDecision: async ({ caller, params, body }) =>
      cases.confirmDecision(await officer(caller), params.caseId, body),
    askForMore: async ({ caller, params, body }) => cases.askForMore(await officer(caller), params.caseId, body),
    answerRequest: ({ caller, params, body }) => cases.answerRequest(person(caller), params.caseId, body),
    appeal: ({ caller, params, body }) => cases.appeal(person(caller), params.caseId, body),
    decideAppeal: async ({ caller, params, body }) => cases.decideAppeal(await officer(caller), params.caseId, body),
    correctDecision: async ({ caller, params, body }) =>
      cases.correctDecision(await officer(caller), params.caseId, body),
    reopenCase: async ({ caller, params, body }) => cases.reopenCase(await officer(caller), params.caseId, body),
    cancelDecision: async ({ caller, params, body }) =>
      cases.cancelDecision(await officer(caller), params.caseId, body),
    writeMessage: ({ caller, params, body }) => cases.writeMessage(person(caller), params.caseId, body.text),
    writeToPerson: async ({ caller, params, body }) =>
      cases.writeToPerson(await officer(caller), params.caseId, body.text),
    writeNote: async ({ caller, params, body }) => cases.writeNote(await officer(caller), params.caseId, body.text),
    keepLonger: async ({ caller, params, body }) => cases.keepLonger(await officer(caller), params.caseId, body),
    endHold: async ({ caller, params }) => ({ ended: await cases.endHold(await officer(caller), params.caseId) }),
  };
}
