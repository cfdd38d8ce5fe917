import { newId, randomBytes, sha256 } from '#kernel/ids';
import type { Text } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import { mandateKindNames, type SigningPower } from '#protocol/representation';
import { type Act, type GiveMandate, type Mandate, problem } from './contract.ts';
import type { MandateNeeds } from './needs.ts';
import { readNames, readNumbers, readPower, registerKinds } from './registers.ts';
import {
  checkGiven,
  type Doing,
  invitationDays,
  isPast,
  judge,
  mandatesMax,
  normalizeCode,
  type Standing,
  stateOf,
} from './rules.ts';
import * as store from './store.ts';

/** A mandate in force, as whoever holds it chooses it. */
export type HeldMandate = {
  mandateId: string;
  kind: Mandate['kind'];
  representedId: string;
  names: Text;
  /** Of a signatory: alone, or with another one. */
  power?: SigningPower;
  purposes?: string[];
  evidenceTypes?: string[];
  until?: Date;
};

const listedMax = 200;
/** As long as what was consented under a mandate may be asked for. */
const recheckedDays = 90;
const recheckedAtOnce = 100;
const nobody = '00000000-0000-0000-0000-000000000000';
const dayMs = 86_400_000;
const codeBytes = 10;
const freeAttempts = 5;
const attemptsForgottenMs = 86_400_000;
const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

export type Mandates = ReturnType<typeof createService>;

export function createService(needs: MandateNeeds) {
  const { database, clock, ledger } = needs;

  /** What the registers say now becomes what stands here: new mandates are written, those gone from a register end. */
  async function refresh(personId: string): Promise<void> {
    const party = await needs.findParty(personId);
    if (!party) return;
    for (const kind of registerKinds) {
      const numbers = await readNumbers(needs, kind, party.nationalId);
      const known = await store.listOfRegister(database.db, kind, personId);
      const representedIds = new Set<string>();
      for (const number of new Set(numbers)) {
        const names = await readNames(needs, kind, number);
        if (!names) continue;
        const representedId = await needs.admitParty({ kind, nationalId: number, names });
        representedIds.add(representedId);
        if (!known.some((row) => row.represented_id === representedId)) await note(kind, representedId, personId);
      }
      for (const row of known) if (!representedIds.has(row.represented_id)) await end(row, 'register');
    }
  }

  async function note(kind: Mandate['kind'], representedId: string, representativeId: string): Promise<void> {
    const row = rowOf({ kind, source: 'register', representedId, representativeId, givenAt: clock.now() });
    await database.transaction(async (tx) => {
      if (await store.insertMandate(tx, row)) await write(tx, 'mandate-registered', row);
    });
  }

  function write(tx: Parameters<typeof ledger.append>[0], kind: string, row: store.MandateRow) {
    return ledger.append(tx, {
      kind,
      personId: row.represented_id,
      record: {
        mandateId: row.mandate_id,
        mandateKind: row.kind,
        source: row.source,
        ...(row.purposes ? { purposes: row.purposes } : {}),
        ...(row.evidence_types ? { evidenceTypes: row.evidence_types } : {}),
        ...(row.until ? { until: row.until.toISOString() } : {}),
        at: clock.now().toISOString(),
      },
    });
  }

  async function end(row: store.MandateRow, by: NonNullable<Mandate['endedBy']>): Promise<void> {
    await database.transaction(async (tx) => {
      const at = clock.now();
      if (!(await store.endMandate(tx, row.mandate_id, { at, by }))) return;
      await write(tx, 'mandate-ended', row);
      await needs.onEnded?.(tx, { mandateId: row.mandate_id, representedId: row.represented_id, at });
    });
  }

  const describe = async (row: store.MandateRow, personId: string): Promise<Mandate> => {
    const side = row.represented_id === personId ? 'represented' : 'representative';
    const otherId = side === 'represented' ? row.representative_id : row.represented_id;
    const other = otherId === null ? undefined : await needs.findParty(otherId);
    return {
      mandateId: row.mandate_id,
      kind: row.kind,
      source: row.source,
      side,
      ...(other ? { other: other.names } : {}),
      state: stateOf(standingOf(row), clock.now()),
      givenAt: row.given_at.toISOString(),
      ...(row.until ? { until: row.until.toISOString() } : {}),
      ...(row.ended_at && row.ended_by ? { endedAt: row.ended_at.toISOString(), endedBy: row.ended_by } : {}),
      ...(row.purposes ? { purposes: row.purposes } : {}),
      ...(row.evidence_types ? { evidenceTypes: row.evidence_types } : {}),
    };
  };

  const held = async (row: store.MandateRow): Promise<HeldMandate | undefined> => {
    const party = await needs.findParty(row.represented_id);
    if (!party || party.isSuspended) return undefined;
    const signatory =
      row.kind === 'signatory' && row.representative_id !== null
        ? await needs.findParty(row.representative_id)
        : undefined;
    const power = signatory && (await readPower(needs, party.nationalId, signatory.nationalId));
    return {
      mandateId: row.mandate_id,
      kind: row.kind,
      representedId: row.represented_id,
      names: party.names,
      ...(power ? { power } : {}),
      ...(row.purposes ? { purposes: row.purposes } : {}),
      ...(row.evidence_types ? { evidenceTypes: row.evidence_types } : {}),
      ...(row.until ? { until: row.until } : {}),
    };
  };

  /**
   * Whether something may be done under a mandate now. A mandate of a register is asked of the register again, each time: what
   * a court or a registrar ended holds for the very next question. Throws `mandate-unknown`, `mandate-ended`,
   * `mandate-suspended`, `mandate-not-covering` or `register-unreachable`.
   */
  async function check(mandateId: string, doing: Omit<Doing, 'at'>): Promise<void> {
    const row = await store.findMandate(database.db, mandateId);
    const judged = row && standingOf(row);
    judge(judged, { ...doing, at: clock.now() });
    const sides = await Promise.all([needs.findParty(doing.representedId), needs.findParty(doing.representativeId)]);
    const [represented, representative] = sides;
    if (!represented || !representative) throw problem('mandate-unknown');
    if (represented.isSuspended || representative.isSuspended) throw problem('mandate-suspended');
    if (judged.kind === 'agent') return;
    const numbers = await readNumbers(needs, judged.kind, representative.nationalId);
    const stands =
      numbers.includes(represented.nationalId) && (await readNames(needs, judged.kind, represented.nationalId));
    if (stands) return;
    await end(row!, 'register');
    throw problem('mandate-ended');
  }

  async function record(
    mandateId: string,
    act: { did: Act['did']; towards: string; representedId: string; consentId?: string },
  ): Promise<void> {
    const at = clock.now();
    await database.transaction(async (tx) => {
      const { leafHash } = await ledger.append(tx, {
        kind: 'acted-for',
        personId: act.representedId,
        record: {
          mandateId,
          did: act.did,
          towards: act.towards,
          ...(act.consentId ? { consentId: act.consentId } : {}),
          at: at.toISOString(),
        },
      });
      await store.insertAct(tx, {
        act_id: newId(),
        mandate_id: mandateId,
        represented_id: act.representedId,
        did: act.did,
        towards: act.towards,
        consent_id: act.consentId ?? null,
        done_at: at,
        leaf_hash: leafHash,
      });
    });
  }

  /**
   * Asks the registers again about those who act elsewhere: what a court ended ends sessions and consents in every state within minutes, though
   * nobody asked a question. Answers how many mandates ended. A register that is down is asked with the next round.
   */
  async function recheck(): Promise<number> {
    const since = new Date(clock.now().getTime() - recheckedDays * dayMs);
    let ended = 0;
    for (let after = nobody; ; ) {
      const rows = await store.listActedSince(database.db, since, after, recheckedAtOnce);
      for (const { mandate_id: mandateId, represented_id: representedId, representative_id: representativeId } of rows)
        try {
          await check(mandateId, { representedId, representativeId: representativeId! });
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          if (error.code === 'mandate-ended') ended += 1;
          else needs.log.warn({ code: error.code }, 'a mandate could not be looked at again');
        }
      if (rows.length < recheckedAtOnce) return ended;
      after = rows.at(-1)!.mandate_id;
    }
  }

  return {
    check,
    record,
    recheck,

    /** The mandates under which somebody may act now, asked of the registers anew. */
    listHeld: async (personId: string): Promise<HeldMandate[]> => {
      await refresh(personId);
      const rows = await store.listMandatesOf(database.db, personId, listedMax);
      const now = clock.now();
      const mine = rows.filter(
        (row) => row.representative_id === personId && stateOf(standingOf(row), now) === 'in-force',
      );
      return (await Promise.all(mine.map(held))).filter((one) => one !== undefined);
    },

    /** The mandate, if this person may act under it now for some purpose. Throws as `check` does. */
    getHeld: async (personId: string, mandateId: string): Promise<HeldMandate> => {
      const row = await store.findMandate(database.db, mandateId);
      if (!row || row.representative_id !== personId) throw problem('mandate-unknown');
      await check(mandateId, { representativeId: personId, representedId: row.represented_id });
      const mandate = await held(row);
      if (!mandate) throw problem('mandate-suspended');
      return mandate;
    },

    list: async (personId: string): Promise<Mandate[]> => {
      await refresh(personId);
      const rows = await store.listMandatesOf(database.db, personId, listedMax);
      return Promise.all(rows.map((row) => describe(row, personId)));
    },

    give: async (personId: string, give: GiveMandate): Promise<{ mandateId: string; code: string }> => {
      if (!(await needs.findParty(personId))) throw problem('mandate-unknown');
      const now = clock.now();
      checkGiven(give, now);
      const code = [...randomBytes(codeBytes * 2)].map((byte) => base32[byte % 32]!).join('');
      const row = rowOf({
        kind: 'agent',
        source: 'person',
        representedId: personId,
        representativeId: null,
        givenAt: now,
        until: new Date(give.until),
        ...(give.purposes ? { purposes: give.purposes } : {}),
        ...(give.evidenceTypes ? { evidenceTypes: give.evidenceTypes } : {}),
        code: sha256(code),
        codeUntil: new Date(now.getTime() + invitationDays * dayMs),
      });
      await database.transaction(async (tx) => {
        if ((await store.countOpenOf(tx, personId, now)) >= mandatesMax)
          throw problem('mandates-too-many', { max: mandatesMax });
        await store.insertMandate(tx, row);
        await write(tx, 'mandate-given', row);
      });
      return { mandateId: row.mandate_id, code: code.match(/.{5}/g)!.join('-') };
    },

    accept: async (personId: string, typed: string): Promise<Mandate> => {
      if (!(await needs.findParty(personId))) throw problem('mandate-unknown');
      const now = clock.now();
      // Counted before it is judged, so that many at once are many attempts.
      const attempts = await database.transaction((tx) =>
        store.countAttempt(tx, personId, now, new Date(now.getTime() - attemptsForgottenMs)),
      );
      if (attempts > freeAttempts * 10) throw problem('mandate-code-attempts', { seconds: attemptsForgottenMs / 1000 });
      const taken = await database.transaction(async (tx) => {
        const row = await store.holdByCode(tx, sha256(normalizeCode(typed)), now);
        if (!row || isPast(row.until, now)) return undefined;
        if (row.represented_id === personId) throw problem('mandate-to-oneself');
        await store.takeUp(tx, row.mandate_id, personId);
        await store.forgetAttempts(tx, personId);
        await write(tx, 'mandate-accepted', row);
        return { ...row, representative_id: personId };
      });
      if (!taken) throw problem('mandate-code-wrong');
      return describe(taken, personId);
    },

    /** Either side ends what a person gave. What a register says, the register ends. Ending twice is once. */
    withdraw: async (personId: string, mandateId: string): Promise<Mandate> => {
      const row = await store.findMandate(database.db, mandateId);
      if (!row || (row.represented_id !== personId && row.representative_id !== personId))
        throw problem('mandate-unknown');
      if (row.source === 'register') throw problem('mandate-of-register');
      if (row.ended_at === null) await end(row, row.represented_id === personId ? 'represented' : 'representative');
      return describe((await store.findMandate(database.db, mandateId))!, personId);
    },

    /** Whom a register names as guardians of somebody, as far as they have acted for them; in the caller's transaction. */
    listGuardians: store.listGuardiansOf,

    /** Whether somebody acts or has acted for a person or company of this state, as far as is known here; in the caller's transaction. */
    wasRepresentative: store.wasRepresentative,

    /** What was done for a person by others. */
    listActs: async (personId: string): Promise<Act[]> => {
      const rows = await store.listActsFor(database.db, personId, listedMax);
      const mandates = new Map(
        (await store.findMandates(database.db, [...new Set(rows.map((row) => row.mandate_id))])).map((row) => [
          row.mandate_id,
          row,
        ]),
      );
      return Promise.all(
        rows.map(async (row) => {
          const mandate = mandates.get(row.mandate_id)!;
          const by = mandate.representative_id ? await needs.findParty(mandate.representative_id) : undefined;
          return {
            actId: row.act_id,
            mandateId: row.mandate_id,
            kind: mandate.kind,
            at: row.done_at.toISOString(),
            did: row.did,
            towards: row.towards,
            ...(row.consent_id ? { consentId: row.consent_id } : {}),
            by: by?.names ?? mandateKindNames[mandate.kind],
            leafHash: row.leaf_hash,
          };
        }),
      );
    },
  };
}

function standingOf(row: store.MandateRow): Standing {
  return {
    kind: row.kind,
    representedId: row.represented_id,
    representativeId: row.representative_id,
    until: row.until,
    endedAt: row.ended_at,
    purposes: row.purposes,
    evidenceTypes: row.evidence_types,
  };
}

function rowOf(given: {
  kind: Mandate['kind'];
  source: Mandate['source'];
  representedId: string;
  representativeId: string | null;
  givenAt: Date;
  until?: Date;
  purposes?: string[];
  evidenceTypes?: string[];
  code?: Buffer;
  codeUntil?: Date;
}): store.MandateRow {
  return {
    mandate_id: newId(),
    kind: given.kind,
    source: given.source,
    represented_id: given.representedId,
    representative_id: given.representativeId,
    purposes: given.purposes ?? null,
    evidence_types: given.evidenceTypes ?? null,
    given_at: given.givenAt,
    until: given.until ?? null,
    ended_at: null,
    ended_by: null,
    code_digest: given.code ?? null,
    code_until: given.codeUntil ?? null,
  };
}
