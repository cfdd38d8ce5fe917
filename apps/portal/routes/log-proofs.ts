import type { Text } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import {
  type BreachEvidence,
  type InclusionProof,
  judgeBreach,
  keysOfWitness,
  originOf,
  type ProofFailure,
  parseBreachEvidence,
  parseProofText,
  sentenceOfBreach,
  sentenceOfInclusion,
  verifyInclusionProof,
} from '#modules/ledger';
import { findEvidenceType, findPurpose } from '#protocol/catalogue';
import { officeNameOf, type PortalNeeds } from '../needs.ts';
import type { Verdict } from '../pages/index.ts';

/** A proof of one entry (C2SP tlog-proof) or the evidence of a breach, checked under what the federation says of the logs. */
export async function logVerdict(needs: PortalNeeds, text: string): Promise<Verdict | undefined> {
  const proof = parseProofText(text);
  if (proof) return inclusionVerdict(needs, proof);
  const evidence = parseBreachEvidence(text);
  return evidence && breachVerdict(needs, evidence);
}

const steps: Array<{ failsWith: ProofFailure[]; label: Text }> = [
  {
    failsWith: ['proof-malformed', 'opening-mismatch'],
    label: { ar: 'محتوى القيد هو ما التزم به السجل', en: 'The record is the one that the log committed to' },
  },
  {
    failsWith: ['log-signature-invalid'],
    label: { ar: 'رأس السجل موقّع بمفتاح دولته', en: 'The checkpoint is signed by the log of its state' },
  },
  { failsWith: ['inclusion-invalid'], label: { ar: 'القيد في السجل', en: 'The entry is in the log' } },
  {
    failsWith: ['quorum-missed', 'policy-malformed'],
    label: { ar: 'شهد عليه ما يكفي من الدول الأخرى', en: 'Enough other states have cosigned it' },
  },
];

async function inclusionVerdict(needs: PortalNeeds, proof: InclusionProof): Promise<Verdict> {
  const states = await listStates(needs);
  const own = states.find(({ node }) => node.ledger_origin === originOf(proof));
  if (!own) return unknownLog(needs, states.length === 0);
  const result = await verifyInclusionProof(proof, {
    logKey: own.node.ledger_key,
    witnesses: states.filter((one) => one !== own).flatMap(({ node }) => keysOfWitness(witnessOf(node))),
    quorum: Math.min(needs.witnessQuorum, states.length - 1),
  });
  const failed = result.ok ? steps.length : steps.findIndex(({ failsWith }) => failsWith.includes(result.reason));
  const isUnfinished = !result.ok && result.reason === 'quorum-missed';
  return {
    kind: result.ok ? 'proved' : isUnfinished ? 'unfinished' : 'unproved',
    reason: sentenceOfInclusion(proof, result),
    carrier: 'proof',
    checkedAt: needs.clock.now().toISOString(),
    checks: steps.map(({ label }, at) => ({
      label,
      isGood: at < failed,
      ...(at > failed || (at === failed && isUnfinished) ? { isUnsaid: true } : {}),
    })),
    chain: [],
    claims: result.ok || isUnfinished ? await claimsOf(needs, proof.opening.record) : [],
  };
}

/** What the record says of who asked whom for what, in words. */
async function claimsOf(needs: PortalNeeds, record: Record<string, unknown>): Promise<Verdict['claims']> {
  const said = (member: string) => (typeof record[member] === 'string' ? (record[member] as string) : undefined);
  const [type, purpose, requester, provider, caseId] = [
    findEvidenceType(said('evidenceType') ?? ''),
    findPurpose(said('purpose') ?? ''),
    said('requester'),
    said('provider'),
    said('caseId'),
  ];
  return [
    ...(type ? [{ label: { ar: 'البيانات', en: 'Evidence' }, value: type.names }] : []),
    ...(purpose ? [{ label: { ar: 'الغرض', en: 'Purpose' }, value: purpose.names }] : []),
    ...(requester
      ? [{ label: { ar: 'الجهة السائلة', en: 'Asked by' }, value: (await officeNameOf(needs, requester)).names }]
      : []),
    ...(provider
      ? [{ label: { ar: 'الجهة المجيبة', en: 'Answered by' }, value: (await officeNameOf(needs, provider)).names }]
      : []),
    ...(caseId ? [{ label: { ar: 'رقم الملف', en: 'Case' }, value: { code: caseId } }] : []),
    { label: { ar: 'نوع القيد', en: 'Kind of entry' }, value: { code: String(record['kind']) } },
  ];
}

/** Under the key that the federation publishes for the log, or the one that this state's witness kept with a breach of its own. */
async function breachVerdict(needs: PortalNeeds, evidence: BreachEvidence): Promise<Verdict> {
  const states = await listStates(needs);
  const known = [
    ...states.flatMap(({ node }) => (node.ledger_origin === evidence.origin ? [node.ledger_key] : [])),
    ...(await needs.ledger.listEvidence()).flatMap(({ origin, logKey }) =>
      origin === evidence.origin ? [logKey] : [],
    ),
  ];
  if (known.length === 0) return unknownLog(needs, states.length === 0);
  const results = await Promise.all([...new Set(known)].map((key) => judgeBreach(evidence, key)));
  const result = results.find(({ ok }) => ok) ?? results[0]!;
  const isProven = result.ok && result.verdict === 'proven';
  return {
    kind: isProven ? 'proved' : 'unproved',
    reason: sentenceOfBreach(evidence, result),
    carrier: 'proof',
    checkedAt: needs.clock.now().toISOString(),
    checks: [
      {
        label: { ar: 'رؤوس السجل موقّعة بمفتاحه', en: 'The checkpoints are signed with the key of the log' },
        isGood: result.ok,
      },
      {
        label: { ar: 'تنفي إحداها الأخرى', en: 'They exclude each other' },
        isGood: isProven,
        ...(result.ok ? {} : { isUnsaid: true }),
      },
    ],
    chain: [],
    claims: [{ label: { ar: 'السجل', en: 'Log' }, value: { code: evidence.origin } }],
  };
}

function unknownLog(needs: PortalNeeds, isFederationAway: boolean): Verdict {
  return {
    kind: isFederationAway ? 'unfinished' : 'untrusted',
    reason: isFederationAway
      ? {
          ar: 'تعذّرت معرفة سجلات الدول الآن، فلم يُفحص الملف. أعد المحاولة بعد دقيقة.',
          en: 'The logs of the states cannot be looked up just now, so that the file was not checked. Try again in a minute.',
        }
      : {
          ar: 'يسمّي الملف سجلًا ليس لأي دولة من هذا الاتحاد.',
          en: 'The file names a log that no state of this federation keeps.',
        },
    carrier: 'proof',
    checkedAt: needs.clock.now().toISOString(),
    checks: [],
    chain: [],
    claims: [],
  };
}

function witnessOf(node: { witness_key: string; more_witness_keys?: string[] }) {
  return {
    witnessKey: node.witness_key,
    ...(node.more_witness_keys ? { moreWitnessKeys: node.more_witness_keys } : {}),
  };
}

async function listStates({ federation }: PortalNeeds) {
  try {
    return await federation.listStates();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [];
  }
}
