import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'vitest';
import { type RunningNode, readChecked, readNodeConfig, startNode } from '#apps/state-node';
import { systemClock } from '#kernel/clock';
import { sql } from '#kernel/database';
import { createHttpClient } from '#kernel/http-client';
import { newId } from '#kernel/ids';
import { silentLog } from '#kernel/log';
import type { Officer, Person } from '#modules/cases';
import { AnchorConfig, startAnchor } from '../../apps/federation/anchor.ts';
import { waitUntilAcquainted } from '../../apps/federation/launcher.ts';
import { playPort, readPlayAccounts } from '../../apps/federation/payments.ts';
import { samplePeople } from '../../apps/federation/phone.ts';
import { startPaymentSimulator } from '../../apps/payment-simulator/index.ts';
import { degree, identity, pages } from '../../modules/cases/test/support.ts';
import { readMail, startMailServer } from '../../modules/notifications/test/mail-server.ts';
import { prepareTestFederation } from '../support/federation.ts';
import { answers, sharedServiceId } from '../support/shared-cases.ts';
import { createAskingNode, pause } from './mortal-nodes.ts';
import type { Faults } from './unruly.ts';

type Row = Record<string, unknown>;
/** A case that something is done to; `inbox`: where its form says that the person is told. */
export type Applied = { person: Person; caseId: string; inbox: string; attemptId?: string };

const feeMinor = 5_000;
/** So long a notice belongs to the process that has begun to send it. */
const claimMs = 120_000;
/**
 * Kuwait decides cases in a process that can be killed; the anchor, Bahrain (whose office takes part), the payment provider and the mail
 * server are here and live on. What is ordered of Kuwait's modules is what its pages order.
 */
export async function startCaseWorld() {
  const http = createHttpClient({ timeoutMs: 30_000 });
  const [prepared, mail] = await Promise.all([prepareTestFederation(['bh', 'kw']), startMailServer({ isOpen: true })]);
  const { config, nodes } = prepared;
  const unruly = pathToFileURL(join(import.meta.dirname, 'unruly.ts')).href;
  Object.assign(config.childEnvironment, { NODE_OPTIONS: `--import ${unruly}` });
  const find = (id: string) => nodes.find((node) => node.id === id)!;
  pointMailTo(config.dataFolder, find('kw').configFile, mail);

  const anchorNode = nodes.find(({ role }) => role === 'anchor')!;
  const provider = await startPaymentSimulator({
    accounts: readPlayAccounts(nodes, config.dataFolder),
    ...{ host: '127.0.0.1', port: playPort(anchorNode.port), clock: systemClock, log: silentLog },
  });
  const anchor = await startAnchor(readChecked(anchorNode.configFile, AnchorConfig));
  const partner: RunningNode = await startNode(readNodeConfig(find('bh').configFile));
  const node = createAskingNode(find('kw'), config, http);
  await node.start();
  await waitUntilAcquainted([find('bh'), find('kw')], http, 60_000);

  /** What the order brings; throws the code of a refusal. */
  const call = async <Result>(door: string, method: string, ...args: unknown[]): Promise<Result> => {
    const reply = await node.order<Result>({ do: 'call', door, method, args });
    if ('refusal' in reply) throw new Error(reply.refusal);
    return reply.result;
  };
  const read = async (query: string): Promise<Row[]> => {
    const reply = await node.order<Row[]>({ do: 'read', query });
    if ('refusal' in reply) throw new Error(reply.refusal);
    return reply.result;
  };
  const count = async (from: string): Promise<number> =>
    Number((await read(`select count(*)::int as n from ${from}`))[0]!['n']);

  const setFaults = async (faults: Faults): Promise<void> => {
    const file = join(node.node.configFile, '..', 'faults.json');
    const text = JSON.stringify({ ...faults, set: newId() });
    writeFileSync(file, text);
    if (!node.signal('SIGUSR2')) return;
    const isRead = () => existsSync(`${file}.read`) && readFileSync(`${file}.read`, 'utf8') === text;
    for (let attempt = 0; attempt < 600 && !isRead(); attempt += 1) await pause(50);
    expect(isRead(), 'the node has heard of its faults').toBe(true);
  };

  let startedAt = new Date();
  /** Nothing that the process has begun since its start, or could begin, is under way. */
  const rest = async (): Promise<void> => {
    // Facts that are heard beside lie in a queue of their own too, at which nobody works.
    const due = `jobs.job where (name like '%.%' or name in ('case-decided', 'payment-check', 'payment-refund'))
      and ((state in ('created', 'retry') and start_after <= now())
        or (state = 'active' and started_on > '${startedAt.toISOString()}'))`;
    const letters = `sharing.letters where state = 'waiting' and due_at <= now()`;
    const claimedMin = new Date(startedAt.getTime() + claimMs).toISOString();
    const sendings = `notifications.sendings where state = 'waiting' and due_at <= now()
      and (claimed_until is null or claimed_until <= now() or claimed_until > '${claimedMin}')`;
    const until = performance.now() + 180_000;
    while ((await count(due)) + (await count(letters)) + (await count(sendings)) > 0) {
      if (performance.now() > until) throw new Error('the node does not come to rest within three minutes');
      await pause(100);
    }
  };

  const fill = async (person: Person, caseId: string, posted: Record<string, Record<string, string>>) => {
    for (const [page, values] of Object.entries(posted)) {
      const { errors } = await call<{ errors: object[] }>('cases', 'saveAnswers', person, caseId, page, values);
      expect(errors).toEqual([]);
    }
  };

  /** Recognition of a degree, paid and ready to be sent; rules decide it, unless it is one that an officer has to look at. */
  const prepareDegree = async ({ isForOfficer = false } = {}): Promise<Applied> => {
    const person: Person = { personId: newId(), homeState: 'BH', level: 'substantial' };
    const { id: caseId } = await call<{ id: string }>('cases', 'startCase', person, 'degree-recognition');
    const inbox = `${caseId}@example.com`;
    const studied = degree(isForOfficer ? { study_mode: 'distance' } : {});
    await call('cases', 'recordEvidence', person, caseId, [identity, studied]);
    await fill(person, caseId, { ...pages, contact: { ...pages['contact']!, email: inbox } });
    const { payUrl } = await call<{ payUrl: string }>('payments', 'startPayment', person, caseId);
    const { headers } = await http.request({
      method: 'POST',
      url: payUrl,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'do=pay',
    });
    const attemptId = headers['location']!.split('/').at(-1)!;
    await call('payments', 'settleReturn', person, attemptId);
    return { person, caseId, inbox, attemptId };
  };

  /** A case that an office of Bahrain takes part in, ready to be sent. */
  const prepareShared = async (key: string): Promise<Applied> => {
    const personId = newId();
    const { identity: persons } = partner.doors;
    const { nationalId } = samplePeople(config.statesFolder).find((one) => one.key === key)!;
    const { personId: atHome } = (await persons.persons.findByNationalId(nationalId))!;
    const subject = await persons.subjectFor(atHome, `${find('kw').publicUrl}/offices/insurance`);
    await read(`insert into identity.known_persons (person_id, issuer, subject, home_state, first_seen_at)
      values ('${personId}', '${find('bh').publicUrl}/eid', '${subject}', 'BH', now())`);
    const person: Person = { personId, homeState: 'BH', level: 'high' };
    const { id: caseId } = await call<{ id: string }>('cases', 'startCase', person, sharedServiceId);
    const pension = { membership: 'active', checked_on: '2026-11-29' };
    await call('cases', 'recordEvidence', person, caseId, [
      identity,
      { evidenceType: 'pension-record', providerState: 'BH', values: pension },
    ]);
    await fill(person, caseId, { contract: {}, ...answers });
    return { person, caseId, inbox: '' };
  };

  // Whoever holds no office any more loses what they had taken.
  const officers = JSON.parse(readFileSync(join(config.statesFolder, 'kw', 'officers.json'), 'utf8')) as Officer[];
  const who = { ...officers.find(({ officeId }) => officeId === 'moe')!, name: 'Officer' };

  /** A draft that cannot go on as all of Bahrain is away; its node has not looked since. */
  const prepareWaiting = async (): Promise<Applied> => {
    const person: Person = { personId: newId(), homeState: 'BH', level: 'substantial' };
    const { id: caseId } = await call<{ id: string }>('cases', 'startCase', person, 'degree-recognition');
    await read(`insert into cases.awaited_sources (case_id, provider_state, evidence_type, since, looks, look_at)
      values ('${caseId}', 'BH', '', now() - interval '1 hour', 0, now() + interval '1 day')`);
    return { person, caseId, inbox: '' };
  };
  /** The look for Bahrain that would come within the hour. */
  const lookForSources = async (): Promise<void> => {
    await read('update cases.awaited_sources set look_at = now()');
    await call('cases', 'lookForSources');
  };

  const submit = ({ person, caseId }: Applied) => call('cases', 'submitCase', person, caseId);
  /** Taken and checked: what is left is to decide. Answers the act of deciding. */
  const prepareDecision = async ({ caseId }: Applied) => {
    await call('cases', 'takeCase', who, caseId, {});
    const seen = await call<{ checklist: Array<{ id: string }> }>('cases', 'getCaseForOfficer', who, caseId);
    for (const { id } of seen.checklist) await call('cases', 'markPoint', who, caseId, id, { mark: 'done', seen: 0 });
    const { version } = await call<{ version: number }>('cases', 'getCaseForOfficer', who, caseId);
    const decision = { outcome: 'approve', reasonIds: ['confirmed-after-review'], expectedVersion: version };
    return () => call('cases', 'decideCase', who, caseId, decision);
  };
  const refund = ({ caseId }: Applied) =>
    call('payments', 'refundByOfficer', who, caseId, {
      ...{ amountMinor: 1_500, expectedLeftMinor: feeMinor, reasonId: 'hardship' },
    });

  /**
   * The process kills itself at this statement of what is done, is started again, and comes to rest as far as it does at once: jobs that it
   * had in hand are only taken up after a minute.
   */
  const dieAndRestart = async (
    dieAt: NonNullable<Faults['dieAt']>,
    work: () => Promise<unknown>,
  ): Promise<'done' | 'unheard'> => {
    await rest();
    await setFaults({ dieAt });
    const ended = node.ended();
    const heard = work().then(
      () => 'done' as const,
      (error: Error) => {
        if (error.message !== 'asker-killed') throw error;
        return 'unheard' as const;
      },
    );
    await Promise.race([
      ended,
      pause(180_000).then(() => {
        throw new Error('the process was not killed within three minutes');
      }),
    ]);
    await setFaults({});
    startedAt = new Date();
    await node.start();
    return heard;
  };

  return {
    ...{
      http,
      node,
      partner,
      provider,
      prepareDegree,
      prepareShared,
      prepareWaiting,
      lookForSources,
      submit,
      prepareDecision,
      refund,
    },
    ...{ dieAndRestart, read },
    /** Mails to where the form of a case says, by their own ids: the same mail twice is one for its reader. */
    mailsTo: (inbox: string): string[] => [
      ...new Set(mail.taken.filter(({ to }) => to === inbox).map(({ raw }) => readMail(raw).headers['message-id']!)),
    ],
    /** What the provider gave back of the payment of a case, from its own list. */
    refundsAtProvider: async ({ attemptId }: Applied): Promise<Row[]> => {
      const [account] = readPlayAccounts([find('kw')], config.dataFolder);
      const [row] = await read(`select payment_ref from payments.attempts where id = '${attemptId}'`);
      const { body } = await http.request({
        method: 'GET',
        url: `${provider.url}/v1/refunds?limit=100`,
        headers: { authorization: `Bearer ${account!.secretKey}` },
      });
      const { data } = JSON.parse(body.toString('utf8')) as { data: Row[] };
      return data.filter((one) => one['payment_intent'] === row!['payment_ref']);
    },
    /** What Bahrain holds of a case, by each party that sees it, and how many letters its own log has. */
    seenByPartner: async ({ caseId }: Applied) => {
      const { db } = partner.operatorNeeds.database;
      const shares = await sql<{ role: string; received: number; state: string }>`
        select role, received, status->'case'->>'state' as state from sharing.shares where case_id = ${caseId}
        order by role`.execute(db);
      const entries = await sql<{ n: number }>`
        select count(*)::int as n from ledger.entries
        where kind = 'shared-case-status-received' and record->>'caseId' = ${caseId}`.execute(db);
      return { shares: shares.rows, entries: entries.rows[0]!.n };
    },
    stop: async () => {
      await node.stop();
      await partner.stop();
      await anchor.stop();
      await provider.stop();
      await mail.stop();
      await prepared.clear();
      await http.close();
    },
  };
}
export type CaseWorld = Awaited<ReturnType<typeof startCaseWorld>>;

/** The node reads its state from a folder beside the sample's, in which mail goes to this server, at any hour. */
function pointMailTo(
  dataFolder: string,
  configFile: string,
  { port, certificate }: { port: number; certificate: string },
): void {
  const config = JSON.parse(readFileSync(configFile, 'utf8')) as { stateFolder: string };
  const folder = join(dataFolder, 'states', 'kw');
  mkdirSync(folder, { recursive: true });
  cpSync(config.stateFolder, folder, { recursive: true });
  const from = { address: 'no-reply@kw.example', names: { ar: 'البوابة', en: 'Portal' } };
  const email = { host: 'localhost', port, security: 'starttls', certificates: [certificate], from };
  writeFileSync(join(folder, 'notifications.json'), JSON.stringify({ keptDays: 730, email }));
  writeFileSync(configFile, JSON.stringify({ ...config, stateFolder: folder }), { mode: 0o600 });
}
