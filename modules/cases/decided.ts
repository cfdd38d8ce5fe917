import type { Tx } from '#kernel/database';
import { dateIn, type Text } from '#kernel/languages';
import { type CaseContact, contactIn, type ValueSource, valueAt } from '#modules/catalogue';
import { appealableUntil } from './appeals/rules.ts';
import { correctedEvidence } from './changes/rules.ts';
import { stepTo } from './chart.ts';
import type { CaseState, Decision, DocumentKind } from './contract.ts';
import { type DecisionBody, decisionIdOf, decisionOf, decisionsOf, isDecision } from './decisions/rules.ts';
import { insertDocument } from './documents/store.ts';
import { formWith } from './evidence/conditions.ts';
import { isUnpaid } from './fees.ts';
import { type CasesNeeds, getRow, holdRow, openFile } from './needs.ts';
import { validityOf } from './renewals/rules.ts';
import { hasRepresentationEnded } from './representation/service.ts';
import { type DocumentData, describeDocument, itemsInWords } from './sheets.ts';
import { appendEvent, type CaseRow, type EventRow, listEvents } from './store.ts';
import type { CaseFile } from './views.ts';

/** What the wallet credential of an approved case says; a refusal has none. */
export type CredentialData = {
  vct: string;
  names: Text;
  claims: Record<string, string | number | boolean>;
  claimNames: Record<string, Text>;
  /** Claims the holder shows one by one. */
  disclosable: string[];
};

/** Everything needed to issue the documents of a decided case. */
export type DecidedCase = {
  caseId: string;
  /** Names the decision to whoever issues something for it: the case's own id for its first one. */
  decisionId: string;
  reference: string;
  personId: string;
  homeState: string;
  officeId: string;
  serviceId: string;
  serviceVersion: string;
  decision: Decision;
  /** The last day on which what was approved holds, in the deciding state; absent where it never ends. */
  validUntil?: string;
  template: string;
  document: DocumentData;
  credential?: CredentialData;
};

export type ToldCase = Pick<
  CaseRow,
  'reference' | 'personId' | 'homeState' | 'officeId' | 'serviceId' | 'representative'
> & {
  caseId: string;
  /** The officer who has it in hand. */
  officerId?: string;
  /** Sent, and nobody decides it before its fee has come. */
  isUnpaid?: true;
  /** Of an approval in part: what was granted and what was not, in words. */
  inPart?: { granted: Text; refused: Text };
};

/** Where the person asked to be told about a case, besides what they chose for everything. */
export type ToldContact = CaseContact & { reference: string };

/** News of the end itself, and money that comes back after it, still go where the person asked for them. */
const contactAfterEndMs = 7 * 86_400_000;
const endedStates: readonly CaseState[] = ['approved', 'refused', 'withdrawn', 'cancelled'];

/** For this node's own hearers of `case-decided`; never answered to a caller. */
export function createDecidedCases(needs: CasesNeeds) {
  const { clock, state, calendar } = needs;

  const getDecidedCase = async (caseId: string): Promise<DecidedCase> => {
    const row = await getRow(needs, caseId, (found) => found.decidedAt !== undefined);
    const file = await openFile(needs, row);
    const decision = decisionOf(file)!;
    const validUntil = validUntilOf(file, decision, calendar.timeZone);
    const source = sourceOf(file, decision, calendar.timeZone, validUntil);
    const credential = decision.outcome !== 'refused' ? describeCredential(file, source) : undefined;
    return {
      caseId,
      decisionId: decisionIdOf(file.events, caseId),
      reference: row.reference,
      personId: row.personId,
      homeState: row.homeState,
      officeId: row.officeId,
      serviceId: row.serviceId,
      serviceVersion: row.serviceVersion,
      decision,
      ...(validUntil === undefined ? {} : { validUntil }),
      template: file.service.template,
      document: describeDocument({
        service: file.service,
        decision,
        reference: row.reference,
        source,
        state,
        timeZone: calendar.timeZone,
      }),
      ...(credential ? { credential } : {}),
    };
  };

  /** Whose case it is, and what it is called: for whoever tells people what became of it. */
  const getToldCase = async (caseId: string): Promise<ToldCase> => {
    const row = await getRow(needs, caseId, () => true);
    const { reference, personId, homeState, officeId, serviceId, representative } = row;
    const { db } = needs.database;
    const events = await listEvents(db, caseId);
    const hasDied = events.some(({ kind }) => kind === 'representative-died');
    const mayBeTold = representative && !hasDied && !(await hasRepresentationEnded(db, row));
    const told = mayBeTold ? { representative } : {};
    const holder = row.assignment ? { officerId: row.assignment.officerId } : {};
    const unpaid = row.state === 'submitted' && (await isUnpaid(needs, db, row)) ? { isUnpaid: true as const } : {};
    const known = { caseId, reference, personId, homeState, officeId, serviceId };
    return { ...known, ...holder, ...told, ...unpaid, ...inPartOf(events) };
  };

  /**
   * What the person wrote in the form of the case for being told about it: as last saved, or as last given to the office. Nothing once the
   * case has ended for good: a week after the last thing that happened in it, and no appeal is possible any more.
   */
  const findContact = async (caseId: string): Promise<ToldContact | undefined> => {
    const row = await getRow(needs, caseId, () => true);
    if (row.state === 'stopped' || row.state === 'expired') return undefined;
    // It was typed by whoever may not be told any more.
    if (await hasRepresentationEnded(needs.database.db, row)) return undefined;
    const file = await openFile(needs, row);
    const last = file.events.at(-1)?.happenedAt ?? row.updatedAt;
    const isQuiet = clock.now().getTime() - last.getTime() > contactAfterEndMs;
    const until = appealableUntil(file, calendar);
    const mayAppeal = until !== undefined && dateIn(clock.now(), calendar.timeZone) <= until;
    if (endedStates.includes(row.state) && isQuiet && !mayAppeal) return undefined;
    return { reference: row.reference, ...contactIn(formWith(file.service.form, file.evidence), file.answers) };
  };

  /**
   * Holds the case until the transaction ends, and says whether this is the decision that counts: an earlier one, or one that was
   * cancelled or erased, gets no documents any more.
   */
  const holdDecision = async (tx: Tx, caseId: string, decisionId: string): Promise<boolean> => {
    const row = await holdRow(tx, caseId, () => true);
    return (
      row.state !== 'cancelled' &&
      row.erasedAt === undefined &&
      decisionIdOf(await listEvents(tx, caseId), caseId) === decisionId
    );
  };

  /** Ties an issued document to the decision that counts. The first of each kind stays: being told twice changes nothing. */
  const attachDocument = async (
    tx: Tx,
    caseId: string,
    document: { kind: DocumentKind; id: string; mediaType: string; bytes?: Buffer },
  ): Promise<void> => {
    const row = await holdRow(tx, caseId, () => true);
    stepTo(row.state, 'attach-document');
    const at = clock.now();
    const decision = (await listEvents(tx, caseId)).filter(isDecision).length;
    if (await insertDocument(tx, caseId, { ...document, decision, attachedAt: at }))
      await appendEvent(tx, {
        caseId,
        kind: 'document-attached',
        actor: { kind: 'node' },
        body: { document: document.kind, documentId: document.id },
        at,
      });
  };

  return { getDecidedCase, getToldCase, findContact, holdDecision, attachDocument };
}

function inPartOf(events: EventRow[]): Pick<ToldCase, 'inPart'> {
  const { items, inPart } = (events.findLast(isDecision)?.body ?? {}) as Partial<DecisionBody>;
  return items && inPart ? { inPart: itemsInWords({ items }) } : {};
}

function validUntilOf(file: CaseFile, decision: Decision, timeZone: string): string | undefined {
  if (decision.outcome === 'refused') return undefined;
  // A correction says the same of the same time.
  const granted = decisionsOf(file).findLast(({ because }) => because !== 'correction') ?? decision;
  return validityOf(file.service, dateIn(new Date(granted.decidedAt), timeZone))?.until;
}

function sourceOf(file: CaseFile, decision: Decision, timeZone: string, validUntil: string | undefined): ValueSource {
  return {
    evidence: correctedEvidence(file.evidence, file.corrections),
    answers: file.answers,
    data: file.service.data,
    decision: {
      number: decision.number,
      outcome: decision.outcome,
      decidedOn: dateIn(new Date(decision.decidedAt), timeZone),
      ...(decision.items ? itemsInWords(decision) : {}),
      ...(validUntil === undefined ? {} : { validUntil }),
    },
    case: { reference: file.row.reference },
  };
}

function describeCredential(file: CaseFile, source: ValueSource): CredentialData {
  const { vct, names, claims } = file.service.credential;
  const held = claims.flatMap(({ claim, value, names: claimNames, disclosable }) => {
    const found = valueAt(source, value);
    const isPlain = typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean';
    return isPlain ? [{ claim, value: found, claimNames, disclosable }] : [];
  });
  return {
    vct,
    names,
    claims: Object.fromEntries(held.map(({ claim, value }) => [claim, value])),
    claimNames: Object.fromEntries(held.map(({ claim, claimNames }) => [claim, claimNames])),
    disclosable: held.filter(({ disclosable }) => disclosable).map(({ claim }) => claim),
  };
}
