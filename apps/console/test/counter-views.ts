import type { Page } from '../../portal/page.tsx';
import { text } from '../../portal/test/sample-states.ts';
import { samples } from '../../portal/test/views.ts';
import { consolePages } from '../pages/index.ts';

const office = text('وزارة التعليم', 'Ministry of Education');

/** The counter, as officers see it. */
export function addCounter(add: <View>(page: Page<View>, example: string, view: View) => void): void {
  const counterView = {
    officeName: office,
    states: [
      { value: 'BH', label: text('البحرين', 'Bahrain') },
      { value: 'SA', label: text('السعودية', 'Saudi Arabia') },
    ],
  };
  add(consolePages.counter, 'filled', counterView);
  add(consolePages.counter, 'error', { ...counterView, homeState: 'BH', errors: { state: false, nationalId: true } });
  const visit = {
    officeName: office,
    visitId: samples.head.caseId,
    homeState: text('البحرين', 'Bahrain'),
    number: '47',
    until: '2026-11-24T08:03:00Z',
  };
  add(consolePages.counterVisit, 'waiting', { ...visit, state: 'waiting' });
  add(consolePages.counterVisit, 'refused', {
    ...visit,
    state: 'refused',
    refusal: text('رفضت الدخول على الهاتف.', 'The phone said no.'),
  });
  add(consolePages.counterVisit, 'present', {
    ...visit,
    state: 'present',
    present: {
      level: 'substantial',
      at: '2026-11-24T08:01:00Z',
      cases: [
        {
          id: samples.head.caseId,
          reference: samples.head.reference,
          serviceTitle: samples.recognition,
          stateText: text('قيد المراجعة', 'Being reviewed'),
        },
      ],
    },
  });
}
