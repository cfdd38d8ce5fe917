import { type Expectation, nobody, office, queue } from './kinds.ts';

/** What officers do at their desks, by module and name. */
export const deskEndpoints: Record<string, Expectation> = {
  'cases.countQueue': queue(),
  'cases.stepMany': queue({ body: ({ caseId }) => ({ step: 'take', caseIds: [caseId!] }) }),
  'cases.listViews': queue(),
  'cases.keepView': queue({ body: () => ({ name: 'by a stranger', filters: { show: 'mine' } }) }),
  'cases.dropView': queue({ params: { viewId: nobody } }),
  'cases.listColleagues': queue(),
  'cases.listAbsences': queue(),
  'cases.enterAbsence': queue({ body: () => ({ fromOn: '2020-01-01', untilOn: '2020-01-02' }) }),
  'cases.endAbsence': queue({ params: { absenceId: nobody } }),
  'cases.readWorkload': queue(),
  'cases.listOfficerSteps': queue(),
  'cases.listComparables': office(),
  'cases.assignCase': office({ body: () => ({ officerId: nobody }) }),
  'cases.searchQueue': queue({ body: () => ({ find: 'by a stranger' }) }),
  'cases.markPoint': office({ params: { pointId: 'same-person' }, body: () => ({ mark: 'done', seen: 0 }) }),
};

/** The same by pages. */
export const deskPages: Record<string, Expectation> = {
  'GET /office/counter': queue(),
  'POST /office/counter': queue({ body: () => ({ state: 'BH', nationalId: '' }) }),
  'GET /office/counter/:visitId': office({ params: { visitId: nobody } }),
  'POST /office/counter/:visitId': office({ params: { visitId: nobody } }),
  'GET /office/counter/:visitId/state': office({ params: { visitId: nobody } }),
  'GET /office/search': queue(),
  'POST /office/search': queue({ body: () => ({ q: 'by a stranger' }) }),
  'GET /office/cases/:caseId/checklist': queue(),
  'GET /office/cases/:caseId/assign': queue(),
  'POST /office/cases/:caseId/assign': office({ body: () => ({ colleague: nobody }) }),
  'POST /office/cases/:caseId/checklist': office({ body: () => ({ 'point-same-person': 'done' }) }),
};
