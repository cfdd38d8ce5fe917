import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'vitest';
import { createHttpClient, type HttpClient } from '#kernel/http-client';
import { newId } from '#kernel/ids';
import type { SimplePolicy } from '#modules/ledger';
import type { GrantedEvidenceDetail } from '#protocol/evidence-detail';
import type { ExchangeReceipt } from '#protocol/exchange-message';
import { signIn } from '../../apps/federation/journey.ts';
import { waitUntilAcquainted } from '../../apps/federation/launcher.ts';
import { samplePeople } from '../../apps/federation/phone.ts';
import { createVisitor, titleOf } from '../../apps/federation/visitor.ts';
import { prepareTestFederation } from '../support/federation.ts';
import { type Gate, openGate } from './gate.ts';
import { judgePublishedLog, judgeTables, waitUntilSettled, watchCheckpoints } from './judging.ts';
import { createAskingNode, createMortalNode, type MortalNode, pause, type Reply } from './mortal-nodes.ts';
import type { Faults } from './unruly.ts';

export type Acknowledgement = { questionId: string; ownReceipt: ExchangeReceipt; theirReceipt: ExchangeReceipt };
export type Consent = { accessToken: string; detail: GrantedEvidenceDetail };
type AskingNode = ReturnType<typeof createAskingNode>;
type Nodes = {
  prepared: Awaited<ReturnType<typeof prepareTestFederation>>;
  http: HttpClient;
  asker: AskingNode;
  holder: MortalNode;
};

/** What an asker may hear while something is down or coming up, and tries again after. Anything else is a fault. */
const passing = ['asker-killed', 'peer-unreachable', 'peer-timeout', 'entity-unreachable', 'requester-unverifiable'];

/**
 * The anchor and two states, a process each: an office of SA asks BH, under consents of one person, with a gate before BH.
 * Everything acknowledged is kept, and judged at the end.
 */
export async function startWorld(
  prepare: (prepared: Nodes['prepared']) => Promise<void> = async () => undefined,
  databaseUrl?: string,
) {
  const http = createHttpClient({ timeoutMs: 30_000 });
  const prepared = await prepareTestFederation(['bh', 'sa'], { databaseUrl });
  const { config } = prepared;
  const unruly = pathToFileURL(join(import.meta.dirname, 'unruly.ts')).href;
  Object.assign(config.childEnvironment, { NODE_OPTIONS: `--import ${unruly}` });
  await prepare(prepared);
  const find = (id: string) => prepared.nodes.find((node) => node.id === id)!;
  const gate = await openGateBefore(find('bh'));
  const show = (line: string) => void (line.trim() && console.error(line));
  const anchor = createMortalNode(prepared.nodes.find(({ role }) => role === 'anchor')!, config, http, show);
  const holder = createMortalNode(find('bh'), config, http, show);
  const asker = createAskingNode(find('sa'), config, http);
  await anchor.start();
  await Promise.all([holder.start(), asker.start()]);
  await waitUntilAcquainted([holder.node, asker.node], http, 60_000);
  const nodes: Nodes = { prepared, http, asker, holder };
  const watch = watchCheckpoints(http, [holder.node, asker.node]);
  const acknowledged: Acknowledgement[] = [];
  const refusedIds: string[] = [];

  /** Asks once. What was acknowledged is kept, and so is what was refused for good. */
  const ask = async ({ accessToken, detail }: Consent, questionId: string): Promise<Reply<Acknowledgement>> => {
    const reply = await asker.order<Acknowledgement>({
      do: 'ask',
      ask: {
        officeId: 'moe',
        providerState: 'BH',
        evidenceType: detail.evidence_type,
        fields: detail.fields,
        purpose: detail.purpose,
        caseId: detail.case_id,
        consentId: detail.consent_id,
        accessToken,
        questionId,
      },
    });
    if ('result' in reply && !acknowledged.some((one) => one.questionId === questionId))
      acknowledged.push(reply.result);
    return reply;
  };

  return {
    prepared,
    http,
    gate,
    anchor,
    holder,
    asker,
    acknowledged,
    consentOnce: () => consentOnce(nodes),
    ask,
    /** One word: `answered`, or the code of the refusal. */
    tell: async (consent: Consent, questionId: string) => {
      const reply = await ask(consent, questionId);
      return 'result' in reply ? 'answered' : reply.refusal;
    },
    noteRefused: (questionId: string) => void refusedIds.push(questionId),
    /** As the software of an office does: what passes is waited for. Answers with what was heard on the way. */
    askUntilAcknowledged: async (consent: Consent, questionId: string, also: string[] = []): Promise<string[]> => {
      const heard: string[] = [];
      const until = performance.now() + 180_000;
      while (performance.now() < until) {
        const reply = await ask(consent, questionId);
        if ('result' in reply) return heard;
        expect([...passing, ...also], 'a refusal that does not pass').toContain(reply.refusal);
        heard.push(reply.refusal);
        await pause(100);
      }
      throw new Error(`the question ${questionId} was not answered within three minutes`);
    },
    /** Takes effect before this resolves; on a node that does not run, at its next start. */
    setFaults: async (node: MortalNode, faults: Faults) => {
      const file = join(node.node.configFile, '..', 'faults.json');
      const text = JSON.stringify({ ...faults, set: newId() });
      writeFileSync(file, text);
      if (!node.signal('SIGUSR2')) return;
      const isRead = () => existsSync(`${file}.read`) && readFileSync(`${file}.read`, 'utf8') === text;
      for (let attempt = 0; attempt < 600 && !isRead(); attempt += 1) await pause(50);
      expect(isRead(), `${node.node.id} has heard of its faults`).toBe(true);
    },
    /** Both logs and both databases, after everything: stops both nodes. */
    judge: async ({ checkpointsMin }: { checkpointsMin: number }): Promise<void> => {
      const policies = await readPolicies(asker);
      await Promise.all([waitUntilSettled(http, holder.node), waitUntilSettled(http, asker.node)]);
      const seen = await watch.end();
      for (const [id, found] of Object.entries(seen))
        expect(found.length, `${id}: checkpoints seen on the way`).toBeGreaterThanOrEqual(checkpointsMin);
      const receiptsAt = {
        bh: acknowledged.map(({ theirReceipt }) => theirReceipt),
        sa: acknowledged.map(({ ownReceipt }) => ownReceipt),
      };
      for (const id of ['bh', 'sa'] as const)
        await judgePublishedLog(http, { bh: holder.node, sa: asker.node }[id], policies[id], receiptsAt[id], seen[id]!);
      await Promise.all([holder.stop(), asker.stop()]);
      const acknowledgedIds = acknowledged.map(({ questionId }) => questionId);
      await judgeTables({ holder: holder.node, asker: asker.node }, acknowledgedIds, refusedIds);
    },
    stop: async () => {
      await watch.end();
      await Promise.all([anchor, holder, asker].map((node) => node.stop()));
      await gate.close();
      await prepared.clear();
      await http.close();
    },
  };
}
export type World = Awaited<ReturnType<typeof startWorld>>;

/** The node listens elsewhere, and the gate where the others look for it. */
async function openGateBefore({ configFile, port }: { configFile: string; port: number }): Promise<Gate> {
  // Of the ten that are the federation's own, one that no node has: what the system gives to connections may be taken while the node is dead.
  const behind = port + 7;
  const config = JSON.parse(readFileSync(configFile, 'utf8'));
  writeFileSync(configFile, JSON.stringify({ ...config, listen: { ...config.listen, port: behind } }), { mode: 0o600 });
  return openGate(port, behind);
}

/** Signs Fatima in at home and allows one request on the consent page; the way back is handed over and not opened. */
async function consentOnce(nodes: Nodes): Promise<Consent> {
  const { http, asker, holder } = nodes;
  const begun = await result<{ redirectUrl: string; stateCookieValue: string; redirectUri: string }>(
    asker.order({
      do: 'begin',
      officeId: 'moe',
      homeState: 'BH',
      detail: {
        evidence_type: 'degree-record',
        fields: ['degree_level', 'university_en', 'graduation_year'],
        purpose: 'degree-recognition',
        case_id: `SA-FAULT-${newId().slice(-6)}`,
        retention: 'P30D',
        until: new Date(Date.now() + 30 * 86_400_000).toISOString(),
        use: 'until',
      },
    }),
  );
  let callbackUrl: string | undefined;
  const withoutCallback: HttpClient = {
    ...http,
    request: async (request) => {
      if (!request.url.startsWith(begun.redirectUri)) return http.request(request);
      callbackUrl = request.url;
      return { status: 200, headers: {}, body: Buffer.alloc(0) };
    },
  };
  const visitor = createVisitor(withoutCallback, 'en');
  const person = samplePeople(nodes.prepared.config.statesFolder).find(({ key }) => key === 'fatima')!;
  const homeUrl = holder.node.publicUrl;
  await signIn(
    { visitor, person, homeUrl, homeState: 'BH', serviceUrl: asker.node.publicUrl, serviceId: 'degree-recognition' },
    homeUrl,
  );
  await visitor.open(begun.redirectUrl);
  const page = await visitor.submit('/consent', { decision: 'allow' });
  const onward = page.html.querySelectorAll('a').find((link) => /\/eid\/auth\//.test(link.getAttribute('href') ?? ''));
  if (!onward) throw new Error(`no receipt, but: ${titleOf(page)}`);
  await visitor.open(onward.getAttribute('href')!);
  if (!callbackUrl) throw new Error(`the provider did not send her back: ${titleOf(visitor.current())}`);
  const completed = await result<{ accessToken: string; granted: GrantedEvidenceDetail[] }>(
    asker.order({ do: 'complete', officeId: 'moe', callbackUrl, flow: begun.stateCookieValue }),
  );
  return { accessToken: completed.accessToken, detail: completed.granted[0]! };
}

async function readPolicies(asker: AskingNode): Promise<Record<'bh' | 'sa', SimplePolicy>> {
  const logs = await result<Array<{ state: string; logKey: string; witnessKey: string }>>(
    asker.order({ do: 'list-logs' }),
  );
  const find = (state: string) => logs.find((log) => log.state === state)!;
  const policy = (own: string, other: string) => ({
    logKey: find(own).logKey,
    witnesses: [find(other).witnessKey],
    quorum: 1,
  });
  return { bh: policy('BH', 'SA'), sa: policy('SA', 'BH') };
}

async function result<Result>(replying: Promise<{ result: Result } | { refusal: string }>): Promise<Result> {
  const reply = await replying;
  if ('refusal' in reply) throw new Error(`the asking node refused: ${reply.refusal}`);
  return reply.result;
}
