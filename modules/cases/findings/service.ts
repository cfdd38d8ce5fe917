import type { Tx } from '#kernel/database';
import type { Answers, Service } from '#modules/catalogue';
import type { ReceivedEvidence } from '../contract.ts';
import { type CasesNeeds, dayOf } from '../needs.ts';
import { applyRules } from '../rules.ts';
import { appendEvent, type CaseRow, listEvents } from '../store.ts';
import type { RulesRun } from './contract.ts';
import { appliedAgain, lastFound } from './rules.ts';

/**
 * Applies the rules of the version that the case began on to facts that have changed since it was sent, as of the day it was sent, and keeps
 * what they find beside what they found before. It decides nothing: once a case is with an office, an officer does. True when they find
 * something else than the last time.
 */
export async function applyRulesAgain(
  needs: Pick<CasesNeeds, 'calendar'>,
  tx: Tx,
  row: CaseRow,
  service: Service,
  facts: { evidence: ReceivedEvidence[]; answers: Answers; because: Exclude<RulesRun['because'], 'sent'>; at: Date },
): Promise<boolean> {
  const { evidence, answers, because, at } = facts;
  const date = dayOf(needs, row.submittedAt!);
  const result = applyRules(service, evidence, answers, { date, year: Number(date.slice(0, 4)) });
  const findings = result.findings.map(({ reason }) => reason);
  const before = lastFound(await listEvents(tx, row.id)) ?? [];
  const body = { because, outcome: result.outcome, reasons: result.reasons, findings };
  await appendEvent(tx, { caseId: row.id, kind: appliedAgain, actor: { kind: 'rules' }, body, at });
  return before.toSorted().join(' ') !== findings.toSorted().join(' ');
}
