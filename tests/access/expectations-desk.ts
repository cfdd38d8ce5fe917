import type { Expectation } from './expectations.ts';

const nobody = '019ab0c0-7c00-7000-8000-000000000000';

/** What officers do at their desks, by module and name. */
export const deskEndpoints: Record<string, Expectation> = {
  'cases.countQueue': { who: 'queue' },
  'cases.stepMany': { who: 'queue', body: ({ caseId }) => ({ step: 'take', caseIds: [caseId!] }) },
  'cases.listViews': { who: 'queue' },
  'cases.keepView': { who: 'queue', body: () => ({ name: 'by a stranger', filters: { show: 'mine' } }) },
  'cases.dropView': { who: 'queue', params: { viewId: nobody } },
  'cases.listColleagues': { who: 'queue' },
  'cases.listAbsences': { who: 'queue' },
  'cases.enterAbsence': { who: 'queue', body: () => ({ fromOn: '2020-01-01', untilOn: '2020-01-02' }) },
  'cases.endAbsence': { who: 'queue', params: { absenceId: nobody } },
  'cases.readWorkload': { who: 'queue' },
  'cases.listOfficerSteps': { who: 'queue' },
  'cases.listComparables': { who: 'office' },
  'cases.searchQueue': { who: 'queue', body: () => ({ find: 'by a stranger' }) },
  'cases.markPoint': {
    who: 'office',
    params: { pointId: 'same-person' },
    body: () => ({ mark: 'done', seen: 0 }),
  },
};

/** The same by pages. */
export const deskPages: Record<string, Expectation> = {
  'GET /office/counter': { who: 'queue' },
  'POST /office/counter': { who: 'queue', body: () => ({ state: 'BH', nationalId: '' }) },
  'GET /office/counter/:visitId': { who: 'office', params: { visitId: nobody } },
  'POST /office/counter/:visitId': { who: 'office', params: { visitId: nobody } },
  'GET /office/counter/:visitId/state': { who: 'office', params: { visitId: nobody } },
  'GET /office/search': { who: 'queue' },
  'POST /office/search': { who: 'queue', body: () => ({ q: 'by a stranger' }) },
  'GET /office/cases/:caseId/checklist': { who: 'queue' },
  'POST /office/cases/:caseId/checklist': { who: 'office', body: () => ({ 'point-same-person': 'done' }) },
};
