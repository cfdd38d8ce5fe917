import { type Draw, type PageContext, type PageRoute, type PortalNeeds, textOf } from '#apps/portal';
import { officerOf } from '#kernel/contract';
import { kernelProblem, Problem } from '#kernel/problem';
import { problem, recoveryDocuments, recoveryRefusals } from '#modules/identity';
import { consolePages, type RecoveriesView } from './pages/index.ts';

const deskRole = 'identity-desk';

/**
 * The counter: an officer with the role `identity-desk` begins to restore the access of a person who stands before them, and another
 * one of the same office confirms it or refuses.
 */
export function recoveryRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { recovery, persons } = needs.identity;

  const officerIn = ({ caller }: PageContext) => {
    const { personId, officeId, roles } = officerOf(caller);
    const office = needs.offices.find(({ id }) => id === officeId);
    if (!office || !roles.includes(deskRole)) throw kernelProblem('not-permitted');
    return { personId, office };
  };
  const nameOf = async (personId: string) =>
    (await persons.findPerson(personId))?.names ?? { ar: 'شخص', en: 'Somebody' };

  const show = async (context: PageContext, more: Partial<RecoveriesView>, refused?: Problem) => {
    const { office, personId } = officerIn(context);
    const rows = await Promise.all(
      (await recovery.listOfOffice(office.id)).map(async (row) => ({
        recoveryId: row.recoveryId,
        person: await nameOf(row.personId),
        officer: await nameOf(row.officerId),
        ...(row.settledBy === undefined ? {} : { second: await nameOf(row.settledBy) }),
        state: row.state,
        openedAt: row.openedAt.toISOString(),
        isToSettle: row.state === 'begun' && row.officerId !== personId && row.personId !== personId,
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

  /** The one that a second officer has before them. Whoever may not settle it reads why, over the list of the office. */
  const showOne = async (context: PageContext, refused?: Problem) => {
    const { office, personId } = officerIn(context);
    const found = await recovery.getOfOffice(context.params['recoveryId']!, office.id);
    if (found.officerId === personId) return show(context, {}, refused ?? problem('recovery-by-two'));
    if (found.personId === personId) return show(context, {}, refused ?? problem('recovery-of-oneself'));
    if (found.state !== 'begun') return show(context, {}, refused ?? problem('recovery-settled'));
    return draw(
      consolePages.recovery,
      {
        officeName: office.names,
        recoveryId: found.recoveryId,
        person: await nameOf(found.personId),
        officer: await nameOf(found.officerId),
        document: found.document,
        openedAt: found.openedAt.toISOString(),
        confirmUntil: found.expiresAt.toISOString(),
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
        try {
          const document = recoveryDocuments.find((one) => one === textOf(context.form['document']));
          if (textOf(context.form['isSame']) !== 'yes' || document === undefined) throw problem('document-not-checked');
          const { code, confirmUntil } = await recovery.openAtCounter({
            nationalId,
            document,
            documentNumber: textOf(context.form['documentNumber']),
            officer: { personId, officeId: office.id },
          });
          return await show(context, { opened: { code, confirmUntil: confirmUntil.toISOString() } });
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          return show(context, { nationalId }, error);
        }
      },
    },
    {
      method: 'GET',
      path: '/office/recoveries/:recoveryId',
      access: 'officer',
      handle: (context) => showOne(context),
    },
    {
      method: 'POST',
      path: '/office/recoveries/:recoveryId',
      access: 'officer',
      handle: async (context) => {
        const { personId, office } = officerIn(context);
        const { form, params } = context;
        const recoveryId = params['recoveryId']!;
        const officer = { personId, officeId: office.id };
        // What is not of this office is refused before anything is said of it.
        await recovery.getOfOffice(recoveryId, office.id);
        try {
          const outcome = textOf(form['outcome']);
          const reason = recoveryRefusals.find((one) => one === textOf(form['reason']));
          if (outcome === 'confirm') {
            if (textOf(form['isSame']) !== 'yes') throw problem('document-not-checked');
            await recovery.confirm({ recoveryId, documentNumber: textOf(form['documentNumber']), officer });
          } else if (outcome === 'refuse' && reason) await recovery.refuse({ recoveryId, reason, officer });
          else throw problem('recovery-reason-missing');
          return { redirect: '/office/recoveries' };
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          return showOne(context, error);
        }
      },
    },
  ];
}
