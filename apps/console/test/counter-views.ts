import { text } from '../../portal/test/sample-states.ts';
import { samples } from '../../portal/test/views.ts';
import { consolePages } from '../pages/index.ts';

const officeName = text('وزارة التعليم', 'Ministry of Education');
const empty = {
  officeName,
  states: [
    { value: 'BH', label: text('البحرين', 'Bahrain') },
    { value: 'SA', label: text('السعودية', 'Saudi Arabia') },
  ],
};
const visit = {
  officeName,
  visitId: samples.head.caseId,
  homeState: text('البحرين', 'Bahrain'),
  number: '47',
  until: '2026-11-24T08:03:00Z',
};

/** The counter, as officers see it. */
export const counterViews = [
  { page: consolePages.counter, example: 'filled', view: empty },
  {
    page: consolePages.counter,
    example: 'error',
    view: { ...empty, homeState: 'BH', errors: { state: false, nationalId: true } },
  },
  { page: consolePages.counterVisit, example: 'waiting', view: { ...visit, state: 'waiting' } },
  {
    page: consolePages.counterVisit,
    example: 'refused',
    view: { ...visit, state: 'refused', refusal: text('رفض صاحب الهاتف.', 'The person said no on the phone.') },
  },
  {
    page: consolePages.counterVisit,
    example: 'present',
    view: {
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
    },
  },
];
