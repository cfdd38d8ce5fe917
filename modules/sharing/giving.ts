import { sha256 } from '#kernel/ids';
import { clockSkewSeconds } from '#protocol/exchange-message';
import type { RequestMessage } from '#protocol/http-signatures';
import { verifyRequest } from './messages.ts';
import type { SharingNeeds, SharingOffice } from './needs.ts';
import { problem } from './problems.ts';
import { findShare, spendNonce } from './store.ts';

/**
 * The bytes of a document, for the office that the last status named it to, while the share lasts. What lies here must be what was
 * named: anything else is given to nobody. Throws the refusal.
 */
export async function giveDocument(
  needs: SharingNeeds,
  office: SharingOffice,
  of: { shareId: string; documentId: string },
  message: RequestMessage,
  body: Buffer,
): Promise<{ bytes: Buffer; contentType: string }> {
  const sender = await verifyRequest(needs, message, body, 0);
  const until = new Date((sender.params.expires + clockSkewSeconds) * 1000);
  if (!(await spendNonce(needs.database.db, sender.sender, sender.params.nonce, until)))
    throw problem('message-replayed');
  const share = await findShare(needs.database.db, of.shareId);
  if (share?.side !== 'holder' || share.peer !== sender.sender || share.office_id !== office.officeId)
    throw problem('share-unknown');
  if (share.state === 'ended') throw problem('share-ended');
  const document = share.status?.documents.find(({ documentId }) => documentId === of.documentId);
  const bytes = document && (await needs.cases.readSharedFile(document.documentId));
  if (!document || !bytes || sha256(bytes).toString('hex') !== document.sha256) throw problem('document-unknown');
  const record = {
    shareId: share.share_id,
    caseId: share.case_id,
    to: sender.sender,
    document: document.id,
    sha256: document.sha256,
    at: needs.clock.now().toISOString(),
  };
  await needs.database.transaction((tx) =>
    needs.ledger.append(tx, { kind: 'case-document-shared', personId: share.person_id, record }),
  );
  return { bytes, contentType: document.mediaType };
}
