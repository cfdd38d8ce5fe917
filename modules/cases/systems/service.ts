import type { RequestFacts } from '#kernel/contract';
import type { Colleague } from '../absences/contract.ts';
import type { OfficerCaseView } from '../contract.ts';
import type { createFiles } from '../files/service.ts';
import { seenBy } from '../holding.ts';
import { type CasesNeeds, getRow } from '../needs.ts';
import type { createOfficeCases } from '../office.ts';
import { problem } from '../problems.ts';
import { grantsOf, requireDuty } from '../roles/rules.ts';
import type { Officer } from '../rules.ts';
import type { Standing } from '../standing.ts';
import { toCase } from '../store.ts';
import { type Feed, feedMax } from './contract.ts';
import { CallDone, digestOf, readCallId } from './rules.ts';
import { dropCallsBefore, findCall, isAnyUnplaced, lastPlace, listPlaced, placeChanges, saveCall } from './store.ts';

type Reading = Pick<ReturnType<typeof createOfficeCases>, 'getCaseForOfficer'> &
  Pick<ReturnType<typeof createFiles>, 'readFileForOfficer'>;
type Asked = Pick<RequestFacts, 'method' | 'url' | 'path' | 'headers' | 'rawBody'>;
type Write = { officerId?: string | undefined; expectedVersion: number };

/** So long a write that comes again is known; later its version has moved on in most cases, and it is refused. */
const callsKeptMs = 30 * 86_400_000;

/** What an information system does with the cases of its office, by the same steps as an officer at the desk. */
export function createSystemCases(needs: CasesNeeds, reading: Reading) {
  const { database, clock } = needs;

  /** The calling system, as somebody who acts for its office. Throws what whoever recognises it throws. */
  const recognise = async (asked: Asked): Promise<Officer & { through: NonNullable<Officer['through']> }> => {
    const system = await needs.recogniseSystem?.(asked);
    if (!system) throw problem('caller-not-recognised');
    const { systemId, officeId, name, roles } = system;
    return { personId: systemId, officeId, name, roles, through: { systemId, name, roles } };
  };

  const colleaguesOf = async (officeId: string): Promise<Colleague[]> => (await needs.colleagues?.(officeId)) ?? [];

  /** The officer named, as they are now. Somebody who may not sign in cannot be named either. */
  const nameOfficer = async (officeId: string, officerId: string): Promise<Officer> => {
    const found = (await colleaguesOf(officeId)).find(({ personId }) => personId === officerId);
    if (!found || (await needs.isSuspended?.(officerId))) throw problem('officer-unknown');
    return { personId: officerId, officeId, name: found.names.ar, roles: found.roles };
  };

  const followCases = async (
    asked: Asked,
    { after: written, limit = feedMax }: { after?: string | undefined; limit?: number | undefined },
  ): Promise<Feed> => {
    const system = await recognise(asked);
    requireDuty(needs.roles(), system, 'read');
    const { officeId } = system;
    const isMoreToPlace =
      (await isAnyUnplaced(database.db, officeId)) && (await database.transaction((tx) => placeChanges(tx, officeId)));
    const after = Number(written ?? 0);
    const upTo = await lastPlace(database.db, officeId);
    if (after > upTo) throw problem('feed-place-unknown');
    const grants = grantsOf(needs.roles(), system, 'read');
    const rows = await listPlaced(database.db, { officeId, grants, after, upTo, limit });
    const isFull = rows.length === limit;
    return {
      cases: rows.map((columns) => {
        const row = toCase(columns);
        return {
          caseId: row.id,
          reference: row.reference,
          serviceId: row.serviceId,
          serviceVersion: row.serviceVersion,
          homeState: row.homeState,
          state: row.state,
          version: row.version,
          submittedAt: row.submittedAt!.toISOString(),
          ...(row.dueOn ? { dueOn: row.dueOn } : {}),
          ...(row.assignment ? { takenBy: row.assignment.officerId } : {}),
          ...(row.erasedAt ? { erasedAt: row.erasedAt.toISOString() } : {}),
        };
      }),
      next: String(isFull ? rows.at(-1)!.place : upTo),
      hasMore: isFull || isMoreToPlace,
    };
  };

  const listOfficers = async (asked: Asked) => {
    const system = await recognise(asked);
    requireDuty(needs.roles(), system, 'read');
    return (await colleaguesOf(system.officeId)).map(({ personId, names, roles }) => ({
      officerId: personId,
      names,
      roles: [...roles],
    }));
  };

  const readCase = async (asked: Asked, caseId: string): Promise<OfficerCaseView> =>
    reading.getCaseForOfficer(await recognise(asked), caseId);

  const readFile = async (asked: Asked, caseId: string, fileId: string) =>
    reading.readFileForOfficer(await recognise(asked), caseId, fileId);

  /** Evidence that a case holds now, by the question that brought it. */
  const findEvidence = async (asked: Asked, caseId: string, questionId: string) => {
    const system = await recognise(asked);
    const { evidence } = await reading.getCaseForOfficer(system, caseId);
    const one = evidence.find((received) => received.questionId === questionId);
    if (!one) throw problem('evidence-not-in-case');
    const values = Object.fromEntries(one.fields.map(({ name, value }) => [name, value]));
    return { officeId: system.officeId, questionId, values };
  };

  const readProof = async (asked: Asked, caseId: string, questionId: string): Promise<string> => {
    const found = await findEvidence(asked, caseId, questionId);
    const proof = await needs.proveEvidence?.(found);
    if (proof === undefined) throw problem('evidence-not-in-case');
    return proof;
  };

  const readDocument = async (asked: Asked, caseId: string, questionId: string, field: string) => {
    const found = await findEvidence(asked, caseId, questionId);
    const document = Object.hasOwn(found.values, field)
      ? await needs.fetchEvidenceDocument?.({ ...found, field })
      : undefined;
    if (!document) throw problem('evidence-not-in-case');
    return document;
  };

  /**
   * Does a step once for a call. What was done under the call's id answers a call that comes again; another one under that id is refused. `step`
   * is given the officer named, or the system itself, with the call by which the step knows itself again.
   */
  const write = async (
    asked: Asked,
    caseId: string,
    { officerId, expectedVersion }: Write,
    step: (officer: Officer) => Promise<unknown>,
  ): Promise<Standing> => {
    const system = await recognise(asked);
    const { systemId } = system.through;
    const call = { id: readCallId(asked.headers), digest: digestOf(asked), expectedVersion };
    await getRow(needs, caseId, seenBy(needs, system));
    const findDone = async (): Promise<Standing | undefined> => {
      const kept = await findCall(database.db, systemId, call.id);
      if (kept && kept.digest !== call.digest) throw problem('call-id-used');
      return kept && { caseId: kept.caseId, state: kept.state, version: kept.version };
    };
    const done = await findDone();
    if (done) return done;
    const officer = officerId === undefined ? system : await nameOfficer(system.officeId, officerId);
    try {
      await step({ ...officer, through: { ...system.through, call } });
    } catch (error) {
      if (!(error instanceof CallDone)) throw error;
    }
    const now = await findDone();
    if (now) return now;
    // A step that found everything as it wants it wrote nothing.
    await database.transaction((tx) =>
      saveCall(tx, { systemId, callId: call.id, digest: call.digest, caseId, at: clock.now() }),
    );
    return (await findDone())!;
  };

  return {
    followCases,
    listOfficers,
    readCase,
    readFile,
    readProof,
    readDocument,
    write,
    forgetCalls: () => dropCallsBefore(database.db, new Date(clock.now().getTime() - callsKeptMs)),
  };
}
export type SystemCases = ReturnType<typeof createSystemCases>;
