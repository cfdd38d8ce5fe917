import { canonicalJson } from '#kernel/ids';
import { Problem } from '#kernel/problem';
import { keepAsked, type Service } from '#modules/catalogue';
import type { ReceivedEvidence } from '../contract.ts';
import { readAnswers } from '../files/answers.ts';
import { applyRulesAgain } from '../findings/service.ts';
import { type CasesNeeds, saveRow } from '../needs.ts';
import { problem } from '../problems.ts';
import { keepAskedFields } from '../rules.ts';
import { appendEvent, type CaseRow, holdCase } from '../store.ts';
import { formWith } from './conditions.ts';
import { insertEvidence, listEvidence } from './store.ts';

/** What the holder of evidence says when its ground is gone: nothing to try again. */
const groundGone = new Set([
  'mandate-unknown',
  'mandate-ended',
  'mandate-suspended',
  'mandate-not-covering',
  'consent-not-held',
  'consent-withdrawn',
  'consent-expired',
  'evidence-not-found',
]);

/**
 * Asks again for the evidence that a service says has to stand when a case is sent and when it is approved, under the consent it was
 * given with. What arrives takes the place of what there was, and where it says something else after the case was sent, the rules are applied
 * again: when they find something else, the version changes, so that nobody decides without having seen it. Nothing is asked in a transaction. Throws `evidence-stands-no-more` when
 * the ground is gone, otherwise what the other side said, such as that its register is down: then nothing was sent or decided, and the
 * same step can be taken again. `onFailure` hears of it first, with the source that said so.
 */
export async function askAgain(
  needs: CasesNeeds,
  row: CaseRow,
  service: Service,
  onFailure?: (source: { providerState: string; evidenceType: string }, error: unknown) => Promise<unknown>,
): Promise<void> {
  const standing = service.definition.requirements.filter(({ evidence }) => evidence.standing);
  if (standing.length === 0 || !needs.askAgain) return;
  const held = await listEvidence(needs.database.db, row.id);
  const kept: ReceivedEvidence[] = [];
  for (const { evidence } of standing) {
    const before = held.find(({ evidenceType }) => evidenceType === evidence.type);
    // What never arrived is told as missing, where the case is sent.
    if (!before) continue;
    try {
      kept.push(keepAskedFields(service, await ask(needs, row, before)));
    } catch (error) {
      await onFailure?.(before, error);
      throw error;
    }
  }
  if (kept.length === 0) return;
  await needs.database.transaction(async (tx) => {
    const now = await holdCase(tx, row.id);
    if (now?.state !== row.state) return;
    const at = needs.clock.now();
    for (const one of kept) await insertEvidence(tx, row.id, one, at);
    const body = { evidenceTypes: kept.map(({ evidenceType }) => evidenceType) };
    await appendEvent(tx, { caseId: row.id, kind: 'evidence-asked-again', actor: { kind: 'node' }, body, at });
    // What is sent now is judged when it is sent. Of what is with an office, the officer has to have seen what the rules find now.
    if (!now.submittedAt || !kept.some((one) => isOther(one, held))) return;
    const evidence = await listEvidence(tx, row.id);
    const answers = keepAsked(formWith(service.form, evidence), (await readAnswers(tx, row.id)).answers);
    const because = 'evidence-asked-again';
    if (await applyRulesAgain(needs, tx, now, service, { evidence, answers, because, at }))
      await saveRow(tx, { ...now, updatedAt: at });
  });
}

/** Whether evidence says something else than what there was. */
const isOther = ({ evidenceType, values }: ReceivedEvidence, held: readonly ReceivedEvidence[]): boolean =>
  canonicalJson(values) !== canonicalJson(held.find((one) => one.evidenceType === evidenceType)?.values ?? {});

async function ask(needs: CasesNeeds, row: CaseRow, before: { evidenceType: string; providerState: string }) {
  try {
    return await needs.askAgain!({
      officeId: row.officeId,
      providerState: before.providerState,
      evidenceType: before.evidenceType,
      reference: row.reference,
    });
  } catch (error) {
    if (error instanceof Problem && groundGone.has(error.code)) throw problem('evidence-stands-no-more');
    throw error;
  }
}
