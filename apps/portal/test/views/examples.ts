import type { OfficeName } from '../../components/values.tsx';
import type { Page } from '../../page.tsx';
import { states, text } from '../sample-states.ts';

// What the examples of several subjects have in common.

export const moeSa: OfficeName = { names: text('وزارة التعليم', 'Ministry of Education'), state: states.SA };
export const moeBh: OfficeName = { names: text('وزارة التربية والتعليم', 'Ministry of Education'), state: states.BH };
export const igaBh: OfficeName = {
  names: text('هيئة المعلومات والحكومة الإلكترونية', 'Information and eGovernment Authority'),
  state: states.BH,
};
export const sioBh: OfficeName = {
  names: text('الهيئة العامة للتأمين الاجتماعي', 'Social Insurance Organization'),
  state: states.BH,
};
export const fatima = text('فاطمة أحمد الحداد', 'Fatima Ahmed Alhaddad');
export const recognition = text(
  'الاعتراف بشهادة جامعية من دولة خليجية',
  'Recognition of a university degree from a Gulf state',
);
export const purpose = text('الاعتراف بشهادتك للعمل في السعودية', 'Recognising your degree for work in Saudi Arabia');
export const head = {
  caseId: '01998f3e-7c1a-7b52-9d0e-3f6a1c2b4d5e',
  reference: 'SA-2026-00417',
  serviceTitle: recognition,
};
export const headOf = (id: string) => ({ ...head, caseId: id });

export type Example<View> = {
  page: Page<View>;
  example: string;
  view: View;
  stateCode: keyof typeof states;
  isSignedIn: boolean;
};

/** Examples of one subject, in the order in which they are added. */
export function createExamples() {
  const examples: Example<never>[] = [];
  const add = <View>(
    page: Page<View>,
    example: string,
    view: View,
    stateCode: keyof typeof states,
    isSignedIn = false,
  ): void => {
    examples.push({ page, example, view, stateCode, isSignedIn } as unknown as Example<never>);
  };
  return { examples, add };
}
