import { type Draw, type PageContext, type PageRoute, type PortalNeeds, textOf } from '#apps/portal';
import type { Text } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import type { Officer } from '#modules/cases';
import { dayAt, isoOf } from './days.ts';
import { namesOfColleagues, officerIn } from './officers.ts';
import type { AbsencesView } from './pages/index.ts';
import { consolePages } from './pages/index.ts';

/** Who acts for the office no more. */
const somebody: Text = { ar: 'موظف', en: 'An officer' };

/** What an office has to do, who is away and covered, and what its officers did. */
export function deskRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { cases } = needs;
  const officeNames = (officer: Officer) =>
    needs.offices.find((office) => office.id === officer.officeId)?.names ?? needs.state.names;

  const showAbsences = async (
    context: PageContext,
    officer: Officer,
    refused?: Pick<AbsencesView, 'problem' | 'values'>,
  ) => {
    const [colleagues, absences] = await Promise.all([cases.listColleagues(officer), cases.listAbsences(officer)]);
    const names = new Map(colleagues.map(({ personId, names: called }) => [personId, called]));
    const isSupervisor = cases.mayDo(officer, 'supervise');
    return draw(
      consolePages.absences,
      {
        officeName: officeNames(officer),
        ownId: officer.personId,
        isSupervisor,
        colleagues: colleagues.map(({ personId, names: called }) => ({ personId, names: called })),
        rows: absences.map(({ id, officerId, fromOn, untilOn, coverId }) => ({
          id,
          names: names.get(officerId) ?? somebody,
          fromOn,
          untilOn,
          ...(coverId ? { cover: names.get(coverId) ?? somebody } : {}),
          mayEnd: isSupervisor || officerId === officer.personId,
        })),
        ...refused,
      },
      context,
      refused ? { status: 422 } : {},
    );
  };

  return [
    {
      method: 'GET',
      path: '/office/workload',
      access: 'officer',
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        const { officers, services, daysBack } = await cases.readWorkload(officer);
        const titles = new Map(
          needs.catalogue.listDelivered().map(({ definition }) => [definition.id, definition.title]),
        );
        return draw(
          consolePages.workload,
          {
            officeName: officeNames(officer),
            daysBack,
            officers: officers.map(({ officerId, ...load }) => ({ ...load, isYou: officerId === officer.personId })),
            services: services.map(({ serviceId, oldestAt, ...load }) => ({
              ...load,
              serviceId,
              title: titles.get(serviceId) ?? { ar: serviceId, en: serviceId },
              ...(oldestAt ? { oldestAt: oldestAt.toISOString() } : {}),
            })),
          },
          context,
        );
      },
    },
    {
      method: 'GET',
      path: '/office/absences',
      access: 'officer',
      handle: async (context) => showAbsences(context, await officerIn(needs, context.caller)),
    },
    {
      method: 'POST',
      path: '/office/absences',
      access: 'officer',
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        const at = (name: string) => textOf(context.form[name]).trim();
        const ended = at('end');
        const values = { who: at('who'), from: dayAt(at, 'from'), until: dayAt(at, 'until'), cover: at('cover') };
        try {
          if (ended) await cases.endAbsence(officer, ended);
          else
            await cases.enterAbsence(officer, {
              officerId: values.who || officer.personId,
              fromOn: isoOf(values.from),
              untilOn: isoOf(values.until),
              ...(values.cover ? { coverId: values.cover } : {}),
            });
        } catch (error) {
          if (!(error instanceof Problem) || error.status === 403) throw error;
          return showAbsences(context, officer, { problem: error.messages, values });
        }
        return { redirect: '/office/absences' };
      },
    },
    {
      method: 'GET',
      path: '/office/audit',
      access: 'officer',
      handle: async (context) => {
        const officer = await officerIn(needs, context.caller);
        const names = await namesOfColleagues(cases, officer);
        const { query } = context;
        const officerId = names.has(query['officer'] ?? '') ? query['officer']! : '';
        const { steps, next } = await cases.listOfficerSteps(officer, {
          ...(query['before'] ? { before: query['before'] } : {}),
          ...(officerId ? { officerId } : {}),
        });
        return draw(
          consolePages.audit,
          {
            officeName: officeNames(officer),
            officerId,
            colleagues: [...names].map(([personId, called]) => ({ personId, names: called })),
            steps: steps.map(({ officerId: by, at, ...step }) => ({
              ...step,
              at: at.toISOString(),
              who: names.get(by),
            })),
            ...(next ? { next } : {}),
          },
          context,
        );
      },
    },
  ];
}
