import { errors } from 'oidc-provider';
import { createBatcher } from '#kernel/batching';
import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import { inPowers, type Part, reading, type Statement, type Value, valuesText, writing } from '#kernel/statements';
import { isOlderClientId, olderLevel } from '../older-clients/rules.ts';
import { isPlainGrantId, readPlainGrant } from './plain-grants.ts';

type Payload = Record<string, unknown> & { grantId?: string; uid?: string; userCode?: string };

type Key = { model: string; id: string };
type Sought = { model: string; column: 'id' | 'uid' | 'user_code'; value: string };
type Found = Sought & { payload: Payload; consumed_at: Date | null };
type Kept = Key & {
  payload: string;
  grantId: string | null;
  uid: string | null;
  userCode: string | null;
  expiresAt: Date | null;
};
/** What may be done once: an artefact that is spent, or something shown that may not be shown again before `expiresAt`. */
type Once = Key & { expiresAt?: Date };

export type Artefacts = {
  /** oidc-provider's storage, for one kind of artefact. */
  adapter(model: string): object;
  /** True for the first who shows something that may be shown once until then; of two at the same time one is the second. */
  isFirstUse(id: string, expiresAt: Date): Promise<boolean>;
};

/**
 * oidc-provider's storage on the database: one row per artefact. What may be used once is used once, also under a race, and
 * over several processes. A sign-in has sixteen statements of its own, so those of people who sign in at the same time travel
 * together, in rounds: what is read, what is kept, and what is spent.
 */
export function createArtefacts(needs: { database: Database; clock: Clock }): Artefacts {
  const { database, clock } = needs;

  const find = createBatcher<Sought, Payload | undefined>(async (asked) => {
    const columns = [...new Set(asked.map(({ column }) => column))];
    const pieces = columns.flatMap((column) => inPowers(distinct(asked.filter((one) => one.column === column))));
    const parts = pieces.map((piece) => readingArtefacts(piece, clock.now()));
    const found = new Map((await database.readTogether(parts)).flat().map((row) => [nameOf(row), row]));
    return asked.map((one) => {
      const row = found.get(nameOf(one));
      if (row === undefined) return undefined;
      // A copy for each: the library writes into what it is given.
      const payload = structuredClone(row.payload);
      return row.consumed_at === null
        ? payload
        : { ...payload, consumed: Math.floor(row.consumed_at.getTime() / 1_000) };
    });
  });

  /** The last word counts of those that keep the same artefact in one round. */
  const keepAs = (durability: Durability) =>
    createBatcher<Kept, void>(async (kept) => {
      const last = new Map(kept.map((one) => [`${one.model} ${one.id}`, one]));
      const statements = inPowers(inOrder([...last.values()])).map((piece) => keepingArtefacts(piece, durability));
      await database.writeTogether([writing(...statements)]);
      return kept.map(() => undefined);
    });
  // What a crash of the database could lose of these only ends a sign-in, which then begins anew: nobody has to wait for the
  // disk. A grant of evidence, what was spent, and what was ended are durable before they are answered.
  const keepLoosely = keepAs('loose');
  const keepDurably = keepAs('durable');

  /** The first of a round counts of those that spend the same. */
  const useOnce = createBatcher<Once, boolean>(async (uses) => {
    const first = new Map<string, Once>();
    for (const one of uses) if (!first.has(nameOfOnce(one))) first.set(nameOfOnce(one), one);
    const ordered = inOrder([...first.values()]);
    const now = clock.now();
    const parts = [
      ...inPowers(ordered.filter(({ expiresAt }) => expiresAt === undefined)).map((piece) => spending(piece, now)),
      ...inPowers(ordered.filter(({ expiresAt }) => expiresAt !== undefined)).map((piece) => noticing(piece, now)),
    ];
    const done = new Set((await database.writeTogether(parts)).results.flat().map(nameOfOnce));
    return uses.map((one) => first.get(nameOfOnce(one)) === one && done.has(nameOfOnce(one)));
  });

  return {
    isFirstUse: (id, expiresAt) => useOnce({ model: replays, id, expiresAt }),
    adapter: (model) => ({
      upsert: async (id: string, payload: Payload, expiresInSeconds?: number) => {
        const said = isOlderClientId(payload['clientId']) ? withLowLevel(payload) : payload;
        await (model === 'Grant' ? keepDurably : keepLoosely)({
          model,
          id,
          payload: JSON.stringify(said),
          grantId: payload.grantId ?? null,
          uid: payload.uid ?? null,
          userCode: payload.userCode ?? null,
          expiresAt: expiresInSeconds ? new Date(clock.now().getTime() + expiresInSeconds * 1_000) : null,
        });
      },
      find: async (id: string) =>
        model === 'Grant' && isPlainGrantId(id)
          ? readPlainGrant(id, Math.floor(clock.now().getTime() / 1_000))
          : find({ model, column: 'id', value: id }),
      findByUid: (uid: string) => find({ model, column: 'uid', value: uid }),
      findByUserCode: (userCode: string) => find({ model, column: 'user_code', value: userCode }),
      consume: async (id: string) => {
        if (!(await useOnce({ model, id }))) throw new errors.InvalidGrant(`${model} already consumed`);
      },
      destroy: async (id: string) => {
        await database.writeTogether([writing(removing('id', model, id))]);
      },
      revokeByGrantId: async (grantId: string) => {
        await database.writeTogether([writing(removing('grant_id', model, grantId))]);
      },
    }),
  };
}

const replays = 'ReplayDetection';

const nameOf = ({ model, column, value }: Sought) => `${model} ${column} ${value}`;
const nameOfOnce = ({ model, id }: Key) => `${model} ${id}`;
const distinct = (sought: readonly Sought[]) => [...new Map(sought.map((one) => [nameOf(one), one])).values()];
/** Rounds of several processes take rows in the same order, so that none waits for one that waits for it. */
const inOrder = <Row extends Key>(rows: Row[]): Row[] => rows.sort((a, b) => (nameOfOnce(a) < nameOfOnce(b) ? -1 : 1));

/**
 * All of the piece are sought by the same column. Traps: a kind beside a column that is unique by itself would let PostgreSQL go
 * through all artefacts of the kind, so whoever asked compares the kinds; without `offset 0` it may begin with the artefacts.
 */
function readingArtefacts(piece: readonly Sought[], now: Date): Part<Found[]> {
  const { column } = piece[0]!;
  const keys = piece.map(({ model, value }): Value[] => [model, value]);
  return reading(
    `select kept.* from (${valuesText(keys, 2, ['text', 'text'])}) as sought (model, value)
      cross join lateral (
        select model, ${column} as value, payload, consumed_at from identity.oidc_payloads
        where ${column === 'id' ? 'model = sought.model and ' : ''}${column} = sought.value and (expires_at is null or expires_at > $1)
        offset 0
      ) as kept`,
    [now, ...keys.flat()],
    (rows) => rows.map((row) => ({ ...row, column })),
  );
}

type Durability = 'durable' | 'loose';
/** Said by the statement itself and until the end of its transaction, so that it needs no other before it. */
const sayingDurability = {
  durable: '',
  loose: `, (select set_config('synchronous_commit', 'off', true) offset 0) as durability`,
} satisfies Record<Durability, string>;

function keepingArtefacts(piece: readonly Kept[], durability: Durability): Statement {
  const rows = piece.map((one): Value[] => [
    one.model,
    one.id,
    one.payload,
    one.grantId,
    one.uid,
    one.userCode,
    one.expiresAt,
  ]);
  const types = ['text', 'text', 'jsonb', 'text', 'text', 'text', 'timestamptz'];
  return {
    text: `insert into identity.oidc_payloads (model, id, payload, grant_id, uid, user_code, expires_at)
      select kept.* from (${valuesText(rows, 1, types)}) as kept${sayingDurability[durability]}
      on conflict (model, id) do update set payload = excluded.payload, grant_id = excluded.grant_id,
        uid = excluded.uid, user_code = excluded.user_code, expires_at = excluded.expires_at`,
    values: rows.flat(),
  };
}

function spending(piece: readonly Once[], now: Date): Part<Key[]> {
  const keys = piece.map(({ model, id }): Value[] => [model, id]);
  return reading(
    `update identity.oidc_payloads kept set consumed_at = $1
      from (${valuesText(keys, 2, ['text', 'text'])}) as spent (model, id)
      where kept.model = spent.model and kept.id = spent.id and kept.consumed_at is null
      returning kept.model, kept.id`,
    [now, ...keys.flat()],
    (rows) => rows,
  );
}

function noticing(piece: readonly Once[], now: Date): Part<Key[]> {
  const rows = piece.map(({ model, id, expiresAt }): Value[] => [model, id, '{}', expiresAt]);
  return reading(
    `insert into identity.oidc_payloads (model, id, payload, expires_at)
      ${valuesText(rows, 2, ['text', 'text', 'jsonb', 'timestamptz'])}
      on conflict (model, id) do update set expires_at = excluded.expires_at where oidc_payloads.expires_at <= $1
      returning model, id`,
    [now, ...rows.flat()],
    (rows) => rows,
  );
}

const removing = (column: 'id' | 'grant_id', model: string, value: string): Statement => ({
  text: `delete from identity.oidc_payloads where model = $1 and ${column} = $2`,
  values: [model, value],
});

/** What is said over a weak channel is no surer than the channel, however strongly the person signed in. */
function withLowLevel(payload: Payload): Payload {
  return payload['acr'] === undefined ? payload : { ...payload, acr: olderLevel };
}
