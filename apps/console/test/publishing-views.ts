import { join } from 'node:path';
import { loadServices, runEligibilityTests, runTests } from '#modules/catalogue';
import { compareFiles, editForm, listTextsOf, putTerms, putTexts, refuseSetting, textFiles } from '#modules/publishing';
import { consolePages, type DraftHead } from '../pages/index.ts';
import { serviceWords } from '../pages/publishing/service-words.ts';
import { words } from '../pages/publishing/words.ts';
import { answerFields } from '../publishing-answers.ts';
import { beginningFields } from '../publishing-beginning.ts';
import { shapeGroups, testGroups } from '../publishing-eligibility.ts';
import { requirementGroups } from '../publishing-evidence.ts';
import { factGroups, inputGroups, shownGroups } from '../publishing-facts.ts';
import { formParts } from '../publishing-form.ts';
import { placed } from '../publishing-places.ts';
import { reasonGroups } from '../publishing-reasons.ts';
import { exemptionGroups, termsFields } from '../publishing-terms.ts';

const { published, concepts } = await loadServices(join(import.meta.dirname, '..', '..', '..', 'services'), 'SA');
const service = published.find(({ listing }) => listing.id === 'degree-recognition')!.service!;
const school = published.find(({ listing }) => listing.id === 'gcc-school-enrolment')!.service!;
const catalogue = {
  listThemes: () => concepts.vocabulary.themes,
  listLifeEvents: () => concepts.vocabulary.lifeEvents,
} as Parameters<typeof beginningFields>[0]['catalogue'];
const grants = [
  {
    purpose: 'degree-recognition',
    evidence_type: 'person-identity',
    fields: ['full_name_ar', 'full_name_latin', 'birth_date', 'nationality', 'national_id'],
  },
];
const formTools = {
  registers: () => [{ name: 'schools', names: { ar: 'مدارس الدولة', en: 'Schools of the state' } }],
  currency: 'SAR',
};
const { files } = service;
const title = { ar: 'معادلة شهادة من دولة خليجية', en: 'Recognition of a degree of a Gulf state' };
const changed = putTerms(
  editForm(putTexts(files, 'service.json', { title }), { kind: 'remove-question', id: 'sector' }),
  { code: 'SA', currency: 'SAR' },
  { workingDays: 7 },
);
const differences = await compareFiles(files, changed);
const draftId = '019ab0c0-7c00-7000-8000-000000000002';
const head: DraftHead = {
  draftId,
  serviceId: service.id,
  title: service.definition.title,
  state: 'open',
  revision: 3,
  mayEdit: true,
};
const problem = {
  ar: 'تغيّرت المسودة بعد أن اطّلعت عليها.',
  en: 'Somebody changed the draft since you looked.',
};
const finding = { file: 'form.json', problem: "the question 'email' has no schema" };
const tests = runTests(service);
const [failing, ...passing] = tests;
const failed = { ...failing!, differences: [{ what: 'outcome' as const, expected: 'approve', came: 'review' }] };
const eligibilityTests = runEligibilityTests(service);
const by = 'p1';
const name = { ar: 'نورة العتيبي', en: 'Noura Alotaibi' };
const versions = [
  {
    version: '3f2a9c0b1d4e5f60',
    label: '1.2.0',
    publishedAt: '2026-11-20T08:00:00Z',
    inForceFrom: '2026-12-01T05:00:00Z',
    state: 'scheduled' as const,
  },
  { version: service.version, label: '1.1.0', publishedAt: '2026-11-01T08:00:00Z', state: 'in-force' as const },
];
const draft = { draftId, state: 'open' as const, revision: 3, changedAt: '2026-11-28T08:00:00Z' };
const table = service.decisions.decisions.flatMap(({ name: of, logic }) =>
  logic.kind === 'table' && of === 'Findings' ? [logic] : [],
)[0]!;
const state = { code: 'SA', currency: { code: 'SAR', decimals: 2 } } as Parameters<typeof termsFields>[1];

export const publishingViews = [
  {
    page: consolePages.editableServices,
    example: 'filled',
    view: {
      services: [
        { serviceId: service.id, title: service.definition.title, version: service.version, label: '1.1.0', draft },
        { serviceId: 'gcc-school-enrolment', title, version: service.version, label: '1.0.0' },
        { serviceId: 'study-leave', title: { ar: 'إجازة دراسية', en: 'Study leave' }, label: '1.0.0', draft },
      ],
      mayBegin: true,
    },
  },
  {
    page: consolePages.newService,
    example: 'refused',
    view: {
      start: { name: 'from', kind: 'choice', label: serviceWords.start, hint: serviceWords.startHint, choices: [] },
      office: { ar: 'وزارة التعليم', en: 'Ministry of Education' },
      fields: beginningFields(
        { state, catalogue },
        { services: [], purposes: ['school-enrolment'], office: title },
        {},
      ),
      problem: refuseSetting('life-event-missing').messages,
    },
  },
  ...(
    [
      ['facts', factGroups(catalogue, files, undefined)],
      ['evidence', requirementGroups(files, grants, 'SA', undefined)],
      ['reasons', reasonGroups(files, undefined)],
      ['inputs', inputGroups(files, ['Recognition', 'Findings'], undefined)],
      ['shown', shownGroups(files, undefined)],
    ] as const
  ).map(([part, groups]) => ({
    page: consolePages.draftFields,
    example: part,
    view: {
      ...head,
      ...(part === 'evidence' ? { mayEdit: false, lead: serviceWords.agreed } : {}),
      heading: serviceWords[part],
      action: `/office/drafts/${draftId}/${part}`,
      groups,
      others: [],
    },
  })),
  {
    page: consolePages.editableService,
    example: 'compared',
    view: {
      serviceId: service.id,
      title: service.definition.title,
      versions,
      drafts: [],
      mayEdit: true,
      mayPause: true,
      pauses: [
        {
          reason: { ar: 'يُنقل السجل إلى نظام جديد.', en: 'The register moves to a new system.' },
          startsAt: '2026-11-29T05:00:00.000Z',
          endsAt: '2026-12-01T05:00:00.000Z',
          isOn: true,
        },
        {
          reason: { ar: 'ينتهي موسم التقديم.', en: 'The season for applying ends.' },
          startsAt: '2027-03-31T21:00:00.000Z',
          endsAt: '2027-10-01T05:00:00.000Z',
          isOn: false,
        },
      ],
      compared: { before: versions[1]!.version, after: versions[0]!.version, differences },
    },
  },
  {
    page: consolePages.editableService,
    example: 'pause-refused',
    view: {
      serviceId: service.id,
      title: service.definition.title,
      versions,
      drafts: [],
      mayEdit: false,
      mayPause: true,
      pauses: [],
      refused: {
        problem: { ar: 'اذكر السبب باللغتين.', en: 'Say in both languages why.' },
        typed: { ar: 'صيانة', en: '', from: '', moment: '' },
      },
    },
  },
  {
    page: consolePages.draft,
    example: 'open',
    view: {
      ...head,
      problem,
      findings: placed([finding], `/office/drafts/${draftId}`, { texts: textFiles, tables: ['Findings'] }),
      tests: [failed, ...passing],
      eligibilityTests,
      differences,
      against: service.version,
      textFiles,
      tables: ['Findings', 'Recognition', 'Conditions', 'Eligibility'],
      steps: [
        { kind: 'opened' as const, by, at: '2026-11-28T07:00:00Z', revision: 1, body: {}, name },
        { kind: 'edited' as const, by, at: '2026-11-28T07:10:00Z', revision: 2, body: { file: 'form.json' }, name },
      ],
      may: { submit: false, publish: false, isPublisher: false },
      moment: '',
      why: '',
    },
  },
  {
    page: consolePages.draft,
    example: 'submitted',
    view: {
      ...head,
      state: 'submitted' as const,
      mayEdit: false,
      findings: [],
      tests: passing,
      differences,
      against: service.version,
      textFiles,
      tables: ['Findings'],
      steps: [{ kind: 'submitted' as const, by, at: '2026-11-28T07:20:00Z', revision: 3, body: {}, name }],
      may: { submit: false, publish: true, isPublisher: true },
      moment: '',
      why: '',
    },
  },
  {
    page: consolePages.draftTexts,
    example: 'changed meanwhile',
    view: {
      ...head,
      problem,
      changed: differences.slice(0, 2),
      file: 'texts.json',
      others: [finding],
      fields: listTextsOf(files, 'texts.json').map(({ path, words: of, value }, at) => ({
        path: path.join('.'),
        words: of,
        value,
        problems: at === 1 ? [`${path.join('.')}: the Arabic text is empty`] : [],
      })),
    },
  },
  {
    page: consolePages.draftRules,
    example: 'filled',
    view: {
      ...head,
      table: 'Findings',
      hitPolicy: table.hitPolicy,
      inputs: table.inputs.map(({ expression }) => expression),
      outputs: table.outputs.map((output) => output.name),
      rows: table.rules
        .slice(0, 4)
        .map((row, at) => ({ ...row, problems: at === 1 ? [`Findings, row 2: '"x' is not FEEL (x)`] : [] })),
      others: [],
    },
  },
  {
    page: consolePages.draftFields,
    example: 'terms',
    view: {
      ...head,
      heading: words.terms,
      action: `/office/drafts/${draftId}/terms`,
      groups: [{ fields: termsFields(changed, state, {}) }, ...exemptionGroups(changed, {})],
      others: [],
      mayRemove: true,
      result: failed,
    },
  },
  {
    page: consolePages.draftTests,
    example: 'filled',
    view: { ...head, tests, eligibilityTests, others: [finding] },
  },
  {
    page: consolePages.draftFields,
    example: 'the check before applying',
    view: {
      ...head,
      heading: words.eligibility,
      action: `/office/drafts/${draftId}/eligibility`,
      groups: shapeGroups(files, {}),
      others: [{ file: 'eligibility.dmn', problem: "the reason 'other' is given by no row" }],
    },
  },
  {
    page: consolePages.draftFields,
    example: 'a test case of the check',
    view: {
      ...head,
      heading: words.addEligibilityTest,
      action: `/office/drafts/${draftId}/eligibility-tests/clear`,
      groups: testGroups(service, service.tests!.eligibility![0], {}),
      others: [],
      mayRemove: true,
      result: eligibilityTests[0]!,
    },
  },
  {
    page: consolePages.draftForm,
    example: 'a group, a look-up and files',
    view: {
      ...head,
      problem: refuseSetting('file-types-missing').messages,
      ...formParts(
        school.form.definition,
        [{ file: 'form.json', problem: "the question 'email' has no schema" }, finding],
        { posted: { question: 'reports', do: 'save', 'reports.megabytes': '20' }, asked: 'group' },
        formTools,
      ),
    },
  },
  {
    page: consolePages.draftTemplate,
    example: 'refused line',
    view: {
      ...head,
      problem: refuseSetting('template-faulty', { line: 3, column: 2, why: 'unknown variable: nobody' }).messages,
      source: '= #say(data.title)\n\n#nobody(data.title)\n',
      isTyped: true,
      fault: { line: 3, text: '#nobody(data.title)' },
      cases: service.tests!.cases.map(({ id, title: label }) => ({ value: id, label })),
      testId: '',
      pictures: [],
      others: [],
    },
  },
  {
    page: consolePages.draftForm,
    example: 'to add a group',
    view: { ...head, ...formParts(service.form.definition, [], { asked: 'group' }, formTools) },
  },
  {
    page: consolePages.draftFields,
    example: 'a test case with a group',
    view: {
      ...head,
      heading: words.addTest,
      action: `/office/drafts/${draftId}/tests/new`,
      groups: [{ title: words.answers, fields: answerFields(school, school.tests!.cases[0]!.answers, undefined) }],
      others: [],
    },
  },
];
