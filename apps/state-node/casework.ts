import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import type { Jobs } from '#kernel/jobs';
import type { Log } from '#kernel/log';
import { type Cases, createCases } from '#modules/cases';
import type { Catalogue } from '#modules/catalogue';
import type { Credentials } from '#modules/credentials';
import type { Ledger } from '#modules/ledger';
import type { Payments } from '#modules/payments';
import type { Signatures } from '#modules/signatures';
import { issueDocuments } from './documents.ts';
import { calendarOf, type StateDescription } from './state-folder.ts';

/** The cases of a state with what is issued for their decisions, and ended with them. */
export function createCasesFor(needs: {
  database: Database;
  clock: Clock;
  log: Log;
  ledger: Ledger;
  jobs: Jobs;
  catalogue: Catalogue;
  state: StateDescription;
  virusScanner: string | undefined;
  /** Late, because modules are made one after another. */
  later(): { credentials: Credentials; signatures: Signatures; payments: Pick<Payments, 'isDue'> };
}): Cases {
  const { later, jobs, state, ...rest } = needs;
  const cases = createCases({
    ...rest,
    jobs,
    state: state.code,
    calendar: calendarOf(state),
    fees: { isDue: (...asked) => later().payments.isDue(...asked) },
    onDecisionEnded: (tx, { decisionId, as }) =>
      later().credentials.endDecision(tx, decisionId, as === 'superseded' ? 'superseded' : 'revoked'),
  });
  jobs.work('case-decided', async (data) =>
    issueDocuments(
      { database: needs.database, clock: needs.clock, timeZone: state.timeZone, cases, ...later() },
      String(data['caseId']),
    ),
  );
  return cases;
}
