import type { Tx } from '#kernel/database';
import { newId } from '#kernel/ids';
import { dateIn } from '#kernel/languages';
import { type Audience, addWorkingDays, type CaseToShare, type Officer, type Person } from '#modules/cases';
import { dropWaiting, writeLetter } from '../delivering/store.ts';
import type { SharingNeeds } from '../needs.ts';
import { readNote } from '../own-words.ts';
import { problem } from '../problems.ts';
import { homeRole, isSameStatus } from '../rules.ts';
import {
  changeShare,
  holdShare,
  insertNote,
  insertShare,
  listSharesOfCase,
  listUnanswered,
  type ShareRow,
  type Status,
} from '../store.ts';

const overdueAtOnce = 500;

/** The deciding side: tells other states how its cases stand, and ends that. */
export function createTelling(needs: SharingNeeds, nudge: () => void) {
  const { database, clock, cases } = needs;

  /** The share of a case with one who may see it, held; made when there is none. */
  const holdOrBegin = async (tx: Tx, told: CaseToShare, audience: Audience, subject: string): Promise<ShareRow> => {
    const { caseId } = told.picture;
    const found = (await listSharesOfCase(tx, 'holder', caseId)).find(({ role }) => role === audience.role);
    if (found) return (await holdShare(tx, found.share_id))!;
    const at = clock.now();
    const shareId = newId();
    const entry = await needs.ledger.append(tx, {
      kind: 'case-shared',
      personId: told.personId,
      record: {
        shareId,
        caseId,
        role: audience.role,
        officeId: told.officeId,
        toState: told.homeState,
        holderOf: audience.holderOf,
        ground: audience.ground.kind,
        fields: [...audience.facts, ...audience.documents].map(({ id }) => id).join(' '),
        at: at.toISOString(),
      },
    });
    await insertShare(tx, {
      share_id: shareId,
      side: 'holder',
      role: audience.role,
      holder_of: audience.holderOf,
      office_id: told.officeId,
      peer: null,
      peer_state: told.homeState,
      case_id: caseId,
      person_id: told.personId,
      subject,
      state: 'active',
      ended_because: null,
      number: 0,
      status: null,
      fields: [],
      began_at: at,
      changed_at: at,
      leaf_hash: entry.leafHash,
      answer_by: null,
      answer: null,
      silent_at: null,
      opened_at: null,
      opened_number: 0,
      peer_calendar: null,
      sent: 0,
      received: 0,
      heard_at: null,
      waiting_since: null,
      due_at: at,
      failures: 0,
      code: null,
      erased_at: null,
    });
    // Another process may have been first: the row that is there counts.
    const row = (await listSharesOfCase(tx, 'holder', caseId)).find(({ role }) => role === audience.role)!;
    return (await holdShare(tx, row.share_id))!;
  };

  const tellOne = async (tx: Tx, told: CaseToShare, audience: Audience, subject: string): Promise<void> => {
    const share = await holdOrBegin(tx, told, audience, subject);
    if (share.state === 'ended' || told.number <= share.number) return;
    const { role, ground, facts, documents, timeline, task } = audience;
    const status: Status = {
      role,
      subject: share.subject,
      ground,
      case: { ...told.picture, timeline, pageUrl: `${needs.publicUrl}/cases/${told.picture.caseId}` },
      facts,
      documents,
      ...(task ? { task } : {}),
      ...(share.answer ? { taskClosed: 'answered' } : share.silent_at ? { taskClosed: 'silent' } : {}),
    };
    const isNews = share.status === null || !isSameStatus(share.status, status);
    const labels = [...facts, ...documents].map(({ label }) => label);
    await changeShare(tx, share.share_id, {
      number: told.number,
      status,
      ...(labels.length > 0 ? { fields: labels } : {}),
    });
    if (isNews) await writeLetter(tx, share, { kind: 'status', ...status, calendar: needs.calendar }, clock.now());
  };

  const end = async (tx: Tx, share: ShareRow, because: 'consent-withdrawn' | 'case-withdrawn'): Promise<void> => {
    const at = clock.now();
    await dropWaiting(tx, share.share_id, at);
    await writeLetter(tx, share, { kind: 'ended', because }, at);
    await changeShare(tx, share.share_id, {
      state: 'ended',
      ended_because: because,
      ...(share.status ? { status: { ...share.status, facts: [], documents: [] } } : {}),
    });
    const record = { shareId: share.share_id, caseId: share.case_id, role: share.role, because, at: at.toISOString() };
    await needs.ledger.append(tx, { kind: 'case-sharing-ended', personId: share.person_id, record });
  };

  const tellCase = async (caseId: string): Promise<void> => {
    const told = await cases.readToShare(caseId);
    const subject = await needs.findSubject(told.personId);
    if (subject === undefined) needs.log.error({ caseId }, 'a shared case names nobody of another state');
    await database.transaction(async (tx) => {
      if (subject !== undefined) for (const audience of told.audiences) await tellOne(tx, told, audience, subject);
      if (told.isWithdrawn)
        for (const { share_id: shareId, role } of await listSharesOfCase(tx, 'holder', caseId)) {
          const share = (await holdShare(tx, shareId))!;
          // The person goes on seeing at home that they withdrew it.
          if (share.state === 'active' && role !== homeRole) await end(tx, share, 'case-withdrawn');
        }
      await cases.settleChangedCase(tx, { caseId, number: told.number });
    });
  };

  /** Writes what has changed in shared cases to whoever sees them. Done twice, or by two processes, it is written once. */
  const tellChanges = async (): Promise<boolean> => {
    const changed = await cases.listChangedCases();
    for (const { caseId } of changed)
      try {
        await tellCase(caseId);
      } catch (error) {
        // One case that fails keeps no other from being told; it is tried again with the next look.
        needs.log.error({ err: error, caseId }, 'a change of a shared case could not be told');
      }
    if (changed.length > 0) nudge();
    return false;
  };

  /** By the other side's calendar once it has said so; before that by this state's own. */
  const answerBy = (share: ShareRow): string =>
    share.answer_by ??
    addWorkingDays(
      dateIn(share.began_at, needs.calendar.timeZone),
      share.status?.task?.workingDays ?? 0,
      needs.calendar,
    );

  /** Notes of whom was asked and did not answer in time. Answers how many: a second call at the same moment notes none. */
  const passSilence = async (): Promise<number> => {
    const now = clock.now();
    let passed = 0;
    for (const { share_id: shareId } of await listUnanswered(database.db, overdueAtOnce))
      passed += await database.transaction(async (tx) => {
        const share = (await holdShare(tx, shareId))!;
        const { timeZone } = share.peer_calendar ?? needs.calendar;
        const isOpen = share.state === 'active' && !share.answer && !share.silent_at;
        if (!isOpen || dateIn(now, timeZone) <= answerBy(share)) return 0;
        await changeShare(tx, shareId, { silent_at: now, changed_at: now });
        await cases.noteSharing(tx, share.case_id, { kind: 'partner-silent', role: share.role });
        return 1;
      });
    return passed;
  };

  /** The person ends what somebody of the home state sees: from the next letter on nothing is shown, and what was is erased. */
  const endSharing = async (person: Person, caseId: string, role: string): Promise<void> => {
    if (!(await cases.maySeeAsPerson(person, caseId))) throw problem('share-unknown');
    await database.transaction(async (tx) => {
      const found = (await listSharesOfCase(tx, 'holder', caseId)).find((share) => share.role === role);
      if (!found) throw problem('share-unknown');
      const share = (await holdShare(tx, found.share_id))!;
      if (share.state === 'ended') return;
      await end(tx, share, 'consent-withdrawn');
      await cases.noteSharing(tx, caseId, { kind: 'sharing-ended', role });
    });
    nudge();
  };

  /** A consent that was withdrawn at home ends what the home state's offices see of the cases that stand on it; heard twice, once. */
  const endUnder = async (tx: Tx, consentId: string): Promise<void> => {
    for (const caseId of await cases.listSharedUnder(tx, consentId))
      for (const { share_id: shareId, role } of await listSharesOfCase(tx, 'holder', caseId)) {
        const share = (await holdShare(tx, shareId))!;
        // The person's own page at home is not what the evidence was shown to.
        if (share.state === 'ended' || role === homeRole) continue;
        await end(tx, share, 'consent-withdrawn');
        await cases.noteSharing(tx, caseId, { kind: 'consent-gone', role });
      }
    nudge();
  };

  const writeToPartner = async (officer: Officer, caseId: string, role: string, text: string): Promise<void> => {
    cases.requireDuty(officer, 'read');
    const standing = await cases.describeStanding(officer, caseId);
    if (!standing) throw problem('share-unknown');
    if (standing.isParty) throw problem('own-case');
    cases.requireDuty(officer, 'work', standing.work);
    await database.transaction(async (tx) => {
      const found = (await listSharesOfCase(tx, 'holder', caseId)).find((share) => share.role === role);
      if (!found || role === homeRole) throw problem('share-unknown');
      const share = (await holdShare(tx, found.share_id))!;
      if (share.state === 'ended') throw problem('share-ended');
      const words = readNote(text);
      const at = clock.now();
      await insertNote(tx, {
        note_id: newId(),
        share_id: share.share_id,
        is_ours: true,
        writer_name: officer.name ?? '',
        text: words,
        written_at: at,
      });
      await writeLetter(tx, share, { kind: 'note', text: words }, at);
    });
    nudge();
  };

  return { tellChanges, passSilence, endSharing, endUnder, writeToPartner, answerBy };
}
