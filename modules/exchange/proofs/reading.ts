import { Check } from 'typebox/value';
import { ProofFile, proofFileBytesMax } from '#protocol/proof-file';
import { canonicalText, readObject, utf8 } from './bytes.ts';

/**
 * Reads a proof file. It has to be RFC 8785 text to the last byte: white space, member order and escapes are no freedom, so a
 * changed byte is a changed proof. Undefined for everything else.
 */
export function readProofFile(text: string): ProofFile | undefined {
  if (text.length > proofFileBytesMax || utf8(text).length > proofFileBytesMax) return undefined;
  const value = readObject(text);
  if (!value || canonicalText(value) !== text) return undefined;
  return Check(ProofFile, value) && URL.canParse(value.question.target) ? value : undefined;
}

/** Whether a text means to be a proof file, sound or not: what verifies files of several kinds asks this first. */
export function looksLikeProofFile(text: string): boolean {
  return /^\s*\{/.test(text) && /"type"\s*:\s*"jisr-proof"/.test(text);
}

export type EntryRole = 'asked' | 'received' | 'answered';
export const roleOfKind: Record<string, EntryRole> = {
  'question-asked': 'asked',
  'evidence-received': 'received',
  'evidence-answered': 'answered',
  'evidence-refused': 'answered',
};

export type EntriesByRole = Partial<Record<EntryRole, ProofFile['entries'][number]>>;

/** The entries by what they say; undefined when a kind is unknown here or comes twice. */
export function sortEntries(file: ProofFile): EntriesByRole | undefined {
  const sorted: EntriesByRole = {};
  for (const entry of file.entries) {
    const role = roleOfKind[String(entry.opening.record['kind'])];
    if (!role || sorted[role]) return undefined;
    sorted[role] = entry;
  }
  return sorted;
}

/** When an entry says that what it records happened. */
export function momentOf(record: Record<string, unknown>): string | undefined {
  const moment = record['askedAt'] ?? record['receivedAt'] ?? record['answeredAt'] ?? record['refusedAt'];
  return typeof moment === 'string' ? moment : undefined;
}

/** What all entries and messages of one exchange agree on. */
export type ExchangeFacts = {
  questionId: string;
  requester: string;
  provider: string;
  evidenceType: string;
  purpose: string;
  caseId: string;
  /** The ground: a consent, or a law of the protocol's catalogue. */
  consentId?: string;
  law?: string;
  /** RFC 3339; of the entry that says it. */
  askedAt?: string;
  answeredAt?: string;
  receivedAt?: string;
  fields: string[];
};

const agreed = ['questionId', 'provider', 'evidenceType', 'purpose', 'caseId'] as const;

/** The facts as the entries give them, or which of them they contradict each other in. */
export function readFacts(file: ProofFile, entries: EntriesByRole): ExchangeFacts | { differs: EntryRole } {
  const question = file.question.body === undefined ? undefined : readObject(file.question.body);
  // A question with a token stands on a consent, one without on a law.
  const ground = file.question.headers['jisr-authorization-digest'] === undefined ? 'law' : 'consentId';
  const asked =
    ground === 'law' ? (question?.['ground'] as { law?: unknown } | undefined)?.law : question?.['consentId'];
  const first = (entries.answered ?? entries.received ?? entries.asked)!.opening.record;
  for (const role of ['asked', 'received', 'answered'] as const) {
    const record = entries[role]?.opening.record;
    if (!record) continue;
    const isSame =
      [...agreed, ground].every((name) => typeof record[name] === 'string' && record[name] === first[name]) &&
      record['questionId'] === file.question.headers['x-road-id'] &&
      (record['requester'] ?? file.question.headers['jisr-requester']) === file.question.headers['jisr-requester'] &&
      ['evidenceType', 'purpose', 'caseId'].every((name) => !question || question[name] === record[name]) &&
      (!question || asked === record[ground]) &&
      (!question ||
        record['fields'] === undefined ||
        canonicalText(question['fields']) === canonicalText(record['fields']));
    if (!isSame) return { differs: role };
  }
  const text = (role: EntryRole, name: string) => {
    const value = entries[role]?.opening.record[name];
    return typeof value === 'string' ? value : undefined;
  };
  const fields = (entries.answered ?? entries.asked)?.opening.record['fields'] ?? question?.['fields'] ?? [];
  const askedAt = text('asked', 'askedAt');
  const answeredAt = text('answered', 'answeredAt') ?? text('answered', 'refusedAt');
  const receivedAt = text('received', 'receivedAt');
  return {
    ...(Object.fromEntries(agreed.map((name) => [name, first[name]])) as Record<(typeof agreed)[number], string>),
    [ground]: String(first[ground]),
    requester: file.question.headers['jisr-requester'],
    fields: Array.isArray(fields) ? fields.map(String) : [],
    ...(askedAt ? { askedAt } : {}),
    ...(answeredAt ? { answeredAt } : {}),
    ...(receivedAt ? { receivedAt } : {}),
  };
}
