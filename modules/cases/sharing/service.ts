import type { Tx } from '#kernel/database';
import type { Service } from '#modules/catalogue';
import { problem } from '../contract.ts';
import { readContent } from '../files/store.ts';
import { type CasesNeeds, getRow, holdRow, openFile, recordOf, saveRow } from '../needs.ts';
import { mayReadAsPerson, type Person } from '../rules.ts';
import { appendEvent, type CaseRow, findCase, listEvents } from '../store.ts';
import { type Audience, audiencesOf, awaitedRoles, type CaseToShare, describeToShare, wasDecided } from './rules.ts';
import { isShared, listChanges, listSharedUnder, markShared, settleChange } from './store.ts';

const changesAtOnce = 50;

/** Begins to share a case that is handed in, where its service and its person say so; before the event of handing it in. */
export async function beginSharing(
  needs: Pick<CasesNeeds, 'state'>,
  tx: Tx,
  of: { row: CaseRow; service: Service; answers: Record<string, unknown>; at: Date },
): Promise<{ asked: string[] }> {
  const sent = { homeState: of.row.homeState, submittedAt: of.at };
  const audiences = audiencesOf(of.service, sent, of.answers, needs.state);
  if (audiences.length > 0) await markShared(tx, of.row.id);
  return { asked: audiences.filter(({ task }) => task).map(({ role }) => role) };
}

/** Refuses an approval that an office of another state was asked about and has not answered. */
export async function requireAnswers(tx: Tx, row: CaseRow, service: Service): Promise<void> {
  if (!service.casework.sharing?.partners) return;
  const events = await listEvents(tx, row.id);
  if (!wasDecided(events) && awaitedRoles(service, events).length > 0) throw problem('partner-awaited');
}

/** For whoever tells other states of this state's cases; never answered to a caller as it is. */
export function createSharing(needs: CasesNeeds) {
  const { database, clock, state } = needs;

  /** What other states may see of a case now. */
  const readToShare = async (caseId: string): Promise<CaseToShare> =>
    describeToShare(
      await openFile(needs, await getRow(needs, caseId, ({ submittedAt }) => submittedAt !== undefined)),
      state,
    );

  /** The bytes of a document that was attached to the case. */
  const readSharedFile = async (documentId: string): Promise<Buffer | undefined> =>
    readContent(database.db, documentId);

  /** Notes in the case what came of asking another state. It changes the version, so nobody decides without having seen it. */
  const noteSharing = async (
    tx: Tx,
    caseId: string,
    noted: {
      kind: 'partner-answered' | 'partner-silent' | 'sharing-ended' | 'consent-gone' | 'letter-again';
      role: string;
      outcome?: 'confirmed' | 'refused';
    },
  ): Promise<void> => {
    const row = await holdRow(tx, caseId, () => true);
    const at = clock.now();
    const { kind, role, outcome } = noted;
    const isLate = kind === 'partner-silent';
    await saveRow(tx, { ...row, updatedAt: at, ...(isLate ? { escalation: Math.max(1, row.escalation ?? 0) } : {}) });
    const body = { role, ...(outcome ? { outcome } : {}) };
    await appendEvent(tx, { caseId, kind, actor: { kind: 'node' }, body, at });
    const record = { ...recordOf(needs, row), role, ...(outcome ? { outcome } : {}) };
    await needs.ledger.append(tx, { kind: `case-${kind}`, record, personId: row.personId });
    if (isLate) await needs.jobs.send(tx, 'case-escalated', { caseId }, { key: caseId });
    if (kind === 'partner-answered') await needs.jobs.send(tx, 'case-partner-answered', { caseId });
  };

  return {
    readToShare,
    readSharedFile,
    noteSharing,
    listChangedCases: () => listChanges(database.db, changesAtOnce),
    settleChangedCase: settleChange,
    /** Whether another state sees the case. */
    isShared: (caseId: string) => isShared(database.db, caseId),
    /** Shared cases of this state that stand on a consent, in the caller's transaction. */
    listSharedUnder,
    /** False also of a case that does not exist. */
    maySeeAsPerson: async (person: Person, caseId: string): Promise<boolean> => {
      const row = await findCase(database.db, caseId);
      return row !== undefined && mayReadAsPerson(row, person);
    },
  };
}

export type { Audience, CaseToShare };
