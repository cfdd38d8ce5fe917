import { type Field, type PageAnswer, type PageContext, type PageRoute, type PortalNeeds, textOf } from '#apps/portal';
import type { Text } from '#kernel/languages';
import { latinDigits } from '#kernel/words';
import type { ServiceDefinition, ServiceFiles } from '#modules/catalogue';
import {
  type Draft,
  type Facts,
  factsOf,
  putFacts,
  putInputs,
  putReasons,
  putRequirements,
  putShown,
  readableIn,
  showableIn,
  shownIn,
} from '#modules/publishing';
import { consolePages } from './pages/index.ts';
import { channelNames, serviceWords as words } from './pages/publishing/service-words.ts';
import { words as allWords } from './pages/publishing/words.ts';
import { factFields, factsIn } from './publishing-beginning.ts';
import type { DraftPages, Told } from './publishing-drafts.ts';
import { readRequirements, requirementGroups } from './publishing-evidence.ts';
import { both, type Group, line, listIn, tick } from './publishing-plain.ts';
import { linesOf } from './publishing-questions.ts';
import { readReasons, reasonGroups } from './publishing-reasons.ts';

type Posted = PageContext['form'];
const officer = 'officer' as const;
const ofDraft = '/office/drafts/:draftId';
const units = [
  { value: 'D', label: words.days },
  { value: 'M', label: words.months },
  { value: 'Y', label: words.years },
];

const definitionIn = (files: ServiceFiles): ServiceDefinition => JSON.parse(files['service.json']!);
export function factGroups(
  catalogue: Pick<PortalNeeds['catalogue'], 'listThemes' | 'listLifeEvents'>,
  files: ServiceFiles,
  typed: Posted | undefined,
): Group[] {
  const facts = factsOf(files);
  const held = (name: string, value: string) => (typed ? textOf(typed[name]) : value);
  const time = (name: string, label: Text, duration: string | undefined, required: boolean): Field[] => [
    { name, kind: 'number', label, required, value: held(name, duration?.slice(1, -1) ?? '') },
    {
      name: `${name}.unit`,
      kind: 'choice',
      required,
      label: { ar: `${label.ar}: ${words.unit.ar}`, en: `${label.en}: ${words.unit.en}` },
      value: held(`${name}.unit`, duration?.at(-1) ?? ''),
      choices: units,
    },
  ];
  const laws = definitionIn(files).legalBasis;
  return [
    { fields: factFields(catalogue, facts, typed) },
    {
      title: words.channels,
      fields: facts.channels.map(({ kind, url }) => ({
        name: `url.${kind}`,
        kind: 'latin',
        label: {
          ar: `${words.addressOf.ar}: ${channelNames[kind].ar}`,
          en: `${words.addressOf.en}: ${channelNames[kind].en}`,
        },
        value: held(`url.${kind}`, url ?? ''),
      })),
    },
    {
      fields: [
        {
          name: 'applicants',
          kind: 'choice',
          label: words.applicants,
          hint: words.applicantsHint,
          value: held('applicants', facts.applicants ?? ''),
          choices: [
            { value: 'this-state', label: words.homeOnly },
            { value: 'companies', label: words.companies },
          ],
        },
        {
          name: 'keywords-ar',
          kind: 'textarea',
          label: words.keywordsAr,
          value: held('keywords-ar', facts.keywords.ar.join('\n')),
        },
        {
          name: 'keywords-en',
          kind: 'textarea',
          label: words.keywordsEn,
          value: held('keywords-en', facts.keywords.en.join('\n')),
        },
        ...time('kept', words.kept, facts.retention, true),
        ...time('valid', words.valid, facts.validity?.duration, false),
        ...time('renew', words.renew, facts.validity?.renewBefore, false),
      ],
    },
    {
      title: words.laws,
      fields: laws.map(({ id, title }) =>
        tick(typed, `gone.${id}`, {
          ar: `${words.removeLaw.ar}: ${title.ar || id}`,
          en: `${words.removeLaw.en}: ${title.en || id}`,
        }),
      ),
    },
    {
      title: words.addLaw,
      fields: [
        line(typed, 'law-id', 'latin', words.shortName),
        line(typed, 'law-ar', 'text', allWords.labelAr),
        line(typed, 'law-en', 'latin', allWords.labelEn),
      ],
    },
  ];
}

function readFacts(files: ServiceFiles, form: Posted): Facts {
  const given = (name: string) => textOf(form[name]).trim();
  const time = (name: string) => `P${latinDigits(given(name))}${given(`${name}.unit`)}`;
  const applicants = (['this-state', 'companies'] as const).find((one) => one === given('applicants'));
  const kept = definitionIn(files).legalBasis.filter(({ id }) => given(`gone.${id}`) !== 'yes');
  return {
    ...factsIn(form),
    ...(applicants ? { applicants } : {}),
    keywords: { ar: linesOf(given('keywords-ar')), en: linesOf(given('keywords-en')) },
    retention: time('kept'),
    ...(given('valid') === '' ? {} : { validity: { duration: time('valid'), renewBefore: time('renew') } }),
    legalBasis: [
      ...kept.map(({ id }) => ({ id })),
      ...(given('law-id') === '' ? [] : [{ id: given('law-id'), title: both(form, 'law') }]),
    ],
  };
}

export function inputGroups(files: ServiceFiles, tables: readonly string[], typed: Posted | undefined): Group[] {
  const { values, inputs } = readableIn(files);
  const held = (name: string) => textOf(typed?.[name]);
  return [
    ...Object.entries(inputs).map(([name, path]): Group => {
      const label = values.find(({ key }) => key === path)?.label ?? { ar: path, en: path };
      return {
        title: { ar: `${label.ar} (\u2066${name}\u2069)`, en: `${label.en} (${name})` },
        fields: [tick(typed, `gone.${name}`, words.stopReading)],
      };
    }),
    {
      title: words.readAlso,
      fields: [
        {
          name: 'value',
          kind: 'choice',
          label: words.value,
          value: held('value'),
          choices: values.map(({ key, label }) => ({ value: key, label })),
        },
        {
          name: 'table',
          kind: 'choice',
          label: words.inTable,
          value: held('table') || tables[0] || '',
          choices: tables.map((one) => ({ value: one, label: { ar: one, en: one } })),
        },
      ],
    },
  ];
}

export function shownGroups(files: ServiceFiles, typed: Posted | undefined): Group[] {
  const shown = shownIn(files);
  const choices = showableIn(files).map(({ key, label }) => ({ value: key, label }));
  return [
    {
      fields: (['document', 'credential'] as const).map((name) => ({
        name,
        kind: 'checkboxes',
        label: name === 'document' ? words.onDocument : words.inCredential,
        value: typed ? listIn(typed, name) : shown[name],
        choices,
      })),
    },
  ];
}

type Part = {
  name: string;
  heading: Text;
  /** What is saved, as the history of the draft calls it. */
  file: string;
  files: string[];
  groups(context: PageContext, draft: Draft, typed: Posted | undefined): Group[];
  put(context: PageContext, files: ServiceFiles): ServiceFiles | Promise<ServiceFiles>;
  /** It is agreed between states where several give the service. */
  isAgreed?: true;
};

/** Pages on which is said what a service is, what it asks of others, why it decides and what it gives: each one form of plain fields. */
export function factRoutes(
  { catalogue, publishing, state }: Pick<PortalNeeds, 'catalogue' | 'publishing' | 'state'>,
  { draftIn, headOf, officialIn, save, drawn }: DraftPages,
): PageRoute[] {
  const grantsIn = (context: PageContext) => publishing.grantsOf(officialIn(context));
  const parts: Part[] = [
    {
      name: 'facts',
      heading: words.facts,
      file: 'service.json',
      files: ['service.json'],
      groups: (_context, draft, typed) => factGroups(catalogue, draft.files, typed),
      put: ({ form }, files) => putFacts(files, readFacts(files, form), publishing.vocabulary()),
    },
    {
      name: 'evidence',
      heading: words.evidence,
      file: 'service.json',
      files: ['service.json'],
      isAgreed: true,
      groups: (context, draft, typed) => requirementGroups(draft.files, grantsIn(context), state.code, typed),
      put: (context, files) => {
        const of = { grants: grantsIn(context), state: state.code };
        return putRequirements(files, readRequirements(of.grants, of.state, context.form), of);
      },
    },
    {
      name: 'reasons',
      heading: words.reasons,
      file: 'reasons.json',
      files: ['reasons.json', 'decision.dmn'],
      groups: (_context, draft, typed) => reasonGroups(draft.files, typed),
      put: ({ form }, files) => putReasons(files, readReasons(files, form)),
    },
    {
      name: 'inputs',
      heading: words.inputs,
      file: 'decision.dmn',
      files: ['decision.dmn'],
      groups: (_context, draft, typed) => inputGroups(draft.files, tablesOf(draft), typed),
      put: ({ form }, files) => {
        const path = textOf(form['value']);
        const remove = Object.keys(readableIn(files).inputs).filter((name) => textOf(form[`gone.${name}`]) === 'yes');
        return putInputs(files, { remove, ...(path ? { add: { path, into: textOf(form['table']) } } : {}) });
      },
    },
    {
      name: 'shown',
      heading: words.shown,
      file: 'credential.json',
      files: ['credential.json'],
      isAgreed: true,
      groups: (_context, draft, typed) => shownGroups(draft.files, typed),
      put: ({ form }, files) =>
        putShown(files, { document: listIn(form, 'document'), credential: listIn(form, 'credential') }),
    },
  ];

  return parts.flatMap((part): PageRoute[] => {
    const path = `${ofDraft}/${part.name}`;
    const show = async (context: PageContext, draft: Draft, told: Told = {}): Promise<PageAnswer> => {
      const isFixed = part.isAgreed && definitionIn(draft.files).offeredBy.length > 1;
      const head = headOf(draft, told);
      return drawn(
        consolePages.draftFields,
        {
          ...head,
          mayEdit: head.mayEdit && !isFixed,
          ...(isFixed ? { lead: words.agreed } : {}),
          heading: part.heading,
          action: `/office/drafts/${draft.draftId}/${part.name}`,
          groups: part.groups(context, draft, told.problem ? context.form : undefined),
          others: draft.opened.findings.filter(({ file }) => part.files.includes(file)),
        },
        context,
        told,
      );
    };
    return [
      { method: 'GET', path, access: officer, handle: async (context) => show(context, await draftIn(context)) },
      {
        method: 'POST',
        path,
        access: officer,
        handle: (context) => save(context, part.file, (files) => part.put(context, files), show),
      },
    ];
  });
}

/** Tables of the rules, that of the decision itself first: a new value is read there. */
function tablesOf(draft: Draft): string[] {
  const tables = (draft.opened.service?.decisions.decisions ?? []).flatMap(({ name, logic }) =>
    logic.kind === 'table' ? [name] : [],
  );
  const own = definitionIn(draft.files).decision.name;
  return [...tables].sort((one, other) => Number(other === own) - Number(one === own));
}
