import { canonicalJson, sha256 } from '#kernel/ids';
import type { Text } from '#kernel/languages';
import type { CaseMessage, Message } from '../contract.ts';
import type { MessageKinds } from '../templates/contract.ts';
import type { MessageRow } from './store.ts';

/**
 * What the ledger is told of the words of a message: a hash over them and a salt of their own. The salt is erased with the words, and
 * then nobody can test a guess.
 */
export function hashWords(words: { subject: Text; text: Text }, salt: Uint8Array): string {
  return sha256(Buffer.concat([salt, Buffer.from(canonicalJson(words))])).toString('hex');
}

export function describeMessage(row: MessageRow, kinds: MessageKinds): Message {
  return {
    messageId: row.message_id,
    kind: row.kind,
    topic: kinds[row.kind]?.topic ?? 'cases',
    subject: row.subject!,
    text: row.body!,
    ...(row.link === null ? {} : { link: row.link }),
    sentAt: row.sent_at.toISOString(),
    keptUntil: row.kept_until.toISOString(),
    sentLeaf: row.sent_leaf,
    ...opening(row),
  };
}

/** The subject is that of its kind for everybody, so the office is shown no more than it caused. */
export function describeForOffice(row: MessageRow, subject: Text): CaseMessage {
  return {
    messageId: row.message_id,
    kind: row.kind,
    subject,
    sentAt: row.sent_at.toISOString(),
    sentLeaf: row.sent_leaf,
    ...opening(row),
  };
}

function opening(row: MessageRow): Pick<Message, 'openedAt' | 'openedLeaf'> {
  return {
    ...(row.opened_at ? { openedAt: row.opened_at.toISOString() } : {}),
    ...(row.opened_leaf ? { openedLeaf: row.opened_leaf } : {}),
  };
}
