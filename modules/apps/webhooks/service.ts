import { epochSeconds } from '#kernel/clock';
import type { Tx } from '#kernel/database';
import { newId, randomToken } from '#kernel/ids';
import type { Signer } from '#kernel/keys';
import { createLoop } from '#kernel/loop';
import { Problem } from '#kernel/problem';
import { contentDigest, signMessage } from '#protocol/http-signatures';
import type { AuthorisationRow } from '../allowed/store.ts';
import { type Delivery, problem } from '../contract.ts';
import type { AppsNeeds } from '../needs.ts';
import { findApp } from '../standing.ts';
import { bodyOf, nextTry, webhookComponents, webhookLabel } from './rules.ts';
import * as store from './store.ts';

const dayMs = 86_400_000;
const keptDays = 30;
const lookEveryMs = 5_000;
const leaseMs = 60_000;
const atOnce = 20;
const timeoutMs = 10_000;
const answerBytesMax = 16_384;
const signatureSeconds = 300;

/** Tells apps what happened, to where they said, until they have taken it: signed, at least once, with ids and nothing else. */
export function createWebhooks(needs: AppsNeeds, signer: Signer) {
  const { database, clock, log, http } = needs;

  const send = async (row: store.DeliveryRow, url: string): Promise<string> => {
    const body = bodyOf({
      deliveryId: row.delivery_id,
      fact: row.fact,
      authorisationId: row.authorisation_id,
      caseId: row.case_id,
      happenedAt: row.happened_at,
    });
    const headers = { 'content-type': 'application/json', 'content-digest': contentDigest(body) };
    const created = epochSeconds(clock);
    const signed = await signMessage({
      message: { method: 'POST', url, headers },
      label: webhookLabel,
      components: webhookComponents,
      params: {
        created,
        expires: created + signatureSeconds,
        nonce: randomToken(12),
        keyid: signer.kid,
        alg: 'ecdsa-p256-sha256',
        tag: 'jisr-webhook',
      },
      sign: (base) => signer.sign(base),
    });
    const answer = await http.request({
      method: 'POST',
      url,
      headers: { ...headers, ...signed },
      body,
      timeoutMs,
      bodyBytesMax: answerBytesMax,
    });
    return String(answer.status);
  };

  const tryOne = async (row: Awaited<ReturnType<typeof store.takeDue>>[number]): Promise<void> => {
    if (!row.is_allowed) {
      const { attempts, last_outcome } = row;
      await store.saveTry(database.db, row.delivery_id, { state: 'dropped', attempts, next_at: null, last_outcome });
      return;
    }
    let outcome: string;
    try {
      const app = await findApp(needs, row.app_id);
      outcome =
        app === undefined ? 'app-not-certified' : app.webhookUri ? await send(row, app.webhookUri) : 'no-address';
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      outcome = error.code;
    }
    const attempts = row.attempts + 1;
    if (/^2\d\d$/.test(outcome)) {
      await store.saveTry(database.db, row.delivery_id, {
        state: 'delivered',
        attempts,
        next_at: null,
        last_outcome: outcome,
      });
      return;
    }
    const next = nextTry(attempts, row.tried_since, clock.now());
    if (!next)
      log.warn({ code: outcome }, 'a webhook could not be delivered for days; the maker of the app can replay it');
    await store.saveTry(database.db, row.delivery_id, {
      state: next ? 'waiting' : 'dead',
      attempts,
      next_at: next ?? null,
      last_outcome: outcome,
    });
  };

  let underWay = 0;
  const loop = createLoop({
    work: async () => {
      const now = clock.now();
      const due = await store.takeDue(database.db, now, new Date(now.getTime() + leaseMs), atOnce);
      // An app that does not answer keeps no other waiting for longer than its deadline.
      underWay += due.length;
      await Promise.all(
        due.map((row) =>
          tryOne(row).finally(() => {
            underWay -= 1;
          }),
        ),
      );
      return due.length === atOnce;
    },
    everyMs: lookEveryMs,
    log,
    failed: 'webhooks could not be delivered',
  });

  const tell = async (
    tx: Tx,
    to: Pick<AuthorisationRow, 'app_id' | 'authorisation_id'>,
    told: { fact: string; caseId?: string; source: string; at: Date },
  ): Promise<void> => {
    await store.insertDelivery(tx, {
      delivery_id: newId(),
      app_id: to.app_id,
      authorisation_id: to.authorisation_id,
      fact: told.fact,
      case_id: told.caseId ?? null,
      source: told.source,
      happened_at: told.at,
      state: 'waiting',
      attempts: 0,
      tried_since: told.at,
      next_at: told.at,
      last_outcome: null,
    });
    loop.nudge();
  };

  return {
    keys: [signer.publicJwk],
    /** In the transaction of the fact. `source` names it: told twice, it is delivered as one. */
    tell,
    /** In the transaction in which what the person allowed ends: what waits is dropped, and the app is told of the end alone. */
    end: async (tx: Tx, ended: AuthorisationRow, at: Date): Promise<void> => {
      await store.dropWaiting(tx, ended.authorisation_id);
      await tell(tx, ended, { fact: store.endedFact, source: store.endedFact, at });
    },
    list: async (appId: string, state?: store.DeliveryRow['state']) =>
      (await store.listDeliveries(database.db, appId, state)).map(describe),
    replay: async (appId: string, deliveryId: string): Promise<Delivery> => {
      const row = await store.dueAgain(database.db, appId, deliveryId, clock.now());
      if (!row) {
        const isKnown = await store.hasDelivery(database.db, appId, deliveryId);
        throw problem(isKnown ? 'delivery-taken-back' : 'delivery-unknown');
      }
      loop.nudge();
      return describe(row);
    },
    /** Those that are on their way from this process, or could be. */
    countDue: async () => {
      const due = await store.countDue(database.db, clock.now());
      return due + underWay;
    },
    countDead: (appId: string) => store.countDead(database.db, appId),
    purge: () => store.dropOldDeliveries(database.db, new Date(clock.now().getTime() - keptDays * dayMs)),
    start: loop.start,
    stop: loop.stop,
  };
}
export type Webhooks = ReturnType<typeof createWebhooks>;

function describe(row: store.DeliveryRow): Delivery {
  return {
    deliveryId: row.delivery_id,
    type: row.fact,
    at: row.happened_at.toISOString(),
    state: row.state,
    attempts: row.attempts,
    ...(row.next_at ? { nextAt: row.next_at.toISOString() } : {}),
    ...(row.last_outcome === null ? {} : { lastOutcome: row.last_outcome }),
  };
}
