import type { Service } from '#modules/catalogue';
import { caseChart, endStates, type Step, whoseTurn } from '../chart.ts';
import { draftKeptDays } from '../drafts/rules.ts';
import { consentWorkingDays } from '../losses/rules.ts';
import type { CaseState } from '../states.ts';
import { stateWords } from '../words.ts';
import type { Process, ProcessState, ProcessStep } from './contract.ts';
import { stepTable } from './words.ts';

type Time = NonNullable<ProcessStep['time']>;
const working = (days: number, max?: number): Time => ({
  days,
  unit: 'working-days',
  ...(max === undefined ? {} : { max }),
});

/** Whether the rules of a service let a step happen at all; a part of casework.json that is absent does not. */
function mayHappen(step: Step, from: CaseState, { casework }: Pick<Service, 'casework'>): boolean {
  const { requests, decisions, checklist, appeals, changes, deadline } = casework;
  const isAny = (words: Record<string, unknown> | undefined) => Object.keys(words ?? {}).length > 0;
  switch (step) {
    case 'ask':
    case 'answer':
      return requests !== undefined;
    case 'miss-answer':
      return requests?.unanswered === 'return';
    case 'propose':
    case 'confirm-approve':
    case 'confirm-refuse':
    case 'send-back':
      return (decisions?.secondOfficer.length ?? 0) > 0;
    case 'check':
      return checklist !== undefined;
    case 'appeal':
      return appeals !== undefined && (from !== 'refused' || appeals.against.includes('refusal'));
    case 'correct':
      return (changes?.fields.length ?? 0) > 0;
    case 'reopen':
      return isAny(changes?.reopenings);
    case 'cancel':
      return isAny(changes?.cancellations);
    case 'escalate':
      return deadline !== undefined;
    case 'silence-approve':
      return deadline?.silence?.outcome === 'approve';
    case 'silence-refuse':
      return deadline?.silence?.outcome === 'refuse';
    default:
      return true;
  }
}

function timeOfStep(step: Step, from: CaseState, { casework, definition }: Service): Time | undefined {
  switch (step) {
    case 'expire':
      return { days: draftKeptDays, unit: 'days' };
    case 'silence-approve':
    case 'silence-refuse':
      return working(definition.serviceLevel.workingDays);
    case 'appeal':
      return working(casework.appeals!.workingDays);
    case 'answer':
    case 'miss-answer':
      return working(casework.requests!.workingDays, casework.requests!.workingDaysMax);
    case 'lapse':
      return from === 'waiting-for-person' && casework.requests?.unanswered === 'withdraw'
        ? working(casework.requests.workingDays, casework.requests.workingDaysMax)
        : working(consentWorkingDays);
    default:
      return undefined;
  }
}

function timeIn(state: CaseState, { casework, definition }: Service): Time | undefined {
  if (state === 'draft') return { days: draftKeptDays, unit: 'days' };
  if (state === 'under-appeal') return casework.appeals && working(casework.appeals.decisionWorkingDays);
  if (state === 'waiting-for-person')
    return casework.requests && working(casework.requests.workingDays, casework.requests.workingDaysMax);
  return whoseTurn(state) === 'office' ? working(definition.serviceLevel.workingDays) : undefined;
}

type Config = { states: Record<CaseState, { on?: Partial<Record<Step, CaseState>> }> };

/** The chart as it is for one version of a service: only states that can be reached, only steps that can happen. */
export function processOf(service: Service): Process {
  const { states } = caseChart.config as unknown as Config;
  const stepsFrom = (from: CaseState): ProcessStep[] =>
    (Object.entries(states[from].on ?? {}) as Array<[Step, CaseState]>)
      .filter(([step]) => mayHappen(step, from, service))
      .map(([event, target]) => {
        const time = timeOfStep(event, from, service);
        return { event, target, ...stepTable[event], ...(time ? { time } : {}) };
      });
  const reached = new Set<CaseState>(['draft']);
  for (const state of reached) for (const { target } of stepsFrom(state)) reached.add(target);
  const described = (Object.keys(states) as CaseState[])
    .filter((state) => reached.has(state))
    .map((id): ProcessState => {
      const time = timeIn(id, service);
      return {
        id,
        text:
          id === 'to-confirm' ? { ar: 'بانتظار تأكيد موظف ثانٍ', en: 'Waiting for a second officer' } : stateWords[id],
        whoseTurn: whoseTurn(id),
        isFinal: endStates.includes(id),
        ...(time ? { time } : {}),
        steps: stepsFrom(id),
      };
    });
  return {
    serviceId: service.definition.id,
    serviceVersion: service.version,
    versionLabel: service.definition.version,
    title: service.definition.title,
    initial: 'draft',
    states: described,
  };
}
