import type { OperationsView } from '#apps/console';
import type { KeyDescription, Keys } from '#kernel/keys';
import { addUp, outcomeNames } from '#modules/identity';
import type { LedgerStatus } from '#modules/ledger';
import { isAssuranceLevel } from '#protocol/assurance';
import { diagnose } from './diagnosis.ts';
import { links } from './findings.ts';
import type { OperatorNeeds } from './needs.ts';
import { askPeers, type Peer } from './peers.ts';

const breachesShownMax = 20;
const signInDays = 7;

/** The node at this moment, for the operator's page. What cannot be read is left empty: the doctor's findings say why. */
export async function readOverview(needs: OperatorNeeds): Promise<OperationsView> {
  const { clock, exchange, jobs, keys, ledger, witnessQuorum, log } = needs;
  const orElse = async <T>(work: Promise<T>, instead: T): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      log.warn({ err: error }, 'a part of the operations page could not be read');
      return instead;
    }
  };
  const [
    diagnosis,
    peers,
    status,
    classes,
    breaches,
    queues,
    listed,
    registries,
    exchanges,
    signIns,
    letters,
    unheard,
    shared,
  ] = await Promise.all([
    diagnose(needs),
    askPeers(needs),
    orElse(ledger.statusOf(), undefined),
    orElse(exchange.assuranceStatus(), []),
    orElse(ledger.listBreaches(), []),
    orElse(jobs.status(), []),
    keys.list(),
    orElse(exchange.checkRegistries(), []),
    orElse(exchange.monitoring.summarise({}), undefined),
    orElse(needs.identity.outcomes.summarise(signInDays), []),
    orElse(needs.events.letters.count(), { waiting: 0, dead: 0 }),
    orElse(needs.events.letters.listUnheard(), []),
    orElse(needs.sharing.listGivenUp(), []),
  ]);
  const states = await orElse(needs.federation.listStates(), []);
  const now = clock.now();
  return {
    checkedAt: now.toISOString(),
    stuck:
      letters.dead +
      unheard.length +
      shared.filter(({ mayRetry }) => mayRetry).length +
      queues.reduce((sum, { dead }) => sum + dead, 0),
    broken: diagnosis.findings.flatMap(({ link, subject, state, finding, fix }) =>
      state === 'broken' && fix ? [{ key: `${link} ${subject}`, name: links[link], finding, fix }] : [],
    ),
    neighbours: peers.neighbours.map((peer) => ({
      ...neighbourOf(needs, peer, now),
      ...namesOf(states.find(({ entityId }) => entityId === peer.entityId)),
    })),
    log: {
      size: status?.size ?? 0,
      pending: status?.pending ?? 0,
      ...(status?.lastCheckpointAt ? { checkpointAt: status.lastCheckpointAt.toISOString() } : {}),
      cosignedBy: status?.cosignedBy.length ?? 0,
      quorum: witnessQuorum,
      disputedBy: status?.disputedBy ?? [],
      breaches: breaches.slice(-breachesShownMax).map(({ breachId, origin, kind, state, seenAt, endedAt }) => ({
        key: breachId,
        origin,
        kind,
        state,
        seenAt: seenAt.toISOString(),
        ...(endedAt ? { endedAt: endedAt.toISOString() } : {}),
      })),
    },
    ...(status ? { stamps: stampsOf(status.stamping, classes) } : {}),
    queues,
    keys: await Promise.all(listed.map((key) => keyOf(keys, key, now))),
    registries,
    exchanges: { flows: exchanges?.flows ?? [], refusals: exchanges?.refusals ?? [] },
    signIns: addUp(signIns).map(({ side, outcome, level, count }) => ({
      isOwnEid: side === 'provider',
      outcome,
      ...(outcomeNames[outcome] ? { names: outcomeNames[outcome] } : {}),
      ...(isAssuranceLevel(level) ? { level } : {}),
      count,
    })),
  };
}

function stampsOf(
  { authorities, failing, stampedAt, oldestUnstampedWaitMs }: LedgerStatus['stamping'],
  classes: Awaited<ReturnType<OperatorNeeds['exchange']['assuranceStatus']>>,
): OperationsView['stamps'] {
  return {
    authorities,
    failing,
    ...(stampedAt ? { stampedAt: stampedAt.toISOString() } : {}),
    waitedMinutes: Math.floor(oldestUnstampedWaitMs / 60_000),
    limits: classes.map(({ classId, evidenceTypes, after, leftMs }) => ({
      classId,
      evidenceTypes,
      after,
      leftMinutes: Math.floor(leftMs / 60_000),
    })),
  };
}

function namesOf(state: { names: { ar: string; en: string } } | undefined) {
  return state ? { names: state.names } : {};
}

function neighbourOf({ federation }: OperatorNeeds, peer: Peer, now: Date): OperationsView['neighbours'][number] {
  const chain = federation.status().find(({ entityId }) => entityId === peer.entityId);
  const leftMs = chain ? chain.expiresAt.getTime() - now.getTime() : 0;
  return {
    host: peer.host,
    isUp: peer.reason === undefined,
    ...(peer.answerMs === undefined ? {} : { answerMs: peer.answerMs }),
    ...(chain && leftMs > 0
      ? {
          trust: {
            until: chain.expiresAt.toISOString(),
            hoursLeft: Math.floor(leftMs / 3_600_000),
            isStale: chain.stale,
          },
        }
      : {}),
  };
}

async function keyOf(keys: Keys, { name, alg, madeAt }: KeyDescription, now: Date) {
  const days = madeAt && Math.floor((now.getTime() - madeAt.getTime()) / 86_400_000);
  let kid = '';
  try {
    kid = (await keys.signer(name, alg)).kid;
  } catch {
    // A key that cannot be read is among the findings; here it has no id.
  }
  return { name, alg, kid, ...(days === undefined ? {} : { days }) };
}
