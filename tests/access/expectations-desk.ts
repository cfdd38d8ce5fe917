import { type Expectation, office, queue } from './expecting.ts';

/** What officers do at their desks, by module and name. */
export const deskEndpoints: Record<string, Expectation> = {
  'cases.searchQueue': queue({ body: () => ({ find: 'by a stranger' }) }),
  'cases.markPoint': office({ params: { pointId: 'same-person' }, body: () => ({ mark: 'done', seen: 0 }) }),
};

/** The same by pages. */
export const deskPages: Record<string, Expectation> = {
  'GET /office/search': queue(),
  'POST /office/search': queue({ body: () => ({ q: 'by a stranger' }) }),
  'GET /office/cases/:caseId/checklist': queue(),
  'POST /office/cases/:caseId/checklist': office({ body: () => ({ 'point-same-person': 'done' }) }),
};
