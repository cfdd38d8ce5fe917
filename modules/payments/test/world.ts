import { join } from 'node:path';
import { fixedClock } from '#kernel/clock';
import type { Tx } from '#kernel/database';
import { createHttpServer, mountContract } from '#kernel/http';
import { createHttpClient } from '#kernel/http-client';
import { newId } from '#kernel/ids';
import type { Hear } from '#kernel/jobs';
import { memoryKeys } from '#kernel/keys';
import { silentLog } from '#kernel/log';
import { casesMigrations, createCases, type Person } from '#modules/cases';
import { catalogueMigrations, createCatalogue } from '#modules/catalogue';
import { createPayments, createStripeCheckout, type Payments, paymentsMigrations } from '#modules/payments';
import { openTestDatabase } from '#tests/support/database';
import { startPaymentSimulator } from '../../../apps/payment-simulator/index.ts';
import { degree, identity, pages, sampleRoles } from '../../cases/test/support.ts';

const servicesDir = join(import.meta.dirname, '..', '..', '..', 'services');
export const secrets = { apiKey: () => 'sk_test_kuwait', webhookSecret: () => 'whsec_kuwait' };

export const findFreePort = async (): Promise<number> => {
  const { createServer } = await import('node:net');
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
};

/**
 * The Kuwaiti cases and payments on a real database, with the provider's double on an address of its own. Ledger and job queue
 * stand at the edge: they write down what they were told, and `runJobs` does what waits.
 */
export async function openKuwaitiPayments(at = '2026-11-22T08:00:00Z') {
  const database = await openTestDatabase(catalogueMigrations, casesMigrations, paymentsMigrations);
  const clock = fixedClock(at);
  const [http, port, ownPort] = [createHttpClient(), await findFreePort(), await findFreePort()];
  const publicUrl = `http://kw.localhost:${ownPort}`;
  const simulator = await startPaymentSimulator({
    ...{ host: '127.0.0.1', port, clock, log: silentLog },
    accounts: [
      {
        id: 'kw',
        secretKey: secrets.apiKey(),
        webhookSecret: secrets.webhookSecret(),
        webhookUrl: `${publicUrl}/payments/messages/play`,
      },
    ],
  });
  const entries: Array<{ kind: string; record: Record<string, unknown>; personId?: string }> = [];
  const sent: Array<{ name: string; data: Record<string, unknown> }> = [];
  const hearers = new Map<string, Hear>();
  const ledger = {
    append: async (_tx: Tx, entry: (typeof entries)[number]) => {
      entries.push(entry);
      return { leafHash: 'a'.repeat(64) };
    },
  };
  const jobs = {
    queue: () => undefined,
    send: async (_tx: Tx, name: string, data: object) => void sent.push({ name, data: { ...data } }),
    work: (name: string, hear: Hear) => void hearers.set(name, hear),
  };
  const catalogue = createCatalogue({
    ...{ database, clock, publicUrl, servicesDir, log: silentLog, keys: memoryKeys() },
    state: { code: 'KW', names: { ar: 'الكويت', en: 'Kuwait' }, currency: { code: 'KWD', decimals: 3 } },
  });
  await catalogue.start();
  const calendar = { weekend: [5, 6], holidays: [], timeZone: 'Asia/Kuwait' };
  const cases = createCases({
    ...{ database, clock, ledger, jobs, catalogue, state: 'KW', calendar, log: silentLog },
    fees: { isDue: (...asked) => payments.isDue(...asked) },
    roles: () => sampleRoles,
  });
  const provider = createStripeCheckout(
    {
      id: 'play',
      names: { ar: 'مزوّد', en: 'Provider' },
      apiUrl: simulator.url,
      pageOrigins: [simulator.url],
      isPlayMoney: true,
    },
    { http, secrets },
  );
  const payments: Payments = createPayments({
    ...{ database, clock, ledger, jobs, catalogue, log: silentLog, state: 'KW', timeZone: 'Asia/Kuwait', publicUrl },
    providers: [provider],
    describeOfficer: cases.describeFeeOfficer,
    findCase: (caseId, payer) => cases.findFeeCase(caseId, payer as Person | undefined),
  });
  const server = createHttpServer({ publicUrl, log: silentLog, clock, identify: async () => ({ kind: 'anyone' }) });
  mountContract(server, payments.contract, payments.handlers);
  await server.listen({ host: '127.0.0.1', port: ownPort });

  /** Does what waits in the queue. What fails stays there, as it does in the real one. */
  const runJobs = async (): Promise<number> => {
    let failed = 0;
    for (const job of sent.splice(0)) {
      const hear = hearers.get(job.name);
      if (!hear) continue;
      await hear(job.data, newId()).catch(() => {
        failed += 1;
        sent.push(job);
      });
    }
    return failed;
  };
  const pay = async (payUrl: string, chosen = 'pay') => {
    const { status, headers } = await http.request({
      method: 'POST',
      url: payUrl,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `do=${chosen}`,
    });
    return { status, location: headers['location'] ?? '' };
  };
  /** A case of somebody that is ready to be sent. */
  const prepare = async (changes: Record<string, Record<string, string>> = {}, evidence = degree()) => {
    const person: Person = { personId: newId(), homeState: 'BH', level: 'substantial' };
    const { id: caseId } = await cases.startCase(person, 'degree-recognition');
    await cases.recordEvidence(person, caseId, [identity, evidence]);
    for (const [page, posted] of Object.entries({ ...pages, ...changes })) {
      if (Object.keys(posted).length > 0) await cases.saveAnswers(person, caseId, page, posted);
    }
    return { person, caseId };
  };
  const returnOf = (location: string) => location.split('/').at(-1)!;

  return {
    ...{ database, clock, http, simulator, entries, sent, catalogue, cases, payments, provider, publicUrl, server },
    ...{ runJobs, pay, prepare, returnOf },
    /** Prepared, paid on the provider's page, and back. */
    payFor: async (prepared: { person: Person; caseId: string }) => {
      const { payUrl } = await payments.startPayment(prepared.person, prepared.caseId);
      const { location } = await pay(payUrl);
      return payments.settleReturn(prepared.person, returnOf(location));
    },
    close: async () => {
      await server.close();
      await simulator.stop();
      await http.close();
      await database.close();
    },
  };
}
export type KuwaitiPayments = Awaited<ReturnType<typeof openKuwaitiPayments>>;
