import { createHash } from 'node:crypto';
import { type Draw, type PageContext, type PageRoute, type PortalNeeds, stateNameOf, textOf } from '#apps/portal';
import { isUuid } from '#kernel/ids';
import type { Text } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import { type CaseState, manyMax, type Officer, type QueueFilters } from '#modules/cases';
import { nameOfHolder, namesOfColleagues, officerIn } from './officers.ts';
import type { QueueFilter, QueueRow, QueueView } from './pages/index.ts';
import { consolePages } from './pages/index.ts';

const filters: Record<QueueFilter, QueueFilters> = {
  open: { state: 'open' },
  mine: { state: 'open', mine: true },
  unassigned: { state: 'open', unassigned: true },
  news: { state: 'open', news: true },
  'to-confirm': { state: 'to-confirm' },
  appeals: { state: 'appeals' },
  waiting: { state: 'waiting' },
  escalated: { state: 'open', escalated: true },
  decided: { state: 'decided' },
  stopped: { state: 'stopped' },
};
const waitsFor: Partial<Record<CaseState, QueueRow['waitsFor']>> = {
  'to-confirm': 'to-confirm',
  'under-appeal': 'appeal',
  'waiting-for-person': 'person',
};
type Asked = { filter: QueueFilter; service: string; search: string; isByName: boolean; page: number; after?: string };
/** References have digits and names have none, so a name is never asked for in an address. */
const isName = (search: string) => search !== '' && !/\p{N}/u.test(search);

/** What the queue's own form asks for, whichever way it comes; by a name only when it `isPosted`. */
function askedIn(given: Record<string, unknown>, isPosted = false): Asked {
  const textAt = (name: string) => (typeof given[name] === 'string' ? (given[name] as string) : '');
  const show = textAt('show');
  const search = textAt('q').slice(0, 80).trim();
  const after = textAt('after');
  return {
    ...(isUuid(after) ? { after } : {}),
    filter: Object.hasOwn(filters, show) ? (show as QueueFilter) : 'open',
    service: /^[a-z][a-z0-9-]{0,63}$/.test(textAt('service')) ? textAt('service') : '',
    search,
    isByName: isPosted && isName(search),
    page: Math.min(40, Math.max(1, Number.parseInt(textAt('page'), 10) || 1)),
  };
}

/** The queue of an office: a page at a time, in views that an officer keeps, refreshed while it is looked at, and several cases at once. */
export function queueRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { cases } = needs;

  const read = async (officer: Officer, { filter, service, search, isByName, page, after }: Asked) => {
    const place = { ...filters[filter], ...(service ? { serviceId: service } : {}), page, ...(after ? { after } : {}) };
    const [counts, queue] = await Promise.all([
      cases.countQueue(officer),
      isByName
        ? cases.searchQueue(officer, { ...place, find: search })
        : cases.listQueue(officer, { ...place, reference: search.slice(0, 40) }),
    ]);
    // All that would look different: what is the same gets the same mark.
    const shown = queue.cases.map(({ id, version, hasNews, workingDaysLeft, escalation, assignment }) =>
      [id, version, hasNews, workingDaysLeft, escalation, assignment?.officerId].join(' '),
    );
    const mark = createHash('sha256')
      .update(JSON.stringify([counts, queue.total, shown]))
      .digest('base64url');
    return { counts, queue, mark: mark.slice(0, 22) };
  };

  const show = async (
    context: PageContext,
    officer: Officer,
    asked: Asked,
    said: Pick<QueueView, 'notice' | 'refused'> = {},
  ) => {
    const [{ counts, queue, mark }, colleagues, shared, views] = await Promise.all([
      read(officer, asked),
      namesOfColleagues(cases, officer),
      cases.mayDo(officer, 'answer') ? needs.sharing.listForOfficer(officer) : [],
      cases.listViews(officer),
    ]);
    const services = needs.catalogue
      .listDelivered()
      .filter(({ definition }) =>
        definition.offeredBy.some(({ state, office }) => state === needs.state.code && office === officer.officeId),
      )
      .map(({ definition }) => ({ id: definition.id, title: definition.title }));
    const maySupervise = cases.mayDo(officer, 'supervise');
    return draw(
      consolePages.queue,
      {
        officeName: needs.offices.find((office) => office.id === officer.officeId)?.names ?? needs.state.names,
        counts: { waiting: counts.waiting, mine: counts.mine, overdue: counts.overdue },
        ...(maySupervise ? { escalated: counts.escalated } : {}),
        ...(shared.length > 0 ? { shared: { toAnswer: shared.filter(({ isAnswerDue }) => isAnswerDue).length } } : {}),
        mayReadWorkload: maySupervise,
        mayAudit: cases.mayDo(officer, 'audit'),
        filter: asked.filter,
        service: asked.service,
        services,
        search: asked.search,
        isByName: asked.isByName,
        views,
        mark,
        rows: await Promise.all(
          queue.cases.map(
            async (item): Promise<QueueRow> => ({
              caseId: item.id,
              reference: item.reference,
              serviceTitle: item.serviceTitle,
              applicant: item.applicant ?? { ar: 'متقدّم', en: 'Applicant' },
              homeState: await stateNameOf(needs, item.homeState),
              why: item.why ?? item.stateText,
              dueOn: item.dueOn ?? '',
              workingDaysLeft: item.workingDaysLeft,
              hasNews: item.hasNews,
              isEscalated: item.escalation > 0,
              ...(waitsFor[item.state] ? { waitsFor: waitsFor[item.state]! } : {}),
              ...(item.assignment
                ? {
                    assignedTo: {
                      name: nameOfHolder(item.assignment, colleagues),
                      isYou: item.assignment.officerId === officer.personId,
                    },
                  }
                : {}),
            }),
          ),
        ),
        page: queue.page,
        pages: queue.pages,
        ...(asked.after ? { after: asked.after } : {}),
        ...(queue.next && (asked.after || queue.page === queue.pages) ? { next: queue.next } : {}),
        ...said,
      },
      context,
      said.refused && !said.notice ? { status: 422 } : {},
    );
  };

  return [
    {
      method: 'GET',
      path: '/office',
      access: 'officer',
      handle: async (context) => show(context, await officerIn(needs, context.caller), askedIn(context.query)),
    },
    {
      // Whether what is looked at is still so: a short word to ask for again and again, instead of the page.
      method: 'GET',
      path: '/office/mark',
      access: 'officer',
      handle: async (context) => {
        const { mark } = await read(await officerIn(needs, context.caller), askedIn(context.query));
        return {
          bytes: JSON.stringify({ mark }),
          contentType: 'application/json',
          headers: { 'cache-control': 'no-store' },
        };
      },
    },
    ...(['/office/bulk', '/office/views', '/office/search'] as const).map(
      // The language switch after a press comes by here.
      (path): PageRoute => ({ method: 'GET', path, access: 'officer', handle: async () => ({ redirect: '/office' }) }),
    ),
    {
      // What is no name has an address of its own, to go back to and to keep.
      method: 'POST',
      path: '/office/search',
      access: 'officer',
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        const asked = askedIn(context.form, true);
        if (asked.isByName) return show(context, officer, asked);
        const { filter, service, search } = asked;
        const place = { show: filter, service, ...(search ? { q: search } : {}) };
        return { redirect: `/office?${new URLSearchParams(place)}` };
      },
    },
    {
      method: 'POST',
      path: '/office/bulk',
      access: 'officer',
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        const asked = askedIn(context.form, true);
        const step = textOf(context.form['step']) === 'release' ? 'release' : 'take';
        const chosen = [...new Set([context.form['case'] ?? []].flat())].slice(0, manyMax);
        const { done, refused: kept } = await cases.stepMany(officer, { step, caseIds: chosen.filter(isUuid) });
        const refused = kept.map(({ reference, messages }): Text => {
          const say = (language: 'ar' | 'en') => [reference, messages[language]].filter(Boolean).join(': ');
          return { ar: say('ar'), en: say('en') };
        });
        if (chosen.length === 0) refused.push({ ar: 'اختر طلبًا أو أكثر أولًا.', en: 'Tick one case or more first.' });
        return show(context, officer, asked, {
          ...(done.length > 0 ? { notice: { step, done: done.length } } : {}),
          ...(refused.length > 0 ? { refused } : {}),
        });
      },
    },
    {
      method: 'POST',
      path: '/office/views',
      access: 'officer',
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        const asked = askedIn(context.form, true);
        const gone = textOf(context.form['remove']);
        try {
          if (isUuid(gone)) await cases.dropView(officer, gone);
          else if (gone === '') {
            const { filter, service } = asked;
            await cases.keepView(officer, {
              name: textOf(context.form['name']),
              filters: { show: filter, ...(service ? { service } : {}) },
            });
          }
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          return show(context, officer, asked, { refused: [error.messages] });
        }
        return { redirect: `/office?${new URLSearchParams({ show: asked.filter, service: asked.service })}` };
      },
    },
  ];
}
