import type { Tx } from '#kernel/database';
import { problem } from '../contract.ts';
import { holdForStep, officerActor } from '../holding.ts';
import { type CasesNeeds, holdRow } from '../needs.ts';
import { readText } from '../own-words.ts';
import { refuseErased } from '../retention/rules.ts';
import { actorOf, mayReadAsPerson, type Officer, type Person } from '../rules.ts';
import { type Actor, appendEvent, type CaseRow } from '../store.ts';
import { tellHolder } from '../visits/telling.ts';
import { insertMessage, insertNote, listMessages, listNotes } from './store.ts';

/** Of each kind to a case: nobody can fill a case without end. */
const mostPerCase = 200;

/** Words between the office and the person, and inside the office. They change nothing in the case, so they ask for no version. */
export function createMessages(needs: CasesNeeds) {
  const { database, clock } = needs;
  const read = (text: string): string => {
    const words = readText(text);
    if (words === undefined) throw problem('message-empty');
    return words;
  };

  const write = (
    caseId: string,
    hold: (tx: Tx) => Promise<CaseRow>,
    by: { actor: Actor & { kind: 'person' | 'officer'; id: string }; name: string },
    text: string,
  ) =>
    database.transaction(async (tx) => {
      const words = read(text);
      // What was never handed in is nobody's business but the person's.
      const row = await hold(tx);
      refuseErased(row);
      if (!row.submittedAt) throw problem('case-step-refused');
      if ((await listMessages(tx, caseId)).length >= mostPerCase) throw problem('messages-too-many');
      const at = clock.now();
      const { kind, id } = by.actor;
      await insertMessage(tx, caseId, {
        writtenBy: kind,
        writerId: id,
        writerName: by.name,
        text: words,
        writtenAt: at,
      });
      const isToPerson = kind === 'officer';
      await appendEvent(tx, {
        caseId,
        kind: isToPerson ? 'message-to-person' : 'message-to-office',
        actor: by.actor,
        ...(isToPerson ? { body: { by: by.name } } : {}),
        at,
      });
      if (isToPerson) await needs.jobs.send(tx, 'case-message-written', { caseId }, { key: caseId });
      else await tellHolder(needs, tx, row, 'wrote');
      return { writtenAt: at.toISOString() };
    });

  return {
    writeMessage: (person: Person, caseId: string, text: string) =>
      write(
        caseId,
        (tx) => holdRow(tx, caseId, (row) => mayReadAsPerson(row, person)),
        { actor: actorOf(person), name: '' },
        text,
      ),

    writeToPerson: (officer: Officer, caseId: string, text: string) =>
      write(
        caseId,
        (tx) => holdForStep(needs, tx, officer, caseId, 'work'),
        { actor: officerActor(officer), name: officer.name ?? '' },
        text,
      ),

    writeNote: (officer: Officer, caseId: string, text: string) =>
      database.transaction(async (tx) => {
        const words = read(text);
        refuseErased(await holdForStep(needs, tx, officer, caseId, 'work'));
        if ((await listNotes(tx, caseId)).length >= mostPerCase) throw problem('messages-too-many');
        const at = clock.now();
        await insertNote(tx, caseId, { officer, text: words, at });
        const body = { by: officer.name ?? '' };
        await appendEvent(tx, { caseId, kind: 'note-written', actor: officerActor(officer), body, at });
        return { writtenAt: at.toISOString() };
      }),
  };
}
