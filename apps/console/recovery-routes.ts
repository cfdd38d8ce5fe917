import { type Draw, type PageContext, type PageRoute, type PortalNeeds, textOf } from '#apps/portal';
import { officerOf } from '#kernel/contract';
import { kernelProblem, Problem } from '#kernel/problem';
import { problem } from '#modules/identity';
import { consolePages, type RecoveriesView } from './pages/index.ts';

const deskRole = 'identity-desk';

/** The counter: an officer with the role `identity-desk` begins to restore the access of a person who stands before them. */
export function recoveryRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { recovery, persons } = needs.identity;

  const officerIn = ({ caller }: PageContext) => {
    const { personId, officeId, roles } = officerOf(caller);
    const office = needs.offices.find(({ id }) => id === officeId);
    if (!office || !roles.includes(deskRole)) throw kernelProblem('not-permitted');
    return { personId, office };
  };

  const show = async (context: PageContext, more: Partial<RecoveriesView>, refused?: Problem) => {
    const { office } = officerIn(context);
    const nameOf = async (personId: string) =>
      (await persons.findPerson(personId))?.names ?? { ar: 'شخص', en: 'Somebody' };
    const rows = await Promise.all(
      (await recovery.listOfOffice(office.id)).map(async (row) => ({
        recoveryId: row.recoveryId,
        person: await nameOf(row.personId),
        officer: await nameOf(row.officerId),
        state: row.state,
        openedAt: row.openedAt.toISOString(),
      })),
    );
    return draw(
      consolePages.recoveries,
      {
        officeName: office.names,
        nationalIdLabel: needs.state.nationalIdNames,
        rows,
        ...more,
        ...(refused ? { problem: refused.messages } : {}),
      },
      context,
      refused ? { status: refused.status } : {},
    );
  };

  return [
    { method: 'GET', path: '/office/recoveries', access: 'officer', handle: (context) => show(context, {}) },
    {
      method: 'POST',
      path: '/office/recoveries',
      access: 'officer',
      handle: async (context) => {
        const { personId, office } = officerIn(context);
        const nationalId = textOf(context.form['nationalId']);
        const document = textOf(context.form['document']);
        try {
          const isChecked = textOf(context.form['isSame']) === 'yes';
          if (!isChecked || (document !== 'identity-card' && document !== 'passport'))
            throw problem('document-not-checked');
          const opened = await recovery.openAtCounter({
            nationalId,
            document,
            officer: { personId, officeId: office.id },
          });
          return await show(context, {
            opened: { code: opened.code, usableFrom: opened.usableFrom.toISOString() },
          });
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          return show(context, { nationalId }, error);
        }
      },
    },
  ];
}
