import type { Tx } from '#kernel/database';
import { newId } from '#kernel/ids';
import type { Text } from '#kernel/languages';
import type { Service } from '#modules/catalogue';
import { stepTo } from '../chart.ts';
import { requireChecked } from '../checklist/rules.ts';
import { type OfficerDecision, problem } from '../contract.ts';
import { forgetDrafted } from '../drafted/store.ts';
import { askAgain } from '../evidence/service.ts';
import { isUnpaid } from '../fees.ts';
import { getForStep, holdForOfficer, officerActor } from '../holding.ts';
import { requireConsent } from '../losses/service.ts';
import { insertNote } from '../messages/store.ts';
import { type CasesNeeds, dayOf, recordOf, saveRow, standingOf } from '../needs.ts';
import { readOwnWords, readText } from '../own-words.ts';
import { validityOf } from '../renewals/rules.ts';
import { saveValidity } from '../renewals/store.ts';
import type { Officer } from '../rules.ts';
import { requireAnswers } from '../sharing/service.ts';
import type { Standing } from '../standing.ts';
import { type Actor, appendEvent, type CaseRow, listEvents, saveDecidedAs } from '../store.ts';
import type { Confirmation, Decision } from './contract.ts';
import { grantAll, readItemsOf } from './items.ts';
import { type DecisionBody, decisionIdOf, type ItemBody, isDecision, isInPart, kindsOfDecision } from './rules.ts';

export type DecisionFacts = {
  outcome: 'approve' | 'refuse';
  decidedBy: Decision['decidedBy'];
  officer?: Officer;
  /** The second officer, where the service asks for one. */
  confirmedBy?: Officer;
  reasonIds: string[];
  conditionIds?: string[];
  ownWords?: Text;
  /** Of an approval; all are granted where nothing is said. */
  items?: ItemBody[];
  because?: NonNullable<Decision['because']>;
  isFinal?: boolean;
};

/**
 * Event, ledger entry and announcement of a decision; the caller saves the row in the same transaction. An earlier decision of the
 * case ends with it, and so do its documents.
 */
export async function recordDecision(
  needs: CasesNeeds,
  tx: Tx,
  row: CaseRow,
  service: Service,
  facts: DecisionFacts,
  at: Date,
): Promise<void> {
  requireConsent(row);
  const events = await listEvents(tx, row.id);
  const earlier = events.filter(isDecision).length;
  if (earlier === 0 && (await isUnpaid(needs, tx, row))) throw problem('fee-due');
  // Where silence decides, the law does, whoever else is silent too.
  if (facts.outcome === 'approve' && facts.decidedBy !== 'silence') await requireAnswers(tx, row, service);
  const { officer, confirmedBy, conditionIds = [] } = facts;
  if (facts.decidedBy === 'officer' && facts.because !== 'correction')
    requireChecked({ service, events }, row.state, kindsOfDecision(facts));
  const items =
    facts.outcome === 'approve' ? (facts.items ?? grantAll(await readItemsOf(tx, row.id, service))) : undefined;
  const inPart = isInPart(items);
  const decidedAs = facts.outcome === 'refuse' ? 'refused' : inPart ? 'approved-in-part' : 'approved';
  const body: DecisionBody & { by?: string; confirmedByName?: string } = {
    number: `${row.reference}-D${earlier === 0 ? '' : earlier + 1}`,
    ...(earlier === 0 ? {} : { decisionId: newId() }),
    reasonIds: facts.reasonIds,
    ...(conditionIds.length > 0 ? { conditionIds } : {}),
    decidedBy: facts.decidedBy,
    ...(facts.ownWords ? { ownWords: facts.ownWords } : {}),
    ...(items?.length ? { items } : {}),
    ...(inPart ? { inPart } : {}),
    ...(officer ? { by: officer.name ?? '' } : {}),
    ...(confirmedBy ? { confirmedBy: confirmedBy.personId, confirmedByName: confirmedBy.name ?? '' } : {}),
    ...(facts.because ? { because: facts.because } : {}),
    ...(facts.isFinal ? { isFinal: true } : {}),
  };
  const actor: Actor = officer ? officerActor(officer) : { kind: facts.decidedBy === 'silence' ? 'node' : 'rules' };
  const kind = facts.outcome === 'approve' ? 'case-approved' : 'case-refused';
  await appendEvent(tx, { caseId: row.id, kind, actor, body, at });
  await saveDecidedAs(tx, row.id, decidedAs);
  await forgetDrafted(tx, row.id);
  if (earlier > 0)
    await needs.onDecisionEnded?.(tx, { decisionId: decisionIdOf(events, row.id), as: 'superseded', at });
  // A correction says the same of the same time.
  if (facts.outcome === 'approve' && facts.because !== 'correction') {
    const validity = validityOf(service, dayOf(needs, at));
    if (validity) await saveValidity(tx, row.id, validity);
  }
  await needs.ledger.append(tx, {
    kind: 'case-decided',
    record: {
      ...recordOf(needs, row),
      outcome: decidedAs,
      decidedBy: facts.decidedBy,
      ...(conditionIds.length > 0 ? { conditions: conditionIds.length } : {}),
      ...(inPart
        ? { granted: items!.filter(({ outcome }) => outcome === 'approved').length, asked: items!.length }
        : {}),
      ...(facts.because ? { because: facts.because } : {}),
    },
    personId: row.personId,
  });
  await needs.jobs.send(tx, 'case-decided', { caseId: row.id }, { key: row.id });
}

/** Reasons, conditions and own words that fit the outcome and the service, or a refusal. */
export function readDecision(
  service: Service,
  decision: Pick<OfficerDecision, 'outcome' | 'reasonIds' | 'conditionIds' | 'ownWordsAr' | 'ownWordsEn'>,
): { outcome: 'approve' | 'refuse'; reasonIds: string[]; conditionIds: string[]; ownWords?: Text } {
  const { outcome, reasonIds, conditionIds = [] } = decision;
  const { reasons, casework } = service;
  const fits = reasonIds.every((id) => {
    const reason = Object.hasOwn(reasons, id) ? reasons[id] : undefined;
    return reason?.forOfficer && reason.outcome === outcome;
  });
  const ownWords = readOwnWords(decision);
  if (!fits || (reasonIds.length === 0 && !ownWords)) throw problem('reasons-missing');
  const offered = casework.decisions?.conditions ?? {};
  if (conditionIds.length > 0 && (outcome !== 'approve' || conditionIds.some((id) => !Object.hasOwn(offered, id))))
    throw problem('condition-not-offered');
  return { outcome, reasonIds, conditionIds, ...(ownWords ? { ownWords } : {}) };
}

/** The second pair of eyes, where the service asks for it. */
export function createConfirmations(needs: CasesNeeds) {
  const { database, clock, catalogue } = needs;

  /** The proposal becomes the decision, or goes back to whoever made it. Never by the same officer. */
  const confirmDecision = async (officer: Officer, caseId: string, confirmation: Confirmation): Promise<Standing> => {
    const found = await getForStep(needs, officer, caseId, 'confirm');
    const service = await catalogue.getService(found.serviceId, found.serviceVersion);
    const proposed = (await listEvents(database.db, caseId)).findLast(({ kind }) => kind === 'decision-proposed');
    if (confirmation.confirms && proposed?.body['outcome'] === 'approve') await askAgain(needs, found, service);
    return database.transaction(async (tx) => {
      const { expectedVersion } = confirmation;
      const row = await holdForOfficer(needs, tx, officer, { caseId, expectedVersion, duty: 'confirm' });
      const event = (await listEvents(tx, caseId)).findLast(({ kind }) => kind === 'decision-proposed');
      const body = event?.body as (DecisionBody & { outcome: 'approve' | 'refuse'; by?: string }) | undefined;
      const outcome = body?.outcome ?? 'approve';
      const next = stepTo(row.state, confirmation.confirms ? `confirm-${outcome}` : 'send-back');
      if (event?.actorId === officer.personId) throw problem('own-decision');
      const at = clock.now();
      const note = readText(confirmation.note);
      if (!confirmation.confirms) {
        if (note === undefined) throw problem('note-missing');
        await insertNote(tx, caseId, { officer, text: note, at });
        const actor = officerActor(officer);
        await appendEvent(tx, { caseId, kind: 'decision-sent-back', actor, body: { by: officer.name ?? '' }, at });
        return standingOf(await saveRow(tx, { ...row, state: next, updatedAt: at }));
      }
      const { reasonIds, conditionIds, ownWords, items, because } = body!;
      await recordDecision(
        needs,
        tx,
        row,
        service,
        {
          outcome,
          decidedBy: 'officer',
          officer: { personId: event!.actorId!, officeId: officer.officeId, name: body!.by ?? '' },
          confirmedBy: officer,
          reasonIds: reasonIds ?? [],
          ...(conditionIds ? { conditionIds } : {}),
          ...(ownWords ? { ownWords } : {}),
          ...(items ? { items } : {}),
          ...(because ? { because } : {}),
        },
        at,
      );
      return standingOf(await saveRow(tx, { ...row, state: next, updatedAt: at, decidedAt: at }));
    });
  };

  return { confirmDecision };
}
