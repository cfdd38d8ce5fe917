import { newId } from '#kernel/ids';
import { dateIn } from '#kernel/languages';
import type { CasesNeeds } from '../needs.ts';
import { problem } from '../problems.ts';
import type { Officer } from '../rules.ts';
import type { Absence, Colleague } from './contract.ts';
import { checkDays, refuseOthersAbsence } from './rules.ts';
import { endAbsence, holdAbsences, insertAbsence, listAbsences } from './store.ts';

/** Who of an office is away, and who has their cases meanwhile. The cases themselves move in the rounds of `returns/`. */
export function createAbsences(needs: CasesNeeds) {
  const { database, clock, ledger, calendar } = needs;
  const today = () => dateIn(clock.now(), calendar.timeZone);
  const colleaguesOf = async (officeId: string): Promise<Colleague[]> => (await needs.colleagues?.(officeId)) ?? [];

  return {
    listColleagues: (officer: Officer) => colleaguesOf(officer.officeId),

    /** With the name that colleagues read, as what the officer does stays in the story of a case. */
    nameOfficer: async (officer: Officer): Promise<Officer> => {
      const name = (await needs.nameOf?.(officer.personId))?.ar;
      return { ...officer, ...(name ? { name } : {}) };
    },

    /** What is not over yet, in the office of whoever asks. */
    listAbsences: (officer: Officer) => listAbsences(database.db, today(), officer.officeId),

    /** Enters an absence. Refuses days that are over, that overlap another one of the same officer, and who is not of the office. */
    enterAbsence: async (
      officer: Officer,
      asked: { officerId: string; fromOn: string; untilOn: string; coverId?: string },
    ): Promise<void> => {
      const { officeId } = officer;
      refuseOthersAbsence(needs.roles(), officer, asked.officerId);
      checkDays(asked, today());
      const known = new Set((await colleaguesOf(officeId)).map(({ personId }) => personId));
      const isKnown = known.has(asked.officerId) && (asked.coverId === undefined || known.has(asked.coverId));
      if (!isKnown || asked.coverId === asked.officerId) throw problem('colleague-unknown');
      await database.transaction(async (tx) => {
        await holdAbsences(tx, officeId, asked.officerId);
        const others = await listAbsences(tx, today(), officeId);
        const overlaps = ({ officerId, fromOn, untilOn }: Absence) =>
          officerId === asked.officerId && fromOn <= asked.untilOn && asked.fromOn <= untilOn;
        if (others.some(overlaps)) throw problem('absence-overlaps');
        await insertAbsence(tx, { id: newId(), officeId, ...asked, setBy: officer.personId, setAt: clock.now() });
        await ledger.append(tx, { kind: 'officer-absence-entered', record: { officeId } });
      });
    },

    /** Ends an absence today. What has moved stays where it is. */
    endAbsence: async (officer: Officer, id: string): Promise<void> => {
      await database.transaction(async (tx) => {
        const absence = (await listAbsences(tx, today(), officer.officeId)).find((one) => one.id === id);
        if (!absence) throw problem('absence-unknown');
        refuseOthersAbsence(needs.roles(), officer, absence.officerId);
        await endAbsence(tx, id, clock.now());
        await ledger.append(tx, { kind: 'officer-absence-ended', record: { officeId: officer.officeId } });
      });
    },
  };
}
