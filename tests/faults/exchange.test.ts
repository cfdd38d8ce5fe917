import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '#kernel/ids';
import { createRandom, readSeed } from '../support/random.ts';
import { canMount, fill, mountSmall, unmount } from './disk.ts';
import type { Passed } from './gate.ts';
import { waitUntilSettled } from './judging.ts';
import { type MortalNode, pause } from './mortal-nodes.ts';
import { proves } from './proving.ts';
import type { Faults } from './unruly.ts';
import { type Consent, startWorld, type World } from './world.ts';

const exchanges = 50;
const waves = 8;
const hourMs = 3_600_000;

let world: World;
let consent: Consent;
const tiles = new Map<string, string>();

beforeAll(async () => {
  world = await startWorld(async ({ config }) => {
    for (const id of ['bh', 'sa']) {
      const folder = join(config.dataFolder, id, 'tiles');
      mkdirSync(folder, { recursive: true });
      if (canMount) mountSmall(folder, 16_384);
      tiles.set(id, folder);
    }
  });
  consent = await world.consentOnce();
});

afterAll(async () => {
  if (canMount) for (const folder of tiles.values()) unmount(folder);
  await world?.stop();
});

/** Answered now, whatever was before. */
const answersAgain = async (questionId = newId(), passing: string[] = []) => {
  await world.askUntilAcknowledged(consent, questionId, passing);
};

proves(
  'kill-any',
  async () => {
    const seed = readSeed();
    try {
      await killAtRandom(seed);
    } catch (error) {
      (error as Error).message += `\n(repeat with JISR_TEST_SEED=${seed})`;
      throw error;
    }
  },
  500_000,
);

async function killAtRandom(seed: number): Promise<void> {
  const random = createRandom(seed);
  const { holder, asker } = world;
  const before = world.acknowledged.length;
  const heard: Record<string, number> = {};
  const kills = { bh: 0, sa: 0, whileStarting: 0, whileAsking: 0 };
  const victims = random.shuffle(Array.from({ length: waves }, (_, at): MortalNode => (at % 2 === 0 ? holder : asker)));
  const startedAt = performance.now();
  let waveMs = 250;

  const killAndRestart = async (victim: MortalNode): Promise<void> => {
    const id = victim.node.id as 'bh' | 'sa';
    await victim.kill();
    kills[id] += 1;
    if (random.next() < 0.25) {
      const starting = victim.start().catch(() => undefined);
      await pause(random.next() * 2_000);
      await victim.kill();
      await starting;
      kills[id] += 1;
      kills.whileStarting += 1;
    }
    await victim.start();
  };

  for (const [wave, victim] of victims.entries()) {
    const size = Math.floor(((wave + 1) * exchanges) / waves) - Math.floor((wave * exchanges) / waves);
    const waveStartedAt = performance.now();
    let isOver = false;
    let isKilled = false;
    const asked = Array.from({ length: size }, async () => {
      for (const code of await world.askUntilAcknowledged(consent, newId())) heard[code] = (heard[code] ?? 0) + 1;
    });
    const all = Promise.all(asked).then(() => {
      isOver = true;
      if (!isKilled) waveMs = performance.now() - waveStartedAt;
    });
    await Promise.all([
      all,
      pause(random.next() * waveMs * 1.2).then(() => {
        isKilled = true;
        if (!isOver) kills.whileAsking += 1;
        return killAndRestart(victim);
      }),
    ]);
  }
  const askedSeconds = (performance.now() - startedAt) / 1000;

  // A repeat of an acknowledged question is the same exchange, with the same entries.
  const [first] = world.acknowledged;
  expect(await world.ask(consent, first!.questionId)).toEqual({ result: first });

  const total = kills.bh + kills.sa;
  console.log(
    `kill -9: seed ${seed}, ${total} kills (bh ${kills.bh}, sa ${kills.sa}; ${kills.whileAsking} with questions under way, ` +
      `${kills.whileStarting} during a start), ${exchanges} exchanges in ${askedSeconds.toFixed(1)} s, ` +
      `refusals that passed ${JSON.stringify(heard)}`,
  );
  expect(total).toBeGreaterThanOrEqual(waves);
  expect(world.acknowledged.length - before).toBe(exchanges);
}

/** The node kills itself at this statement of one question, is started again, and the question is asked again. */
async function dieAndGoOn(victim: MortalNode, dieAt: NonNullable<Faults['dieAt']>): Promise<void> {
  await world.setFaults(victim, { dieAt });
  const questionId = newId();
  const ended = victim.ended();
  const first = world.tell(consent, questionId);
  await ended;
  expect(await first).not.toBe('answered');
  await world.setFaults(victim, {});
  await victim.start();
  await answersAgain(questionId);
}

const question = 'insert into exchange\\.questions';
const end = 'update exchange\\.questions';
const use = 'insert into exchange\\.uses';
proves('kill-unwritten', () => dieAndGoOn(world.asker, { statements: [question], when: 'before' }), 180_000);
proves('kill-answer-unwritten', () => dieAndGoOn(world.asker, { statements: [end], when: 'before' }), 180_000);
proves('kill-answer-written', () => dieAndGoOn(world.asker, { statements: [end, '^commit'], when: 'after' }), 180_000);
proves('kill-unread', () => dieAndGoOn(world.holder, { statements: ['exchange\\W+uses'], when: 'before' }), 180_000);
proves('kill-uncommitted', () => dieAndGoOn(world.holder, { statements: [use], when: 'after' }), 180_000);
proves('kill-committed', () => dieAndGoOn(world.holder, { statements: [use, '^commit'], when: 'after' }), 180_000);

/** The node kills itself at this step of its own log, or of witnessing the other's, some time after a question was answered. */
async function dieBehind(victim: MortalNode, dieAt: NonNullable<Faults['dieAt']>): Promise<void> {
  await world.setFaults(victim, { dieAt });
  const questionId = newId();
  const ended = victim.ended();
  await world.tell(consent, questionId);
  await ended;
  await world.setFaults(victim, {});
  await victim.start();
  await answersAgain(questionId);
  for (const { node } of [world.holder, world.asker]) await waitUntilSettled(world.http, node);
}
const numbering = 'update ledger\\.appends';
const checkpoint = 'insert into "ledger"\\."checkpoints"';
const witnessed = '(insert into|update) "ledger"\\."witnessed"';
proves(
  'kill-log-numbered',
  () => dieBehind(world.holder, { statements: [numbering, '^commit'], when: 'after' }),
  400_000,
);
proves('kill-log-tiled', () => dieBehind(world.holder, { statements: [checkpoint], when: 'before' }), 400_000);
proves('kill-log-witnessed', () => dieBehind(world.asker, { statements: [witnessed], when: 'after' }), 400_000);

/** The node is killed while the first question, or its answer, is between the nodes. */
async function killOnTheWay(victim: MortalNode, at: 'question' | 'answer'): Promise<void> {
  const questionId = newId();
  let kills = 0;
  world.gate.onQuestion = async (forward) => {
    if (kills > 0) return 'cut';
    kills += 1;
    const answer = at === 'answer' ? await forward() : undefined;
    await victim.kill();
    return answer ?? forward();
  };
  expect(await world.tell(consent, questionId)).not.toBe('answered');
  world.gate.onQuestion = undefined;
  await victim.start();
  await answersAgain(questionId);
}
proves('kill-on-its-way', () => killOnTheWay(world.asker, 'question'), 180_000);
proves('kill-answer-on-its-way', () => killOnTheWay(world.asker, 'answer'), 180_000);
proves(
  'kill-answered',
  async () => {
    const questionId = newId();
    world.gate.onQuestion = async (forward) => {
      await forward();
      world.gate.onQuestion = undefined;
      await world.holder.kill();
      return 'cut';
    };
    expect(await world.tell(consent, questionId)).toBe('peer-unreachable');
    await world.holder.start();
    await answersAgain(questionId);
  },
  400_000,
);

proves(
  'peer-slow',
  async () => {
    world.gate.onQuestion = async (forward) => {
      await pause(4_000);
      return forward();
    };
    const told = await world.tell(consent, newId());
    world.gate.onQuestion = undefined;
    expect(told).toBe('answered');
  },
  400_000,
);

proves(
  'peer-silent',
  async () => {
    const questionId = newId();
    world.gate.onQuestion = async (forward) => {
      await forward();
      return 'silence';
    };
    const startedAt = performance.now();
    const told = await world.tell(consent, questionId);
    const tookMs = performance.now() - startedAt;
    world.gate.onQuestion = undefined;
    expect(told).toBe('peer-timeout');
    expect(tookMs).toBeLessThan(15_000);
    await answersAgain(questionId);
  },
  400_000,
);

proves(
  'peer-cut',
  async () => {
    let arrived = 0;
    world.gate.onQuestion = async (forward) => {
      arrived += 1;
      const answer = await forward();
      return arrived === 1 ? 'cut' : answer;
    };
    const told = await world.tell(consent, newId());
    world.gate.onQuestion = undefined;
    expect([told, arrived]).toEqual(['answered', 2]);
  },
  400_000,
);

proves(
  'peer-lying',
  async () => {
    const questionId = newId();
    world.gate.onQuestion = async (forward) => {
      const answer = await forward();
      const at = answer.body.indexOf('"fields"') + 12;
      answer.body[at] = answer.body[at]! ^ 1;
      return answer;
    };
    const told = await world.tell(consent, questionId);
    world.gate.onQuestion = undefined;
    expect(told).toBe('answer-invalid');
    await answersAgain(questionId);
  },
  400_000,
);

proves(
  'peer-replaying-answer',
  async () => {
    const questionId = newId();
    let earlier: Passed | undefined;
    world.gate.onQuestion = async (forward) => {
      earlier = await forward();
      return earlier;
    };
    await answersAgain();
    world.gate.onQuestion = async (forward) => {
      await forward();
      return earlier!;
    };
    const told = await world.tell(consent, questionId);
    world.gate.onQuestion = undefined;
    expect(told).toBe('answer-invalid');
    await answersAgain(questionId);
  },
  400_000,
);

proves(
  'peer-replaying-question',
  async () => {
    const bodies = new Set<string>();
    world.gate.onQuestion = async (forward) => {
      const answers = await Promise.all(Array.from({ length: 5 }, forward));
      for (const { status, body } of answers) bodies.add(`${status} ${body}`);
      return answers[0]!;
    };
    const told = await world.tell(consent, newId());
    world.gate.onQuestion = undefined;
    expect(told).toBe('answered');
    expect(bodies.size).toBe(1);
  },
  400_000,
);

const keyOf = (state: string) => join(world.prepared.config.dataFolder, state, 'keys', 'office.moe.es256.pem');

proves(
  'key-holding',
  async () => {
    const questionId = newId();
    world.gate.onQuestion = async () => {
      world.gate.onQuestion = undefined;
      await world.holder.kill();
      rmSync(keyOf('bh'));
      return 'cut';
    };
    expect(await world.tell(consent, questionId)).toBe('peer-unreachable');
    await world.holder.start();
    await answersAgain(questionId);
  },
  400_000,
);

proves(
  'key-asking',
  async () => {
    const questionId = newId();
    world.gate.onQuestion = async () => {
      world.gate.onQuestion = undefined;
      await world.asker.kill();
      rmSync(keyOf('sa'));
      return 'cut';
    };
    expect(await world.tell(consent, questionId)).toBe('asker-killed');
    await world.asker.start();
    expect(await world.tell(consent, questionId)).toBe('token-invalid');
    world.noteRefused(questionId);
    consent = await world.consentOnce();
    await answersAgain();
  },
  400_000,
);

const readHealth = async ({ node } = world.holder as Pick<MortalNode, 'node'>) => {
  const answer = await world.http.request({ method: 'GET', url: `${node.publicUrl}/api/health` });
  return JSON.parse(answer.body.toString('utf8'));
};

async function fillTiles({ node }: Pick<MortalNode, 'node'>): Promise<void> {
  const filler = join(tiles.get(node.id)!, 'filler');
  fill(filler);
  for (let asked = 0; asked < 5; asked += 1) await answersAgain();
  await pause(2_000);
  expect((await readHealth({ node })).log.pending).toBeGreaterThanOrEqual(5);
  rmSync(filler);
  await waitUntilSettled(world.http, node);
  await answersAgain();
}
proves('tiles-full', () => fillTiles(world.holder), 400_000, canMount);
proves('tiles-full-asking', () => fillTiles(world.asker), 400_000, canMount);

/** An asker that is behind does not believe the refusal either: it was signed in the asker's future. */
const clockCodes = { 10: 'question-expired', '-10': 'answer-invalid' };
for (const side of ['asking', 'holding'] as const)
  for (const minutes of [10, -10] as const)
    proves(
      `clock-${side}${minutes}`,
      async () => {
        const node = side === 'asking' ? world.asker : world.holder;
        const questionId = newId();
        await world.setFaults(node, { clockMs: minutes * 60_000 });
        const told = await world.tell(consent, questionId);
        await world.setFaults(node, {});
        expect(told).toBe(clockCodes[side === 'asking' ? minutes : (-minutes as 10 | -10)]);
        await answersAgain(questionId);
      },
      400_000,
    );

proves(
  'anchor-down',
  async () => {
    await world.anchor.stop();
    for (const node of [world.holder, world.asker]) await world.setFaults(node, { clockMs: 20 * hourMs });
    for (let asked = 0; asked < 3; asked += 1) await answersAgain();
    expect((await readHealth()).federation.staleChains).toBeGreaterThan(0);
  },
  400_000,
);

proves(
  'chain-expired',
  async () => {
    const clockMs = 25 * hourMs;
    for (const node of [world.holder, world.asker, world.anchor]) await world.setFaults(node, { clockMs });
    const questionId = newId();
    const told = await world.tell(consent, questionId);
    expect(told).toBe('entity-unreachable');
    await world.anchor.start();
    await answersAgain(questionId);
  },
  400_000,
);

test(
  'after all of them both logs and both databases hold each acknowledged exchange once',
  () => world.judge({ checkpointsMin: 5 }),
  120_000,
);
