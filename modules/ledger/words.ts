import type { Text } from '#kernel/languages';
import type { BreachEvidence, EvidenceVerdict } from './breaches/evidence.ts';
import type { InclusionProof } from './contract.ts';
import type { ProofFailure, ProofVerdict } from './verify.ts';

/** What a verdict about a tlog-proof or about the evidence of a breach says to a person; names of logs and witnesses as they sign. */
const failures: Record<ProofFailure, Text> = {
  'policy-malformed': {
    ar: 'تعذّر فهم سياسة الشهادة، فلم يُفحص الإثبات.',
    en: 'The policy of witnesses cannot be read, so that the proof was not checked.',
  },
  'proof-malformed': {
    ar: 'ليس هذا إثباتًا كاملًا: بعض أجزائه ناقص أو مكتوب على غير صورته.',
    en: 'This is no whole proof: a part of it is missing or not in its form.',
  },
  'opening-mismatch': {
    ar: 'محتوى القيد ليس ما التزم به السجل: تغيّر منه شيء. لا تعتمد عليه.',
    en: 'The record is not the one that the log committed to: something of it was changed. Do not rely on it.',
  },
  'log-signature-invalid': {
    ar: 'رأس السجل غير موقّع بمفتاح ذلك السجل. لا تعتمد على هذا الإثبات.',
    en: 'The checkpoint is not signed with the key of that log. Do not rely on this proof.',
  },
  'inclusion-invalid': {
    ar: 'القيد ليس في السجل الذي وقّعه صاحبه. لا تعتمد على هذا الإثبات.',
    en: 'The entry is not in the log that was signed. Do not rely on this proof.',
  },
  'quorum-missed': {
    ar: 'القيد في السجل، ولم يشهد عليه بعد ما يكفي من الدول. نزّل الإثبات من جديد بعد دقائق.',
    en: 'The entry is in the log, and not enough other states have cosigned it yet. Download the proof again in a few minutes.',
  },
};

export function sentenceOfInclusion(proof: Pick<InclusionProof, 'checkpoint'>, verdict: ProofVerdict): Text {
  if (!verdict.ok) return failures[verdict.reason];
  const log = isolated(originOf(proof));
  const { leafIndex, treeSize, cosignedBy } = verdict;
  const list = (language: string) =>
    new Intl.ListFormat(language, { type: 'conjunction' }).format(cosignedBy.map(isolated));
  const arabic = new Intl.NumberFormat('ar-u-nu-arab');
  const witnessed: Text =
    cosignedBy.length === 0
      ? { ar: 'ولا يشترط أحد شهادة أخرى', en: 'no other witness was asked for' }
      : { ar: `وشهد عليه ${list('ar')}`, en: `cosigned by ${list('en')}` };
  return {
    ar: `القيد رقم ${arabic.format(leafIndex)} في سجل ${log}، وفيه ${arabic.format(treeSize)} من القيود، ${witnessed.ar}.`,
    en: `Entry ${leafIndex} is in the log of ${log} (${treeSize} entries), ${witnessed.en}.`,
  };
}

export function sentenceOfBreach({ origin }: Pick<BreachEvidence, 'origin'>, verdict: EvidenceVerdict): Text {
  const log = isolated(origin);
  if (!verdict.ok)
    return {
      ar: `دليل الإخلال في سجل ${log} لا يصمد: ${evidenceFaults[verdict.reason].ar}.`,
      en: `The evidence about ${log} does not hold: ${evidenceFaults[verdict.reason].en}.`,
    };
  const arabic = new Intl.NumberFormat('ar-u-nu-arab');
  const sizes = {
    ar: verdict.sizes.map((size) => arabic.format(size)).join(' و'),
    en: verdict.sizes.join(' and '),
  };
  return verdict.verdict === 'proven'
    ? {
        ar: `مثبت: وقّع سجل ${log} على تاريخين ينفي أحدهما الآخر، عند الحجمين ${sizes.ar}.`,
        en: `Proven: ${log} signed two histories that exclude each other, at the sizes ${sizes.en}.`,
      }
    : {
        ar: `لا يثبت الملف وحده شيئًا: وقّع سجل ${log} على الحجمين ${sizes.ar}، ولا يتعارضان بالضرورة.`,
        en: `Not proven by the file alone: ${log} signed the sizes ${sizes.en}, which need not contradict each other.`,
      };
}

const evidenceFaults: Record<Extract<EvidenceVerdict, { ok: false }>['reason'], Text> = {
  malformed: { ar: 'ليس فيه رأس سجل مقروء', en: 'it holds no checkpoint that can be read' },
  'key-malformed': { ar: 'مفتاح السجل غير مقروء', en: 'the key of the log cannot be read' },
  'other-log': { ar: 'رأس السجل لسجل آخر', en: 'a checkpoint is of another log' },
  'signature-invalid': { ar: 'رأس السجل غير موقّع بمفتاحه', en: 'a checkpoint is not signed with its key' },
};

export function originOf({ checkpoint }: Pick<InclusionProof, 'checkpoint'>): string {
  return checkpoint.split('\n')[0]!;
}

/** Keeps its direction in a sentence of either language. */
const isolated = (name: string): string => `\u2068${name}\u2069`;
