import { sql } from '#kernel/database';
import type { CaseRole } from './contract.ts';

type Fragment = ReturnType<typeof sql>;

/** Cases that these roles reach together, as a condition on `cases.cases`: nothing without a role, and no condition for a role without limits. */
export function isWithin(grants: readonly CaseRole[]): Fragment {
  if (grants.length === 0) return sql`false`;
  if (grants.some(({ services, states }) => !services && !states)) return sql`true`;
  const each = grants.map(({ services, states }) =>
    sql.join(
      [
        ...(services ? [sql`cases.service_id = any(${services}::text[])`] : []),
        ...(states ? [sql`cases.home_state = any(${states}::text[])`] : []),
      ],
      sql` and `,
    ),
  );
  return sql`(${sql.join(each, sql` or `)})`;
}
