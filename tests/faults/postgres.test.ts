import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '#kernel/ids';
import { hasPostgresPrograms, type OwnServer, startOwnPostgres } from '../support/postgres.ts';
import { canMount, fill, mountSmall, unmount } from './disk.ts';
import { pause } from './mortal-nodes.ts';
import { proves } from './proving.ts';
import { type Consent, startWorld, type World } from './world.ts';

/** What an asker may hear while a database is away or full: its own node's failure, or the other's, which it cannot verify. */
const passing = ['database-unavailable', 'internal-error', 'answer-invalid'];

describe.skipIf(!hasPostgresPrograms())('two nodes on a PostgreSQL server of their own', () => {
  let server: OwnServer;
  let world: World;
  let consent: Consent;
  const disks = new Map(['bh', 'sa'].map((id) => [id, mkdtempSync(join(tmpdir(), `jisr-disk-${id}-`))]));

  beforeAll(async () => {
    server = await startOwnPostgres();
    world = await startWorld(async ({ config }) => {
      if (!canMount) return;
      for (const [id, disk] of disks) {
        mountSmall(disk, 65_536);
        const folder = join(disk, 'tables');
        mkdirSync(folder);
        server.own(folder);
        await onServer(`create tablespace small_${id} location '${folder}'`);
        await onServer(`alter database ${config.databasePrefix}${id} set tablespace small_${id}`);
      }
    }, server.url);
    consent = await world.consentOnce();
  });

  afterAll(async () => {
    await world?.stop();
    server?.stop();
    for (const disk of disks.values()) {
      if (canMount) unmount(disk);
      rmSync(disk, { recursive: true, force: true });
    }
  });

  async function onServer(statement: string): Promise<void> {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  }

  async function lookAt(path: string, headers: Record<string, string> = {}) {
    const url = `${world.holder.node.publicUrl}${path}`;
    const answer = await world.http.request({ method: 'GET', url, headers });
    const text = answer.body.toString('utf8');
    const said = headers['accept'] === undefined ? JSON.parse(text) : text;
    return { status: answer.status, again: answer.headers['retry-after'], said };
  }

  proves(
    'postgres-restarted',
    async () => {
      const pids = [world.holder.pid(), world.asker.pid()];
      const asked = Array.from({ length: 20 }, async (_, at) => {
        await pause(at * 50);
        return world.askUntilAcknowledged(consent, newId(), passing);
      });
      await pause(400);
      server.crash();
      await expect
        .poll(() => lookAt('/api/health'))
        .toEqual({
          status: 503,
          again: '10',
          said: expect.objectContaining({ code: 'database-unavailable', origin: 'own-node' }),
        });
      expect(
        await lookAt('/my-data', { accept: 'text/html', cookie: `lang=en; jisr_session=${'s'.repeat(43)}` }),
      ).toMatchObject({
        status: 503,
        said: expect.stringContaining('Our records are out of reach'),
      });
      await pause(1_000);
      server.start();
      const heard = (await Promise.all(asked)).flat();
      expect(heard.length).toBeGreaterThan(0);
      expect([world.holder.pid(), world.asker.pid()]).toEqual(pids);
    },
    180_000,
  );

  /** Asks until a full disk refuses; answers with what was said. Once there is room, the same question is answered. */
  async function fillDatabase(id: string): Promise<string> {
    const filler = join(disks.get(id)!, 'filler');
    fill(filler);
    let refused: { questionId: string; told: string } | undefined;
    // The room that is left inside of the tables' last pages takes some.
    for (let asked = 0; asked < 200 && refused === undefined; asked += 1) {
      const questionId = newId();
      const told = await world.tell(consent, questionId);
      if (told !== 'answered') refused = { questionId, told };
    }
    rmSync(filler);
    expect(refused, 'the disk was full').toBeDefined();
    await world.askUntilAcknowledged(consent, refused!.questionId, passing);
    return refused!.told;
  }
  proves('database-full', async () => expect(passing).toContain(await fillDatabase('bh')), 180_000, canMount);
  proves(
    'database-full-asking',
    async () => {
      const pid = world.asker.pid();
      expect(await fillDatabase('sa')).toBe('internal-error');
      expect(world.asker.pid()).toBe(pid);
    },
    180_000,
    canMount,
  );

  test(
    'after both of them both logs and both databases hold each acknowledged exchange once',
    () => world.judge({ checkpointsMin: 1 }),
    120_000,
  );
});
