import { createMachine, transition } from 'xstate';
import { type CaseState, problem } from './contract.ts';

/** What the law makes of a case whose due day ends in silence. Nobody of the office acts. */
const silence = {
  'silence-approve': 'approved',
  'silence-refuse': 'refused',
} as const;

/** The legal states of a case and every step between them. What is not here cannot happen. */
export const caseChart = createMachine({
  id: 'case',
  initial: 'draft',
  states: {
    draft: {
      on: {
        'receive-evidence': 'draft',
        'save-answers': 'draft',
        'lose-consent': 'draft',
        submit: 'submitted',
        withdraw: 'withdrawn',
        stop: 'stopped',
        expire: 'expired',
      },
    },
    submitted: {
      on: {
        ...silence,
        escalate: 'submitted',
        // A consent it stands on was withdrawn: it stands still until there is a new one, or ends.
        'lose-consent': 'submitted',
        'receive-evidence': 'submitted',
        lapse: 'withdrawn',
        'decide-by-rules-approve': 'approved',
        'decide-by-rules-refuse': 'refused',
        take: 'in-review',
        withdraw: 'withdrawn',
        stop: 'stopped',
      },
    },
    'in-review': {
      on: {
        check: 'in-review',
        ...silence,
        escalate: 'in-review',
        'lose-consent': 'in-review',
        'receive-evidence': 'in-review',
        lapse: 'withdrawn',
        take: 'in-review',
        release: 'submitted',
        ask: 'waiting-for-person',
        approve: 'approved',
        refuse: 'refused',
        propose: 'to-confirm',
        withdraw: 'withdrawn',
        stop: 'stopped',
        // Of a decision that was reopened before its document was made.
        'attach-document': 'in-review',
      },
    },
    // The office's clock stands still until the person has answered or the time to answer has ended.
    'waiting-for-person': {
      on: {
        check: 'waiting-for-person',
        take: 'waiting-for-person',
        'save-answers': 'waiting-for-person',
        'lose-consent': 'waiting-for-person',
        'receive-evidence': 'waiting-for-person',
        answer: 'in-review',
        'miss-answer': 'in-review',
        lapse: 'withdrawn',
        withdraw: 'withdrawn',
        stop: 'stopped',
        'attach-document': 'waiting-for-person',
      },
    },
    // A second officer, never the one who proposed the decision, confirms it or sends it back.
    'to-confirm': {
      on: {
        check: 'to-confirm',
        ...silence,
        escalate: 'to-confirm',
        // What was proposed rested on it.
        'lose-consent': 'in-review',
        'confirm-approve': 'approved',
        'confirm-refuse': 'refused',
        'send-back': 'in-review',
        withdraw: 'withdrawn',
        stop: 'stopped',
        'attach-document': 'to-confirm',
      },
    },
    approved: {
      on: {
        'attach-document': 'approved',
        appeal: 'under-appeal',
        correct: 'approved',
        reopen: 'in-review',
        cancel: 'cancelled',
      },
    },
    refused: {
      on: { 'attach-document': 'refused', appeal: 'under-appeal', correct: 'refused', reopen: 'in-review' },
    },
    'under-appeal': {
      on: {
        check: 'under-appeal',
        escalate: 'under-appeal',
        take: 'under-appeal',
        release: 'under-appeal',
        'uphold-approve': 'approved',
        'uphold-refuse': 'refused',
        'replace-approve': 'approved',
        'replace-refuse': 'refused',
        'attach-document': 'under-appeal',
      },
    },
    withdrawn: {},
    // The office took back what it had approved.
    cancelled: {},
    // A draft that nobody went on with: what it held is erased.
    expired: {},
    // The person has died: nothing is decided, and the office knows why.
    stopped: {},
  },
});

export type Step =
  | 'receive-evidence'
  | 'lose-consent'
  | 'save-answers'
  | 'submit'
  | 'withdraw'
  | 'stop'
  | 'expire'
  | 'take'
  | 'check'
  | 'release'
  | 'ask'
  | 'answer'
  | 'miss-answer'
  | 'lapse'
  | 'approve'
  | 'refuse'
  | 'propose'
  | 'confirm-approve'
  | 'confirm-refuse'
  | 'send-back'
  | 'escalate'
  | 'silence-approve'
  | 'silence-refuse'
  | 'appeal'
  | 'uphold-approve'
  | 'uphold-refuse'
  | 'replace-approve'
  | 'replace-refuse'
  | 'correct'
  | 'reopen'
  | 'cancel'
  | 'decide-by-rules-approve'
  | 'decide-by-rules-refuse'
  | 'attach-document';

export function mayTake(state: CaseState, step: Step): boolean {
  return caseChart.resolveState({ value: state }).can({ type: step });
}

const stepsOfDraft: readonly Step[] = ['save-answers', 'receive-evidence', 'submit'];

/** The state after a step. Refuses a step that the chart does not know from here. */
export function stepTo(state: CaseState, step: Step): CaseState {
  if (!mayTake(state, step)) throw problem(stepsOfDraft.includes(step) ? 'case-not-open' : 'case-step-refused');
  const [next] = transition(caseChart, caseChart.resolveState({ value: state }), { type: step });
  return next.value as CaseState;
}

export function whoseTurn(state: CaseState): 'person' | 'office' | 'nobody' {
  if (state === 'draft' || state === 'waiting-for-person') return 'person';
  return officeStates.includes(state) ? 'office' : 'nobody';
}

/** States in which the office owes the next step, and its clock runs. */
export const officeStates: readonly CaseState[] = ['submitted', 'in-review', 'to-confirm', 'under-appeal'];
/** What is in an office's queue: also what waits for the person. */
export const openStates: readonly CaseState[] = [...officeStates, 'waiting-for-person'];
export const decidedStates: readonly CaseState[] = ['approved', 'refused', 'cancelled'];
/** Nothing more is owed by anybody: from here retention is counted. */
export const endStates: readonly CaseState[] = [...decidedStates, 'withdrawn', 'expired', 'stopped'];
