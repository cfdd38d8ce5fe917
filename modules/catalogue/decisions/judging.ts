import type { Text } from '#kernel/languages';
import type { Outcome } from '../contract.ts';
import { type ValueSource, valueAt } from '../paths.ts';
import type { Service } from '../services.ts';
import { evaluateDecision } from './rules.ts';

export type Judged = {
  outcome: Outcome;
  /** Ids of the reasons that carry the outcome. */
  reasons: string[];
  /** Rows that fired and name a reason, in the order of evaluation. */
  findings: Array<{ reason: string; outcome: Outcome; text: Text }>;
};

/**
 * Runs the service's published rules. Whatever goes wrong in them sends the case to an officer: no table, however
 * mistaken, approves or refuses by accident.
 */
export function judge(
  service: Service,
  { evidence, answers, today }: Required<Pick<ValueSource, 'evidence' | 'answers' | 'today'>>,
): Judged {
  const source = { evidence, answers, data: service.data, today };
  const { name, inputs } = service.definition.decision;
  const context = Object.fromEntries(Object.entries(inputs).map(([input, path]) => [input, valueAt(source, path)]));
  const { value, fired, problems } = evaluateDecision(service.decisions, name, context);
  const findings = fired.flatMap(({ outputs }) => {
    const reason = typeof outputs['reason'] === 'string' ? outputs['reason'] : '';
    const known = service.reasons[reason];
    return known ? [{ reason, outcome: known.outcome, text: known.text }] : [];
  });
  const { outcome, reasons } = (value ?? {}) as { outcome?: unknown; reasons?: unknown };
  const ids = (Array.isArray(reasons) ? reasons : [reasons]).filter(
    (reason): reason is string => typeof reason === 'string' && service.reasons[reason] !== undefined,
  );
  const isClear = problems.length === 0 && (outcome === 'approve' || outcome === 'refuse') && ids.length > 0;
  return { outcome: isClear ? outcome : 'review', reasons: ids, findings };
}
