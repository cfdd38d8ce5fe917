import type { Tx } from '#kernel/database';
import { newId, sha256 } from '#kernel/ids';
import type { Text } from '#kernel/languages';
import type { Officer, Person } from '#modules/cases';
import { findLaw } from '#protocol/laws';
import { sharedDocumentBytesMax } from '#protocol/shared-case';
import type {
  PartnerAnswer,
  Share,
  SharedCase,
  SharedCaseForOffice,
  SharedSummary,
  ShareForOffice,
} from '../contract.ts';
import { writeLetter } from '../delivering/store.ts';
import { call } from '../messages.ts';
import type { SharingNeeds } from '../needs.ts';
import { readAnswerWords, readNote } from '../own-words.ts';
import { problem } from '../problems.ts';
import { homeRole } from '../rules.ts';
import {
  changeShare,
  findShare,
  holdShare,
  insertNote,
  listNotes,
  listSeenBy,
  listSharesOfCase,
  listSharesOfPerson,
  type ShareRow,
} from '../store.ts';
import {
  clockOf,
  describeAnswer,
  describeDocument,
  describeNotes,
  describeSummary,
  isAnswerDue,
  timelineOf,
} from './rules.ts';

const listedMax = 200;

/** That an office saw something of a person in a shared case, with the entry of the log that says so. */
export type SharedUse = {
  shareId: string;
  at: string;
  /** Entity ids: who saw it, and who showed it. */
  seenBy: string | undefined;
  shownBy: string;
  toState: string;
  serviceTitle: Text;
  ground: Text;
  fields: Text[];
  leafHash: string;
};

/** A case of another state of which this one keeps nothing any more. */
export type ErasedShare = { caseId: string; reference: string; serviceTitle: Text; at: string };

/** What people and offices see of shared cases: of other states' here, and of this state's elsewhere. */
export function createViewing(needs: SharingNeeds, parts: { nudge(): void; answerBy(share: ShareRow): string }) {
  const { database, clock, cases } = needs;
  const here = { state: needs.state, calendar: needs.calendar };
  const isSeen = (row: ShareRow | undefined): row is ShareRow => row?.side === 'viewer' && row.status !== null;
  const entityOf = (officeId: string) => needs.offices.find((office) => office.officeId === officeId)?.entityId;

  const listForPerson = async ({ personId }: Pick<Person, 'personId'>): Promise<SharedSummary[]> =>
    (await listSharesOfPerson(database.db, personId))
      .filter((row) => isSeen(row) && row.role === homeRole && row.state === 'active')
      .map((row) => describeSummary(row, here, clock.now()));

  const describeFor = async (row: ShareRow): Promise<SharedCase> => {
    const { case: picture } = row.status!;
    const beside = (await listSharesOfCase(database.db, 'viewer', row.case_id)).filter(
      (one) => one.role !== homeRole && one.peer === row.peer && one.person_id === row.person_id,
    );
    return {
      ...describeSummary(row, here, clock.now()),
      timeline: timelineOf(picture, row.peer_state, needs.state, row.role === homeRole ? beside : []),
      pageUrl: picture.pageUrl,
    };
  };

  const getForPerson = async ({ personId }: Pick<Person, 'personId'>, shareId: string): Promise<SharedCase> => {
    const row = await findShare(database.db, shareId);
    if (!isSeen(row) || row.role !== homeRole || row.person_id !== personId || row.state === 'ended')
      throw problem('share-unknown');
    return describeFor(row);
  };

  /** The person's own view at home is no business of the office that takes it. */
  const seenByOffice = (row: ShareRow | undefined, officer: Officer): row is ShareRow =>
    isSeen(row) &&
    row.role !== homeRole &&
    row.office_id === officer.officeId &&
    cases.mayDo(officer, 'answer', { serviceId: row.status!.case.serviceId, state: row.peer_state });
  const isParty = async (db: Tx, row: ShareRow, { personId }: Officer): Promise<boolean> =>
    row.person_id === personId || needs.actsFor(db, personId, row.person_id);

  /** What the office takes part in, as far as the officer's roles reach. Refuses whoever has no role to take part in any. */
  const listForOfficer = async (officer: Officer): Promise<SharedSummary[]> => {
    cases.requireDuty(officer, 'answer');
    return (await listSeenBy(database.db, officer.officeId, listedMax))
      .filter((row) => seenByOffice(row, officer))
      .map((row) => describeSummary(row, here, clock.now()));
  };

  const getForOfficer = async (officer: Officer, shareId: string): Promise<SharedCaseForOffice> => {
    cases.requireDuty(officer, 'answer');
    const row = await findShare(database.db, shareId);
    if (!seenByOffice(row, officer)) throw problem('share-unknown');
    const { ground, facts, documents, task } = row.status!;
    const isOwn = await isParty(database.db, row, officer);
    const { pageUrl: _, ...described } = await describeFor(row);
    return {
      ...described,
      role: row.role,
      ground: { kind: ground.kind, ...(ground.kind === 'law' ? { law: ground.law } : {}) },
      facts,
      documents: documents.map(describeDocument),
      ...(task ? { task } : {}),
      ...describeAnswer(row),
      isWaiting: row.waiting_since !== null,
      ...(row.waiting_since ? { waitingSince: row.waiting_since.toISOString() } : {}),
      notes: isOwn ? [] : describeNotes(await listNotes(database.db, shareId)),
    };
  };

  const holdForOfficer = async (tx: Tx, officer: Officer, shareId: string): Promise<ShareRow> => {
    cases.requireDuty(officer, 'answer');
    const row = await holdShare(tx, shareId);
    if (!seenByOffice(row, officer)) throw problem('share-unknown');
    if (await isParty(tx, row, officer)) throw problem('own-case');
    if (row.state === 'ended') throw problem('share-ended');
    return row;
  };

  /** Opening it is seeing it: each state in which a case was opened is in the log once, and the person reads of it. */
  const openForOfficer = async (officer: Officer, shareId: string): Promise<SharedCaseForOffice> => {
    cases.requireDuty(officer, 'answer');
    await database.transaction(async (tx) => {
      const row = await holdShare(tx, shareId);
      if (!seenByOffice(row, officer)) throw problem('share-unknown');
      if (row.state === 'ended' || row.number <= row.opened_number) return;
      const at = clock.now();
      const record = {
        shareId,
        caseId: row.case_id,
        officeId: row.office_id,
        shownBy: row.peer!,
        fields: [...row.status!.facts, ...row.status!.documents].map(({ id }) => id).join(' '),
        at: at.toISOString(),
      };
      await needs.ledger.append(tx, { kind: 'shared-case-opened', personId: row.person_id, record });
      await changeShare(tx, shareId, { opened_number: row.number, opened_at: row.opened_at ?? at });
    });
    return getForOfficer(officer, shareId);
  };

  const answer = async (officer: Officer, shareId: string, posted: PartnerAnswer): Promise<SharedCaseForOffice> => {
    const { outcome } = posted;
    await database.transaction(async (tx) => {
      const row = await holdForOfficer(tx, officer, shareId);
      if (!isAnswerDue(row)) throw problem('task-not-open');
      const ownWords = readAnswerWords(outcome, posted);
      const at = clock.now();
      const words = ownWords ? { ownWords } : {};
      await changeShare(tx, shareId, { answer: { outcome, ...words, at: at.toISOString() } });
      await writeLetter(tx, row, { kind: 'answer', outcome, ...words }, at);
      const record = { shareId, caseId: row.case_id, officeId: row.office_id, outcome, at: at.toISOString() };
      await needs.ledger.append(tx, { kind: 'shared-case-answered', personId: row.person_id, record });
    });
    parts.nudge();
    return getForOfficer(officer, shareId);
  };

  const write = async (officer: Officer, shareId: string, text: string): Promise<SharedCaseForOffice> => {
    const words = readNote(text);
    await database.transaction(async (tx) => {
      const row = await holdForOfficer(tx, officer, shareId);
      const at = clock.now();
      const writerName = officer.name ?? '';
      const note = { note_id: newId(), share_id: shareId, is_ours: true, writer_name: writerName, text: words };
      await insertNote(tx, { ...note, written_at: at });
      await writeLetter(tx, row, { kind: 'note', text: words }, at);
    });
    parts.nudge();
    return getForOfficer(officer, shareId);
  };

  /** A document, fetched from the deciding office now and held against the hash that it told before. */
  const fetchDocument = async (officer: Officer, shareId: string, documentId: string) => {
    cases.requireDuty(officer, 'answer');
    const row = await findShare(database.db, shareId);
    if (!seenByOffice(row, officer)) throw problem('share-unknown');
    if (row.state === 'ended') throw problem('share-ended');
    const document = row.status!.documents.find((one) => one.documentId === documentId);
    if (!document) throw problem('document-unknown');
    const [from, to] = [
      needs.offices.find(({ officeId }) => officeId === row.office_id),
      await needs.federation.findOffice(row.peer!),
    ];
    if (!from || !to) throw problem('office-unknown');
    const path = `/shares/${shareId}/documents/${documentId}`;
    const reply = await call(needs, { from, to, method: 'GET', path, replyBytesMax: sharedDocumentBytesMax });
    if (sha256(reply.body).toString('hex') !== document.sha256) throw problem('document-differs');
    const record = {
      shareId,
      caseId: row.case_id,
      officeId: row.office_id,
      document: document.id,
      sha256: document.sha256,
      at: clock.now().toISOString(),
    };
    await database.transaction((tx) =>
      needs.ledger.append(tx, { kind: 'shared-document-fetched', personId: row.person_id, record }),
    );
    return { bytes: reply.body, mediaType: document.mediaType, name: document.name };
  };

  const describeShare = (row: ShareRow): Share => {
    const task = row.status?.task;
    const answerBy = task ? parts.answerBy(row) : undefined;
    const isOpen = task && !row.answer && row.state === 'active';
    return {
      role: row.role,
      ...(row.peer ? { office: row.peer } : {}),
      toState: row.peer_state,
      beganAt: row.began_at.toISOString(),
      ...(row.heard_at ? { heardAt: row.heard_at.toISOString() } : {}),
      ...(row.waiting_since ? { waitingSince: row.waiting_since.toISOString() } : {}),
      isEnded: row.state === 'ended',
      ...(row.ended_because ? { endedBecause: row.ended_because as NonNullable<Share['endedBecause']> } : {}),
      fields: row.fields,
      ground: row.status?.ground.kind ?? 'consent',
      ...(task ? { task } : {}),
      ...(answerBy ? { answerBy } : {}),
      ...(isOpen && answerBy
        ? { clock: clockOf(row.peer_state, answerBy, row.peer_calendar ?? needs.calendar, clock.now()) }
        : {}),
      isSilent: row.silent_at !== null && !row.answer,
      ...describeAnswer(row),
    };
  };

  const sharesOf = (caseId: string) => listSharesOfCase(database.db, 'holder', caseId);

  const withoutWords = ({ answer: given, ...share }: Share): Share => ({
    ...share,
    ...(given ? { answer: { outcome: given.outcome, at: given.at } } : {}),
  });

  /** The person reads that there is an answer; its words are between the offices. */
  const listShares = async (person: Person, caseId: string): Promise<Share[]> => {
    if (!(await cases.maySeeAsPerson(person, caseId))) throw problem('share-unknown');
    return (await sharesOf(caseId)).map((row) => withoutWords(describeShare(row)));
  };

  const listSharesForOfficer = async (officer: Officer, caseId: string): Promise<ShareForOffice[]> => {
    cases.requireDuty(officer, 'read');
    const standing = await cases.describeStanding(officer, caseId);
    if (!standing) throw problem('share-unknown');
    const rows = (await sharesOf(caseId)).filter(({ role }) => role !== homeRole);
    // What is between the offices is for no party to the case.
    if (standing.isParty) return rows.map((row) => ({ ...withoutWords(describeShare(row)), notes: [] }));
    return Promise.all(
      rows.map(async (row) => ({
        ...describeShare(row),
        notes: describeNotes(await listNotes(database.db, row.share_id)),
      })),
    );
  };

  /** Who saw what of a person in shared cases, on either side. */
  const listUses = async (personId: string): Promise<SharedUse[]> =>
    (await listSharesOfPerson(database.db, personId))
      .filter((row) => row.status !== null && row.role !== homeRole && row.leaf_hash !== '')
      .map((row) => {
        const own = entityOf(row.office_id)!;
        const { ground, case: picture } = row.status!;
        return {
          shareId: row.share_id,
          at: row.began_at.toISOString(),
          seenBy: row.side === 'viewer' ? own : (row.peer ?? undefined),
          shownBy: row.side === 'viewer' ? row.peer! : own,
          toState: row.side === 'viewer' ? needs.state : row.peer_state,
          serviceTitle: picture.serviceTitle,
          ground:
            ground.kind === 'law'
              ? (findLaw(ground.law)?.names ?? { ar: ground.law, en: ground.law })
              : { ar: 'بموافقتك في الطلب', en: 'By your consent in the application' },
          fields: row.fields,
          leafHash: row.leaf_hash,
        };
      });

  /** Cases of other states of which this node has erased what it saw, the latest first. */
  const listErased = async (personId: string): Promise<ErasedShare[]> => {
    const rows = (await listSharesOfPerson(database.db, personId)).filter(isSeen);
    const cases = new Map(
      rows.flatMap((row) => (row.erased_at === null ? [] : [[row.case_id, { row, at: row.erased_at }] as const])),
    );
    return [...cases.values()]
      .map(({ row, at }) => ({
        caseId: row.case_id,
        reference: row.status!.case.reference,
        serviceTitle: row.status!.case.serviceTitle,
        at: at.toISOString(),
      }))
      .toSorted((one, other) => other.at.localeCompare(one.at));
  };

  return {
    listErased,
    listForPerson,
    getForPerson,
    listForOfficer,
    openForOfficer,
    answer,
    write,
    fetchDocument,
    listShares,
    listSharesForOfficer,
    listUses,
  };
}
