import { decision, type Expectation, nobody, system } from './kinds.ts';

const write = { officerId: nobody, expectedVersion: 1 };

/** What information systems of the office in charge may do with its cases. Nobody with a session, and no other system, is let in. */
export const systemsEndpoints: Record<string, Expectation> = {
  'cases.followCases': system(),
  'cases.listOfficersForSystem': system(),
  'cases.getCaseForSystem': system(),
  'cases.readFileForSystem': system(),
  'cases.readProofForSystem': system({ params: { questionId: nobody } }),
  'cases.readEvidenceDocumentForSystem': system({ params: { questionId: nobody, field: 'diploma_scan' } }),
  'cases.takeCaseForSystem': system({ body: () => ({ ...write, takeOver: true }) }),
  'cases.releaseCaseForSystem': system({ body: () => write }),
  'cases.writeNoteForSystem': system({ body: () => ({ ...write, text: 'by a stranger' }) }),
  'cases.writeToPersonForSystem': system({ body: () => ({ ...write, text: 'by a stranger' }) }),
  'cases.askForMoreForSystem': system({ body: () => ({ ...write, thingIds: ['thesis'] }) }),
  'cases.markPointForSystem': system({
    params: { pointId: 'award' },
    body: () => ({ ...write, mark: 'done', seen: 0 }),
  }),
  'cases.decideCaseForSystem': system({ body: () => ({ ...decision(), ...write }) }),
};
