import type { Expectation } from './expectations.ts';

/** What officers do at their desks, by module and name. */
export const deskEndpoints: Record<string, Expectation> = {
  'cases.searchQueue': { who: 'queue', body: () => ({ find: 'by a stranger' }) },
  'cases.markPoint': {
    who: 'office',
    params: { pointId: 'same-person' },
    body: () => ({ mark: 'done', seen: 0 }),
  },
};

/** The same by pages. */
export const deskPages: Record<string, Expectation> = {
  'GET /office/search': { who: 'queue' },
  'POST /office/search': { who: 'queue', body: () => ({ q: 'by a stranger' }) },
  'GET /office/cases/:caseId/checklist': { who: 'queue' },
  'POST /office/cases/:caseId/checklist': { who: 'office', body: () => ({ 'point-same-person': 'done' }) },
};
