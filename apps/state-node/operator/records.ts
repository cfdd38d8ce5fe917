import type { Text } from '#kernel/languages';
import { driftKinds } from '#modules/exchange';
import { BrokenLink, type Check } from './findings.ts';
import type { OperatorNeeds } from './needs.ts';
import { reasonInWords, whyOf } from './reasons.ts';

const deadlineMs = 5_000;
const pendingSinceMaxMs = 60_000;

type Witness = { host: string; url: string };

/** What proves an exchange afterwards, what it is answered from, and what is done behind it. */
export function recordChecks(needs: OperatorNeeds): Check[] {
  return [
    { link: 'log', after: ['database'], run: () => checkLog(needs) },
    ...needs.ledger
      .listAuthorities()
      .map((name): Check => ({ link: 'authority', subject: name, run: () => checkAuthority(needs, name) })),
    { link: 'stamps', after: ['database', 'log'], run: () => checkStamps(needs) },
    { link: 'registry', after: ['database'], run: () => checkRegistries(needs) },
    { link: 'jobs', after: ['database'], run: () => checkJobs(needs) },
    { link: 'events', after: ['database'], run: () => checkEvents(needs) },
    { link: 'scanner', run: () => checkScanner(needs) },
    { link: 'sign-in', run: () => checkSignIn(needs) },
    ...needs.identity.upstreamChecks.map(
      ({ id, check }): Check => ({ link: 'eid', subject: id, run: () => checkEid(id, check) }),
    ),
    ...needs.notifications.checks.map(
      ({ way, check }): Check => ({ link: 'notices', subject: way, run: () => checkWay(way, check) }),
    ),
  ];
}

/** Whether the others witness this log. */
export async function witnessChecks(needs: OperatorNeeds): Promise<Check[]> {
  return (await listWitnesses(needs)).map(
    (witness): Check => ({
      link: 'witness',
      subject: witness.host,
      after: ['database', 'log'],
      run: () => checkWitness(needs, witness),
    }),
  );
}

async function listWitnesses({ federation, publicUrl, log }: OperatorNeeds): Promise<Witness[]> {
  try {
    return (await federation.listStates())
      .filter(({ entityId }) => entityId !== publicUrl)
      .map(({ node }) => ({ host: new URL(node.witness_endpoint).host, url: node.witness_endpoint }));
  } catch (error) {
    // Anchor or database are away: each has a check of its own, which must still be reached.
    log.warn({ err: error }, 'the witnesses cannot be listed for the diagnosis');
    return [];
  }
}

async function checkLog({ ledger, clock }: OperatorNeeds) {
  const { size, pending, lastCheckpointAt, disputedBy } = await ledger.statusOf();
  const [witness] = disputedBy;
  const lost = await ledger.findLostEntries();
  if (typeof lost === 'object') throw new BrokenLink('log-put-back', { size: lost.size, seen: lost.seen });
  if (witness) throw new BrokenLink('log-disputed', { witness });
  const waitedMs = clock.now().getTime() - (lastCheckpointAt?.getTime() ?? 0);
  if (pending > 0 && waitedMs > pendingSinceMaxMs)
    throw new BrokenLink('log-stuck', { pending, at: lastCheckpointAt?.toISOString() ?? '1970' });
  return { en: `${size} entries, ${pending} waiting`, ar: `${size} قيدًا، وينتظر ${pending}` };
}

/**
 * Shows a witness the newest checkpoint as one that it has seen (C2SP tlog-witness, add-checkpoint with the same size). A
 * witness that has seen it signs once more; one that is a little behind says its size. Neither changes anything.
 */
async function checkWitness({ ledger, http, witnessQuorum }: OperatorNeeds, { host, url }: Witness) {
  const checkpoint = await ledger.readCheckpointText();
  if (!checkpoint) return { en: 'nothing to witness yet', ar: 'لا شيء يُشهد عليه بعد' };
  const [, size] = checkpoint.split('\n');
  let answer: Awaited<ReturnType<typeof http.request>>;
  try {
    const headers = { 'content-type': 'text/plain; charset=utf-8' };
    const body = `old ${size}\n\n${checkpoint}`;
    const request = { method: 'POST', url: `${url}/add-checkpoint`, headers, body, timeoutMs: deadlineMs };
    answer = await http.request(request);
  } catch (error) {
    throw new BrokenLink('witness-silent', { host, reason: whyOf(error), quorum: witnessQuorum });
  }
  const { status } = answer;
  if (status === 200) return { en: `has cosigned all ${size} entries`, ar: `شهد على القيود كلها (${size})` };
  const seen = Number(answer.body.toString('utf8'));
  if (status === 409 && seen > (await ledger.statusOf()).size)
    throw new BrokenLink('witness-ahead', { host, seen, size: size! });
  if (status === 409) return { en: 'answers, and catches up', ar: 'يجيب، ويلحق بالبقية' };
  if (status >= 500) throw new BrokenLink('witness-silent', { host, reason: status, quorum: witnessQuorum });
  throw new BrokenLink('witness-refuses', { host, reason: refusals[status] ?? status });
}

/** What a witness says by its status (C2SP tlog-witness). */
const refusals: Record<number, Text> = {
  403: { en: 'it knows another key of it: 403', ar: 'يعرف له مفتاحًا آخر: 403' },
  404: { en: 'it does not know it: 404', ar: 'لا يعرفه: 404' },
  422: { en: 'it has seen another history of it: 422', ar: 'رأى له تاريخًا آخر: 422' },
};

/** Has the authority give a real token, which is checked and thrown away: nothing of the log depends on it. */
async function checkAuthority({ ledger }: OperatorNeeds, name: string) {
  const given = await ledger.checkAuthority(name);
  if (!given.ok) throw new BrokenLink('authority-broken', { name, reason: reasonInWords(given.reason) });
  return { en: 'gave a valid token', ar: 'أعطت ختمًا صالحًا' };
}

/** Whether evidence of some class has waited longer for a time-stamp than its class allows. */
async function checkStamps({ ledger, exchange }: OperatorNeeds) {
  const [{ oldestUnstampedWaitMs }, classes] = await Promise.all([ledger.stampingStatus(), exchange.assuranceStatus()]);
  const minutes = Math.floor(oldestUnstampedWaitMs / 60_000);
  const late = classes.filter(({ leftMs }) => leftMs < 0);
  const worst = late.find(({ mayGoOn }) => !mayGoOn) ?? late[0];
  if (worst) {
    const evidence = worst.evidenceTypes.join(', ');
    throw new BrokenLink(worst.mayGoOn ? 'stamps-late' : 'stamps-overdue', { evidence, minutes });
  }
  if (ledger.listAuthorities().length === 0) return { en: 'no authority is named', ar: 'لم تُسمَّ جهة لختم الوقت' };
  return { en: `the oldest entry without one waits ${minutes} min`, ar: `أقدم قيد بلا ختم ينتظر منذ ${minutes} د` };
}

async function checkRegistries({ exchange }: OperatorNeeds) {
  const registries = await exchange.checkRegistries({ isNow: true });
  const broken = registries.find(({ isHealthy }) => !isHealthy);
  if (broken)
    throw new BrokenLink('registry-broken', {
      registry: broken.registryId,
      evidenceType: broken.evidenceType,
      reason: broken.reason ?? '',
    });
  const [drift] = exchange.listDrifts();
  if (drift)
    throw new BrokenLink('registry-drifted', {
      registry: drift.registryId,
      evidenceType: drift.evidenceType,
      field: drift.field,
      kind: driftKinds[drift.kind],
      since: drift.since,
    });
  const types = registries.map(({ evidenceType }) => evidenceType).join(', ');
  return { en: types || 'none is connected', ar: types || 'لا يوجد سجل موصول' };
}

async function checkJobs({ jobs }: OperatorNeeds) {
  const queues = await jobs.status();
  const broken = queues.find(({ dead }) => dead > 0);
  if (broken) throw new BrokenLink('jobs-dead', { count: broken.dead, queue: broken.queue });
  const waiting = queues.reduce((sum, queue) => sum + queue.waiting, 0);
  return { en: `${waiting} waiting, none dead`, ar: `ينتظر ${waiting}، ولا شيء متروك` };
}

/** Whether events are stuck that nobody tries again: later ones about the same person wait behind them. */
async function checkEvents({ events }: OperatorNeeds) {
  const [{ waiting, dead }, [first], [unheard]] = await Promise.all([
    events.letters.count(),
    events.letters.listDead(),
    events.letters.listUnheard(),
  ]);
  if (first)
    throw new BrokenLink('events-dead', {
      ...{ count: dead, type: first.eventType, host: new URL(first.subscriber).host, code: first.code },
    });
  if (unheard) throw new BrokenLink('events-unheard', { type: unheard.eventType, since: unheard.receivedAt });
  return { en: `${waiting} on their way, none stuck`, ar: `في الطريق ${waiting}، ولا شيء متعذّر` };
}

/** Asks the scanner who it is. Without one, what people attach is kept as it came, and the officer is told so. */
async function checkScanner({ cases }: OperatorNeeds) {
  try {
    const version = await cases.readScannerVersion();
    if (version === undefined) return { en: 'none is named', ar: 'لم يُسمَّ فاحص' };
    return { en: version, ar: version };
  } catch (error) {
    throw new BrokenLink('scanner-silent', { reason: whyOf(error) });
  }
}

async function checkSignIn({ http, publicUrl }: OperatorNeeds) {
  const url = `${publicUrl}/eid`;
  let answer: Awaited<ReturnType<typeof http.request>>;
  try {
    answer = await http.request({
      method: 'GET',
      url: `${url}/.well-known/openid-configuration`,
      timeoutMs: deadlineMs,
    });
  } catch (error) {
    throw new BrokenLink('sign-in-silent', { url, reason: whyOf(error) });
  }
  const issuer = answer.status === 200 ? (JSON.parse(answer.body.toString('utf8')) as { issuer?: string }).issuer : '';
  if (issuer !== url) throw new BrokenLink('sign-in-silent', { url, reason: issuer || answer.status });
  return { en: url, ar: url };
}

async function checkEid(id: string, check: () => Promise<void>) {
  try {
    await check();
  } catch (error) {
    throw new BrokenLink('eid-silent', { id, reason: whyOf(error) });
  }
  return { en: 'answers, with its keys', ar: 'تجيب، ومفاتيحها معروفة' };
}

/** Signs in at the mail server, or calls the gateway of text messages: nothing is sent to anybody. */
async function checkWay(way: string, check: () => Promise<void>) {
  try {
    await check();
  } catch (error) {
    throw new BrokenLink('notices-refused', { way, reason: whyOf(error) });
  }
  return { en: 'takes notices', ar: 'يستقبل الإشعارات' };
}
