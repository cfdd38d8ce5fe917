import { dateIn } from '#kernel/languages';
import { askedWords } from '../names/words.ts';
import type { CasesNeeds } from '../needs.ts';
import { describeQueued } from '../office-views.ts';
import { grantsOf, requireDuty } from '../roles/rules.ts';
import type { Officer } from '../rules.ts';
import { pageSize, pagesMax, type Queue, type QueueCounts, type QueueFilters, type QueueSearch } from './contract.ts';
import { referencesOf } from './rules.ts';
import { type Asked, countOpen, countQueued, listQueued } from './store.ts';

/** What waits at an office, a page at a time: what an officer sees first costs the same with a thousand cases and with a hundred thousand. */
export function createQueue(needs: CasesNeeds) {
  const { database, clock, catalogue, state, calendar } = needs;
  const of = (officer: Officer) => ({
    officeId: officer.officeId,
    officerId: officer.personId,
    grants: grantsOf(needs.roles(), officer, 'read'),
  });
  const today = () => dateIn(clock.now(), calendar.timeZone);

  const list = async (
    officer: Officer,
    filters: QueueFilters,
    found: Pick<Asked, 'references' | 'names'>,
  ): Promise<Queue> => {
    requireDuty(needs.roles(), officer, 'read');
    const asked: Asked = { ...of(officer), filters, ...found };
    const total = await countQueued(database.db, asked);
    const pages = Math.min(pagesMax, Math.max(1, Math.ceil(total / pageSize)));
    const page = Math.min(pages, filters.page ?? 1);
    // One more than is shown, to know whether it goes on.
    const more = await listQueued(database.db, asked, {
      limit: pageSize + 1,
      ...(filters.after === undefined ? { offset: (page - 1) * pageSize } : { after: filters.after }),
    });
    const rows = more.slice(0, pageSize);
    const next = more.length > pageSize ? { next: rows.at(-1)!.row.id } : {};
    const here = { state, now: clock.now(), calendar };
    const cases = await Promise.all(
      rows.map(async (queued) =>
        describeQueued(queued, await catalogue.getService(queued.row.serviceId, queued.row.serviceVersion), here),
      ),
    );
    return { cases, total, page, pages, ...next };
  };

  const references = (typed: string) => referencesOf(typed, state, Number(today().slice(0, 4)));

  /** What can be a reference is one; anything else is looked for among the names of applicants. */
  const searchQueue = (officer: Officer, { find, ...filters }: QueueSearch): Promise<Queue> => {
    const named = references(find);
    return list(officer, filters, named.length > 0 ? { references: named } : { names: askedWords(find) });
  };

  const listQueue = (officer: Officer, filters: QueueFilters = {}): Promise<Queue> => {
    const typed = filters.reference?.trim() ?? '';
    return list(officer, filters, typed === '' ? {} : { references: references(typed) });
  };

  const countQueue = async (officer: Officer): Promise<QueueCounts> => {
    requireDuty(needs.roles(), officer, 'read');
    return countOpen(database.db, of(officer), today());
  };

  return { listQueue, searchQueue, countQueue };
}
