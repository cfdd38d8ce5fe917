import { dateIn } from '#kernel/languages';
import type { CasesNeeds } from '../needs.ts';
import { describeQueued } from '../office-views.ts';
import type { Officer } from '../rules.ts';
import { pageSize, pagesMax, type Queue, type QueueCounts, type QueueFilters } from './contract.ts';
import { referencesOf } from './rules.ts';
import { type Asked, countOpen, countQueued, listQueued } from './store.ts';

/** What waits at an office, a page at a time: what an officer sees first costs the same with a thousand cases and with a hundred thousand. */
export function createQueue(needs: CasesNeeds) {
  const { database, clock, catalogue, state, calendar } = needs;
  const today = () => dateIn(clock.now(), calendar.timeZone);

  const listQueue = async (officer: Officer, filters: QueueFilters = {}): Promise<Queue> => {
    const typed = filters.reference?.trim() ?? '';
    const asked: Asked = {
      officeId: officer.officeId,
      officerId: officer.personId,
      filters,
      ...(typed === '' ? {} : { references: referencesOf(typed, state, Number(today().slice(0, 4))) }),
    };
    const total = await countQueued(database.db, asked);
    const pages = Math.min(pagesMax, Math.max(1, Math.ceil(total / pageSize)));
    const page = Math.min(pages, filters.page ?? 1);
    const rows = await listQueued(database.db, asked, { limit: pageSize, offset: (page - 1) * pageSize });
    const here = { state, now: clock.now(), calendar };
    const cases = await Promise.all(
      rows.map(async (queued) =>
        describeQueued(queued, await catalogue.getService(queued.row.serviceId, queued.row.serviceVersion), here),
      ),
    );
    return { cases, total, page, pages };
  };

  const countQueue = (officer: Officer): Promise<QueueCounts> =>
    countOpen(database.db, officer.officeId, officer.personId, today());

  return { listQueue, countQueue };
}
