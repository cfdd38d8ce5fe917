import type { Text } from '#kernel/languages';
import type { FormDefinition, Offering, ServiceDefinition, ServiceFiles, ServiceTexts } from '#modules/catalogue';
import { looks } from '../documents/looks.ts';
import { retentionOf, serviceLevelOf } from '../edits/facts.ts';
import { type Askable, barely } from '../edits/requirements.ts';
import { templateFile } from '../edits/template.ts';
import { putShown, showableIn } from '../edits/values.ts';
import { printJson } from '../places.ts';

const say = (ar: string, en: string): Text => ({ ar, en });
const unwritten = say('', '');

export const firstLabel = '1.0.0';
export const credentialName = (id: string) => `urn:jisr:credential:${id}:1`;

/**
 * A service that asks its people who they are, how they are told, and for a declaration; an officer decides every case. What only its office can write is
 * empty, and the check says so.
 */
export function blankFiles(of: {
  id: string;
  title: Text;
  offering: Offering;
  purpose: string;
  proof: Askable;
}): ServiceFiles {
  const { id, title, offering, purpose, proof } = of;
  const definition: ServiceDefinition = {
    id,
    version: firstLabel,
    title,
    summary: unwritten,
    outcome: unwritten,
    whoMayApply: unwritten,
    theme: '',
    lifeEvents: [],
    audience: [],
    keywords: { ar: [title.ar], en: [title.en] },
    offeredBy: [offering],
    oncePer: [],
    onceWhile: 'open',
    purpose,
    requirements: [barely(proof)],
    retention: retentionOf('P6M'),
    legalBasis: [{ id: 'legal-basis', title: unwritten }],
    outputs: [{ id: 'decision', title, carriers: ['pdf', 'credential'] }],
    channels: [],
    cost: { amountMinor: 0, text: say('بلا رسوم', 'Free of charge') },
    serviceLevel: serviceLevelOf(5),
    decision: {
      name: 'Decision',
      inputs: {},
      howDecided: say(
        'يقرر موظف مختص في كل طلب، وتصلك أسباب القرار.',
        'An officer decides every application, and you are told the reasons.',
      ),
    },
    document: { title, facts: [] },
  };
  const reasons = {
    'officer-decides': {
      outcome: 'review',
      text: say('يقرر موظف مختص في كل طلب.', 'An officer decides every application.'),
    },
    'conditions-met': {
      outcome: 'approve',
      forOfficer: true,
      text: say('تحققت شروط الخدمة.', 'The conditions of the service are met.'),
    },
    'conditions-not-met': {
      outcome: 'refuse',
      forOfficer: true,
      text: say('لم تتحقق شروط الخدمة.', 'The conditions of the service are not met.'),
    },
  };
  const credential = {
    vct: credentialName(id),
    names: title,
    claims: [
      {
        claim: 'decision_number',
        value: 'decision.number',
        names: say('رقم القرار', 'Decision number'),
        disclosable: false,
      },
      { claim: 'outcome', value: 'decision.outcome', names: say('القرار', 'Decision'), disclosable: false },
      {
        claim: 'decided_on',
        value: 'decision.decidedOn',
        names: say('تاريخ القرار', 'Date of decision'),
        disclosable: false,
      },
    ],
  };
  const files = {
    'service.json': printJson(definition),
    'form.json': printJson(form),
    'reasons.json': printJson(reasons),
    'texts.json': printJson(texts),
    'credential.json': printJson(credential),
    'decision.dmn': rules(id),
    [templateFile]: looks[0]!.source,
  };
  const shown = showableIn(files).map(({ key }) => key);
  return putShown(files, { document: shown, credential: shown });
}

const form: FormDefinition = {
  pages: [
    {
      id: 'contact',
      title: say('بيانات التواصل', 'Contact details'),
      intro: say(
        'لا تُستخدم إلا لإخبارك بما يجري في هذا الطلب.',
        'We use these only to tell you what happens with this application.',
      ),
      questions: ['email'],
    },
    {
      id: 'declaration',
      title: say('إقرار', 'Declaration'),
      intro: say(
        'يُرجى قراءة الإقرار، ثم وضع علامة عليه إن كان صحيحًا.',
        'Read the declaration, then tick the box if it is true.',
      ),
      questions: ['declaration'],
    },
  ],
  contact: { email: 'email' },
  questions: {
    email: {
      kind: 'email',
      label: say('البريد الإلكتروني', 'E-mail address'),
      autocomplete: 'email',
      inputmode: 'email',
      errors: { required: say('البريد الإلكتروني غير مكتوب', 'Write your e-mail address') },
    },
    declaration: {
      kind: 'checkbox',
      label: say('أقرّ بأن ما كتبته صحيح.', 'I declare that what I wrote is true.'),
      errors: { required: say('تلزم علامة على الإقرار للمتابعة', 'Tick the declaration to go on') },
    },
  },
  schema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: { email: { type: 'string', maxLength: 254 }, declaration: { const: true } },
    required: ['email', 'declaration'],
    additionalProperties: false,
  },
};

const texts: ServiceTexts = {
  beforeYouStart: say(
    'تلزم لذلك هويتك الوطنية الرقمية وبضع دقائق.',
    'You need your digital national identity and a few minutes.',
  ),
  whatHappensNext: say(
    'تنظر الجهة في طلبك، ثم يصلك القرار وأسبابه.',
    'The office looks at your application, and we tell you the decision and its reasons.',
  ),
  outcomeApproved: say('قُبل الطلب', 'Approved'),
  outcomeRefused: say('لم يُقبل الطلب', 'Not approved'),
  statementApproved: say(
    'تشهد الجهة المذكورة أعلاه بأنها قبلت الطلب المبيّن في هذه الوثيقة.',
    'The authority named above certifies that it approved the application described in this document.',
  ),
  statementRefused: say(
    'تعذّر على الجهة المذكورة أعلاه قبول الطلب، للأسباب الآتية.',
    'The authority named above could not approve the application, for the reasons below.',
  ),
  sealNote: say(
    'هذه الوثيقة مختومة إلكترونيًا من الجهة المصدرة. يمكن التحقق منها بمسح الرمز أو في صفحة «التحقق من وثيقة».',
    'This document carries the electronic seal of the issuing authority. Verify it by scanning the code or on the page “Verify a document”.',
  ),
  ifRefused: say(
    'يمكنك تقديم طلب جديد متى تغيّرت الأسباب المذكورة.',
    'You can apply again once the reasons named here have changed.',
  ),
};

/** One table that hands every case to an officer. */
const rules = (id: string) => `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="${id}" name="${id}" namespace="urn:jisr:service:${id}">
  <decision id="decision" name="Decision">
    <variable name="Decision" typeRef="Any" />
    <decisionTable id="decision-table" hitPolicy="FIRST">
      <output id="column-outcome" name="outcome" typeRef="string">
        <outputValues>
          <text>"refuse", "review", "approve"</text>
        </outputValues>
      </output>
      <output id="column-reason" name="reason" typeRef="string" />
      <output id="column-reasons" name="reasons" typeRef="string" />
      <rule id="everybody">
        <outputEntry id="everybody-outcome">
          <text>"review"</text>
        </outputEntry>
        <outputEntry id="everybody-reason">
          <text>"officer-decides"</text>
        </outputEntry>
        <outputEntry id="everybody-reasons">
          <text>"officer-decides"</text>
        </outputEntry>
      </rule>
    </decisionTable>
  </decision>
</definitions>
`;
