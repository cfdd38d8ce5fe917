import { type Field, type PageContext, type PortalNeeds, textOf } from '#apps/portal';
import type { Text } from '#kernel/languages';
import type { Duty, Officer, OfficerCaseView } from '#modules/cases';
import { dayAt, isoOf } from './days.ts';
import { itemFields, itemsPosted, typedItems } from './items.ts';
import { paperFields, papersIn } from './papers.ts';

type Named = { id: string; text: Text };
/** A step with a page of its own: what it asks, whether it is open in this case, and what it does. */
export type StepPage = {
  path: string;
  /** What it takes of the officer's roles. */
  duty: Duty;
  title: Text;
  lead: Text;
  submit: Text;
  /** Whether the service lets it happen at all; absent where every service does. */
  isOffered?(view: OfficerCaseView): boolean;
  /** Whether it can be done now; `isMine`: the officer has taken the case. */
  isOpen(view: OfficerCaseView, isMine: boolean): boolean;
  fields(view: OfficerCaseView): Field[];
  quote?(view: OfficerCaseView): string | undefined;
  take(officer: Officer, view: OfficerCaseView, form: PageContext['form'], version: number): Promise<unknown>;
};

const appealOutcomes = ['uphold', 'approve', 'refuse'] as const;
const choicesOf = (named: Named[]) => named.map(({ id, text }) => ({ value: id, label: text }));
const listOf = (value: string | string[] | undefined): string[] =>
  Array.isArray(value) ? value : value ? [value] : [];
const ownWords: Field[] = [
  { name: 'words-ar', kind: 'textarea', label: { ar: 'بكلماتك، بالعربية', en: 'In your own words, in Arabic' } },
  { name: 'words-en', kind: 'textarea', label: { ar: 'بكلماتك، بالإنجليزية', en: 'In your own words, in English' } },
];
const wordsOf = (form: PageContext['form']) => ({
  ownWordsAr: textOf(form['words-ar']),
  ownWordsEn: textOf(form['words-en']),
});
const partsOf = (on: string) => {
  const [year, month, day] = on.split('-') as [string, string, string];
  return { day, month, year };
};
const reasonField = (reasons: Named[]): Field => ({
  name: 'reason',
  kind: 'radios',
  label: { ar: 'السبب', en: 'Reason' },
  hint: { ar: 'يقرؤه المتقدّم.', en: 'The applicant reads it.' },
  required: true,
  choices: choicesOf(reasons),
});

/** What an officer does with a case on a page of its own: ask, decide on an appeal, correct, reopen, cancel. */
export function createSteps(cases: PortalNeeds['cases']): StepPage[] {
  const change = (
    path: 'reopen' | 'cancel',
    words: Pick<StepPage, 'title' | 'lead' | 'submit'>,
    reasonsOf: (view: OfficerCaseView) => Named[],
    states: OfficerCaseView['state'][],
    take: typeof cases.reopenCase,
  ): StepPage => ({
    path,
    duty: 'decide',
    ...words,
    isOffered: (view) => reasonsOf(view).length > 0,
    // What was issued can be taken back for as long as it holds; nothing else is done about a case that is erased.
    isOpen: (view) => states.includes(view.state) && (path === 'cancel' || !view.erasedAt),
    fields: (view) => [reasonField(reasonsOf(view)), ...ownWords],
    take: (officer, view, form, expectedVersion) =>
      take(officer, view.id, { reasonId: textOf(form['reason']), ...wordsOf(form), expectedVersion }),
  });

  const steps: StepPage[] = [
    {
      path: 'ask',
      duty: 'work',
      title: { ar: 'طلب معلومات من المتقدّم', en: 'Ask the applicant for something' },
      lead: {
        ar: 'تتوقف مدة القرار حتى يرد المتقدّم أو تنتهي مدة الرد.',
        en: 'The time to decide stands still until the applicant answers or the time to answer ends.',
      },
      submit: { ar: 'إرسال الطلب', en: 'Send the request' },
      isOffered: (view) => view.requestChoices !== undefined,
      isOpen: (view, isMine) => isMine && view.state === 'in-review',
      fields: (view) => [
        {
          name: 'things',
          kind: 'checkboxes',
          label: { ar: 'ما الذي تطلبه؟', en: 'What do you ask for?' },
          choices: choicesOf(view.requestChoices!.things),
        },
        {
          name: 'pages',
          kind: 'checkboxes',
          label: { ar: 'صفحات أخرى يمكن تصحيحها', en: 'Other pages that may be corrected' },
          choices: view.requestChoices!.pages.map(({ id, title }) => ({ value: id, label: title })),
        },
        ...paperFields,
        ...ownWords,
        {
          name: 'days',
          kind: 'number',
          label: { ar: 'أيام العمل للرد', en: 'Working days to answer' },
          hint: {
            ar: `${view.requestChoices!.workingDaysMax} يومًا على الأكثر`,
            en: `At most ${view.requestChoices!.workingDaysMax}`,
          },
          required: true,
          value: String(view.requestChoices!.workingDays),
        },
      ],
      take: (officer, view, form, expectedVersion) =>
        cases.askForMore(officer, view.id, {
          thingIds: listOf(form['things']),
          pageIds: listOf(form['pages']),
          files: papersIn(form),
          ...wordsOf(form),
          workingDays: Number(textOf(form['days'])) || 0,
          expectedVersion,
        }),
    },
    {
      path: 'appeal',
      duty: 'decide',
      title: { ar: 'البتّ في التظلّم', en: 'Decide on the appeal' },
      lead: {
        ar: 'يبقى القرار أو يحلّ محله قرار جديد، مع بيان السبب بالعربية والإنجليزية.',
        en: 'The decision stays or a new one takes its place, with the reason in Arabic and in English.',
      },
      submit: { ar: 'البتّ والختم', en: 'Decide and seal' },
      isOpen: (view, isMine) => isMine && view.state === 'under-appeal' && !view.hadAHand,
      quote: (view) => view.appeals.at(-1)?.words,
      fields: (view) => [
        {
          name: 'outcome',
          kind: 'radios',
          label: { ar: 'القرار في التظلّم', en: 'Decision on the appeal' },
          required: true,
          choices: [
            { value: 'uphold', label: { ar: 'إبقاء القرار', en: 'The decision stays' } },
            { value: 'approve', label: { ar: 'قرار جديد: الموافقة', en: 'A new decision: approve' } },
            // What was granted in part is not taken away because somebody appealed.
            ...(view.decision?.outcome === 'approved-in-part'
              ? []
              : [{ value: 'refuse', label: { ar: 'قرار جديد: الرفض', en: 'A new decision: refuse' } }]),
          ],
        },
        ...itemFields(view),
        {
          name: 'reasons',
          kind: 'checkboxes',
          label: { ar: 'أسباب القرار الجديد', en: 'Reasons of a new decision' },
          choices: choicesOf(view.reasonChoices),
        },
        ...(view.conditionChoices.length > 0
          ? [
              {
                name: 'conditions',
                kind: 'checkboxes' as const,
                label: { ar: 'شروط الموافقة', en: 'Conditions of an approval' },
                choices: choicesOf(view.conditionChoices),
              },
            ]
          : []),
        ...ownWords.map((field) => ({ ...field, required: true })),
      ],
      take: (officer, view, form, expectedVersion) =>
        cases.decideAppeal(officer, view.id, {
          outcome: appealOutcomes.find((one) => one === textOf(form['outcome']))!,
          reasonIds: listOf(form['reasons']),
          conditionIds: listOf(form['conditions']),
          ...itemsPosted(textOf(form['outcome']), typedItems(form, view.itemChoices)),
          ...wordsOf(form),
          expectedVersion,
        }),
    },
    {
      path: 'correct',
      duty: 'decide',
      title: { ar: 'تصحيح الوثيقة', en: 'Correct the document' },
      lead: {
        ar: 'تصدر وثيقة جديدة، وتُظهر الوثيقة السابقة عند التحقق أن أحدث منها حلّت محلها.',
        en: 'A new document is issued. Whoever verifies the old one reads that a newer one has taken its place.',
      },
      submit: { ar: 'تصحيح وإصدار', en: 'Correct and issue' },
      isOffered: (view) => (view.changeChoices?.fields.length ?? 0) > 0,
      isOpen: (view) => view.state === 'approved' || view.state === 'refused',
      fields: (view) => [
        reasonField(view.changeChoices!.corrections),
        ...view.changeChoices!.fields.map(
          (field): Field => ({
            name: field.path,
            kind: 'text',
            label: field.label,
            hint: { ar: `في الوثيقة الآن: ${field.value}`, en: `In the document now: ${field.value}` },
            value: field.value,
            lengthMax: 200,
          }),
        ),
        ...ownWords,
      ],
      take: (officer, view, form, expectedVersion) =>
        cases.correctDecision(officer, view.id, {
          reasonId: textOf(form['reason']),
          ...wordsOf(form),
          fields: Object.fromEntries(
            view.changeChoices!.fields.flatMap(({ path }) => {
              const value = textOf(form[path]).trim();
              return value ? [[path, value]] : [];
            }),
          ),
          expectedVersion,
        }),
    },
    change(
      'reopen',
      {
        title: { ar: 'إعادة فتح الطلب', en: 'Reopen the case' },
        lead: {
          ar: 'يبقى القرار ساريًا حتى يحلّ محله قرار آخر.',
          en: 'The decision stands until another takes its place.',
        },
        submit: { ar: 'إعادة الفتح', en: 'Reopen it' },
      },
      (view) => view.changeChoices?.reopenings ?? [],
      ['approved', 'refused'],
      cases.reopenCase,
    ),
    change(
      'cancel',
      {
        title: { ar: 'إلغاء القرار', en: 'Cancel the decision' },
        lead: {
          ar: 'تُلغى الوثيقة والشهادة الرقمية فورًا، ويُبلَّغ المتقدّم بالسبب. لا رجعة في ذلك.',
          en: 'The document and the credential end at once, and the applicant is told why. It cannot be undone.',
        },
        submit: { ar: 'إلغاء القرار', en: 'Cancel it' },
      },
      (view) => view.changeChoices?.cancellations ?? [],
      ['approved'],
      cases.cancelDecision,
    ),
    {
      path: 'hold',
      duty: 'supervise',
      title: { ar: 'حفظ الطلب مدة أطول', en: 'Keep the case longer' },
      lead: {
        ar: 'عندما يقتضي قانون أو محكمة حفظ ما في الطلب بعد مدته. يقرأ المتقدّم إلى متى، ولا يقرأ السبب.',
        en: 'Where a law or a court wants what it holds to be kept beyond its time. The applicant reads until when, and not why.',
      },
      submit: { ar: 'حفظه حتى هذا اليوم', en: 'Keep it until that day' },
      isOpen: (view) => view.mayHold,
      fields: (view) => [
        {
          name: 'reason',
          kind: 'textarea',
          label: { ar: 'القانون أو المحكمة، ورقم القضية', en: 'Which law or court, and the number of the matter' },
          required: true,
          value: view.hold?.reason,
        },
        {
          name: 'until',
          kind: 'date',
          label: { ar: 'آخر يوم للحفظ', en: 'The last day' },
          required: true,
          ...(view.hold ? { value: partsOf(view.hold.untilOn) } : {}),
        },
      ],
      take: (officer, view, form) =>
        cases.keepLonger(officer, view.id, {
          reason: textOf(form['reason']),
          untilOn: isoOf(dayAt((name) => textOf(form[name]).trim(), 'until')),
        }),
    },
    {
      path: 'end-hold',
      duty: 'supervise',
      title: { ar: 'إنهاء تمديد الحفظ', en: 'End the longer keeping' },
      lead: {
        ar: 'يُمحى ما في الطلب إذا كانت مدته قد انتهت. لا رجعة في ذلك.',
        en: 'What the case holds is erased if its time is over. It cannot be undone.',
      },
      submit: { ar: 'إنهاء التمديد', en: 'End it' },
      isOpen: (view) => view.mayHold && view.hold !== undefined,
      fields: () => [],
      take: (officer, view) => cases.endHold(officer, view.id),
    },
  ];
  return steps.map((step) => {
    const isOffered = (view: OfficerCaseView) => view.duties.includes(step.duty) && (step.isOffered?.(view) ?? true);
    return { ...step, isOffered, isOpen: (view, isMine) => isOffered(view) && step.isOpen(view, isMine) };
  });
}
