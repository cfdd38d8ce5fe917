import {
  type Draw,
  type Field,
  labelledFields,
  listStateNames,
  officeNameOf,
  type PageContext,
  type PageRoute,
  type PortalNeeds,
  textOf,
} from '#apps/portal';
import { type Caller, officerOf, personOf } from '#kernel/contract';
import { isUuid, newId } from '#kernel/ids';
import type { Digits, Text } from '#kernel/languages';
import { kernelProblem, Problem } from '#kernel/problem';
import { exchangeProblem, isInForce } from '#modules/exchange';
import { type EvidenceType, findEvidenceType, findPurpose, type Purpose } from '#protocol/catalogue';
import { findLaw, type Law, laws } from '#protocol/laws';
import type { InquiryFormView } from './pages/index.ts';
import { consolePages } from './pages/index.ts';

const inquirerRole = 'inquirer';
const dayMs = 86_400_000;

/** One law, one purpose and one kind of evidence, with the fields that law and certificate both name. */
type Choice = { law: Law; purpose: Purpose; type: EvidenceType; fields: string[] };
type Values = {
  state: string;
  nationalId: string;
  caseId: string;
  fields: string[];
  reason: string;
  sealUntil: string;
};
type Errors = Partial<Record<keyof Values, Text>>;

const text = (ar: string, en: string): Text => ({ ar, en });

/**
 * An officer asks another state under a law: on which ground, which fields, about whom, and why. For officers with the role
 * `inquirer`; an auditor of the office sees who of them asked what. The answer is shown once and kept nowhere here.
 */
export function inquiryRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { clock, exchange } = needs;

  const officerIn = (caller: Caller) => {
    const { officeId, roles } = officerOf(caller);
    const office = needs.offices.find(({ id }) => id === officeId);
    if (!office || !roles.includes(inquirerRole)) throw kernelProblem('not-permitted');
    return { office, officerId: personOf(caller).personId, isAuditor: roles.includes('auditor') };
  };
  type Office = ReturnType<typeof officerIn>['office'];

  const choicesOf = (office: Office): Choice[] =>
    laws
      .filter((law) => law.parties.includes(needs.state.code))
      .flatMap((law) =>
        law.grounds.flatMap((ground) =>
          ground.purposes.flatMap((purposeId): Choice[] => {
            const granted = office.grants
              .filter((grant) => grant.purpose === purposeId && grant.evidence_type === ground.evidenceType)
              .filter((grant) => grant.laws?.includes(law.id));
            const fields = ground.fields.filter((field) => granted.some((grant) => grant.fields.includes(field)));
            const [purpose, type] = [findPurpose(purposeId), findEvidenceType(ground.evidenceType)];
            return purpose && type && fields.length > 0 ? [{ law, purpose, type, fields }] : [];
          }),
        ),
      );

  const choiceIn = (office: Office, named: Record<string, string | undefined>): Choice => {
    const { law, purpose, evidence } = named;
    const found = choicesOf(office).find(
      (choice) => choice.law.id === law && choice.purpose.id === purpose && choice.type.id === evidence,
    );
    if (!found) throw kernelProblem('not-found');
    return found;
  };

  /** The other states in which the law is in force now. */
  const statesUnder = async ({ law }: Choice) =>
    (await listStateNames(needs)).filter(
      ({ code }) =>
        code !== needs.state.code &&
        isInForce(law, { requesterState: needs.state.code, holderState: code, at: clock.now() }),
    );

  const showForm = async (
    context: PageContext,
    office: Office,
    choice: Choice,
    filled: { questionId: string; values?: Values; errors?: Errors; refusal?: Text },
  ) => {
    const { law, purpose, type } = choice;
    const { questionId, values, errors = {}, refusal } = filled;
    const states = await statesUnder(choice);
    const view: InquiryFormView = {
      officeName: office.names,
      law: law.names,
      article: law.article,
      purpose: purpose.names,
      evidence: type.names,
      hidden: { law: law.id, purpose: purpose.id, evidence: type.id, questionId },
      fields: fieldsOf(choice, states, values, errors, clock.now(), needs.state.digits),
      ...(refusal ? { refusal } : {}),
    };
    return draw(consolePages.inquiryForm, view, context, refusal || values ? { status: 422 } : {});
  };

  return [
    {
      method: 'GET',
      path: '/office/inquiries',
      access: 'officer',
      handle: async (context) => {
        const { office, officerId, isAuditor } = officerIn(context.caller);
        const names = await listStateNames(needs);
        const rows = await exchange.listInquiries({ officeId: office.id, ...(isAuditor ? {} : { officerId }) });
        return draw(
          consolePages.inquiries,
          {
            officeName: office.names,
            choices: choicesOf(office).map(({ law, purpose, type }) => ({
              href: `/office/inquiries/new?${new URLSearchParams({ law: law.id, purpose: purpose.id, evidence: type.id })}`,
              law: law.names,
              article: law.article,
              purpose: purpose.names,
              evidence: type.names,
            })),
            rows: rows.map(({ providerState, evidenceType, law, refusalCode, ...row }) => ({
              ...row,
              state: names.find(({ code }) => code === providerState)?.names ?? text(providerState, providerState),
              evidence: findEvidenceType(evidenceType)?.names ?? text(evidenceType, evidenceType),
              law: findLaw(law)?.names ?? text(law, law),
              ...(refusalCode ? { refusal: wordsOfCode(refusalCode) } : {}),
            })),
          },
          context,
        );
      },
    },
    {
      method: 'GET',
      path: '/office/inquiries/new',
      access: 'officer',
      handle: async (context) => {
        const { office } = officerIn(context.caller);
        // The language switch of the page after sending comes by here without a choice.
        if (context.query['law'] === undefined) return { redirect: '/office/inquiries' };
        return showForm(context, office, choiceIn(office, context.query), { questionId: newId() });
      },
    },
    {
      method: 'POST',
      path: '/office/inquiries/new',
      access: 'officer',
      handle: async (context) => {
        const { office, officerId } = officerIn(context.caller);
        const { form } = context;
        const named = Object.fromEntries(
          ['law', 'purpose', 'evidence', 'questionId'].map((name) => [name, textOf(form[name])]),
        );
        const choice = choiceIn(office, named);
        const questionId = named['questionId']!;
        if (!isUuid(questionId)) throw kernelProblem('request-malformed', { where: 'questionId' });
        const values = readValues(form);
        const errors = findErrors(values, choice, await statesUnder(choice), clock.now());
        if (Object.keys(errors).length > 0) return showForm(context, office, choice, { questionId, values, errors });
        try {
          const evidence = await exchange.inquire({
            questionId,
            officerId,
            reason: values.reason,
            officeId: office.id,
            providerState: values.state,
            evidenceType: choice.type.id,
            fields: values.fields,
            purpose: choice.purpose.id,
            caseId: values.caseId,
            law: choice.law.id,
            nationalId: values.nationalId,
            ...(values.sealUntil ? { sealUntil: `${values.sealUntil}T00:00:00.000Z` } : {}),
          });
          const items = Object.entries(evidence.fields).map(([name, value]) => ({
            name,
            names: choice.type.fields[name]!.names,
            value,
          }));
          return draw(
            consolePages.inquiryAnswer,
            {
              purpose: choice.purpose.names,
              law: choice.law.names,
              caseId: values.caseId,
              received: {
                evidence: choice.type.names,
                from: await officeNameOf(needs, evidence.provider.entityId),
                receivedAt: evidence.answeredAt,
                items: labelledFields(choice.type, items),
                missing: values.fields.flatMap((name) =>
                  Object.hasOwn(evidence.fields, name) ? [] : [choice.type.fields[name]!.names],
                ),
                exchangeId: evidence.questionId,
                digest: evidence.theirReceipt.leafHash,
              },
            },
            context,
          );
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          // What was refused has ended, and the form sent again is a new question. What got no answer is gone on with.
          const next = error.code.startsWith('peer-') ? questionId : newId();
          return showForm(context, office, choice, { questionId: next, values, refusal: refusalWords(error) });
        }
      },
    },
  ];
}

function refusalWords({ code, messages }: Problem): Text {
  if (code !== 'question-replayed') return messages;
  return text(
    'أُرسل هذا السؤال من قبل وعُرض جوابه مرة واحدة. أرسله مجددًا إن كنت تحتاج الجواب؛ يُسجَّل سؤالًا جديدًا.',
    'This question was sent before, and its answer was shown once. Send it again if you need the answer; it is recorded as a new question.',
  );
}

function wordsOfCode(code: string): Text {
  const known = exchangeProblem.catalogue[code as keyof typeof exchangeProblem.catalogue] as Text | undefined;
  const plain = (words: string) => words.replace(/ ?\(\{\w+\}\)/g, '');
  return known && !/\{\w+\}/.test(plain(known.en)) ? text(plain(known.ar), plain(known.en)) : text(code, code);
}

function readValues(form: PageContext['form']): Values {
  const fields = form['fields'];
  const date = ['year', 'month', 'day'].map((part) => textOf(form[`sealUntil-${part}`]).trim());
  const [year = '', month = '', day = ''] = date;
  return {
    state: textOf(form['state']),
    nationalId: textOf(form['nationalId']).trim(),
    caseId: textOf(form['caseId']).trim(),
    fields: Array.isArray(fields) ? fields : fields ? [fields] : [],
    reason: textOf(form['reason']).trim(),
    sealUntil: date.some(Boolean) ? `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` : '',
  };
}

function findErrors(values: Values, choice: Choice, states: Array<{ code: string }>, now: Date): Errors {
  const errors: Errors = {};
  if (!states.some(({ code }) => code === values.state)) errors.state = text('اختر الدولة.', 'Choose the state.');
  if (values.nationalId.length < 4 || values.nationalId.length > 32)
    errors.nationalId = text('اكتب رقم هوية الشخص في تلك الدولة.', 'Write the number of the person in that state.');
  if (!/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/.test(values.caseId))
    errors.caseId = text(
      'اكتب رقم الملف بأحرف لاتينية وأرقام.',
      'Write the number of the file in Latin letters and digits.',
    );
  if (values.fields.length === 0 || values.fields.some((field) => !choice.fields.includes(field)))
    errors.fields = text('اختر ما تحتاج إليه.', 'Choose what you need.');
  if (values.reason.length < 10 || values.reason.length > 500)
    errors.reason = text('اكتب السبب بعشرة أحرف إلى 500 حرف.', 'Give the reason in 10 to 500 characters.');
  if (values.sealUntil) {
    const aheadMs = Date.parse(`${values.sealUntil}T00:00:00.000Z`) - now.getTime();
    const daysMax = choice.law.sealing?.daysMax ?? 0;
    if (!(aheadMs > 0 && aheadMs <= daysMax * dayMs))
      errors.sealUntil = text(
        `اختر يومًا خلال ${daysMax} يومًا من الآن.`,
        `Choose a day within ${daysMax} days from now.`,
      );
  }
  return errors;
}

function fieldsOf(
  { law, type, fields }: Choice,
  states: Array<{ code: string; names: Text }>,
  values: Values | undefined,
  errors: Errors,
  now: Date,
  digits: Digits,
): Field[] {
  const mark = (name: keyof Values) => ({
    ...(values?.[name] ? { value: values[name] } : {}),
    ...(errors[name] ? { error: errors[name] } : {}),
  });
  const lastDay = law.sealing && new Date(now.getTime() + law.sealing.daysMax * dayMs);
  const dayIn = (locale: string) =>
    new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(lastDay);
  return [
    {
      name: 'state',
      kind: 'choice',
      label: text('الدولة التي تُسأل', 'The state that is asked'),
      required: true,
      choices: states.map(({ code, names }) => ({ value: code, label: names })),
      ...mark('state'),
    },
    {
      name: 'nationalId',
      kind: 'code',
      label: text('رقم هوية الشخص في تلك الدولة', 'The number of the person in that state'),
      required: true,
      lengthMax: 32,
      ...mark('nationalId'),
    },
    {
      name: 'caseId',
      kind: 'text',
      label: text('رقم الملف لديكم', 'The number of your file'),
      hint: text('يراه الشخص والدولة التي تُسأل.', 'The person and the state that is asked see it.'),
      required: true,
      lengthMax: 64,
      ...mark('caseId'),
    },
    {
      name: 'fields',
      kind: 'checkboxes',
      label: text('ما تحتاج إليه', 'What you need'),
      hint: text('اختر أقل ما يكفي.', 'Choose the least that is enough.'),
      required: true,
      choices: fields.map((name) => ({ value: name, label: type.fields[name]!.names })),
      ...mark('fields'),
    },
    {
      name: 'reason',
      kind: 'textarea',
      label: text('لماذا تسأل', 'Why you ask'),
      hint: text(
        'يبقى لدى جهتك مع اسمك للتدقيق، ولا يُرسَل. لا تذكر فيه الشخص.',
        'It stays at your office with your name, for audit, and is not sent. Do not name the person.',
      ),
      required: true,
      lengthMax: 500,
      ...mark('reason'),
    },
    ...(lastDay
      ? [
          {
            name: 'sealUntil',
            kind: 'date' as const,
            label: text('لا يُعرَض على الشخص قبل', 'Not shown to the person before'),
            hint: text(
              `اتركه فارغًا ليُعرَض فورًا. آخر يوم يسمح به القانون: ${dayIn(`ar-u-nu-${digits}-ca-gregory`)}.`,
              `Leave it empty to have it shown at once. The last day that the law allows: ${dayIn('en-GB')}.`,
            ),
            ...mark('sealUntil'),
          },
        ]
      : []),
  ];
}
