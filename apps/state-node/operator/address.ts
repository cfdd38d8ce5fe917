import type { Contract, Handlers } from '#kernel/contract';
import { createHttpServer, type HttpServer, mountContract } from '#kernel/http';
import type { OperatorFolder } from '#kernel/operator';
import { operatorContract } from './contract.ts';
import { diagnose } from './diagnosis.ts';
import type { Metrics } from './metrics.ts';
import type { OperatorNeeds } from './needs.ts';
import type { OperatorSessions } from './sessions.ts';
import type { Stuck } from './stuck.ts';

export type OperatorAddress = { url: string; close(): Promise<void> };

/**
 * The operator's own address: loopback unless the configuration says otherwise. Everything here wants the secret in the node's
 * data folder; nothing here is on the public address.
 */
export async function openOperatorAddress(
  needs: OperatorNeeds & {
    folder: OperatorFolder;
    sessions: OperatorSessions;
    metrics: Metrics;
    stuck: Stuck;
    listen: { host: string; port: number };
    /** The pages are drawn with the state's look. */
    pages: (server: HttpServer) => void;
    modules: ReadonlyArray<{ contract: Contract; handlers: Handlers<Contract> }>;
  },
): Promise<OperatorAddress> {
  const { clock, folder, listen, log, metrics, sessions, stuck } = needs;
  const host = listen.host.includes(':') ? `[${listen.host}]` : listen.host;
  let url = `http://${host}:${listen.port}`;
  const server = createHttpServer({
    // Its port may be known only once it listens.
    get publicUrl() {
      return url;
    },
    log,
    clock,
    identify: async () => ({ kind: 'anyone' }),
    isOperator: sessions.isOperator,
    // A browser is led to where the secret is shown; everything else is answered as to a program.
    renderProblem: ({ code }) => (code === 'operator-needed' ? { redirect: '/enter' } : undefined),
  });
  mountContract(server, operatorContract, {
    getDiagnosis: () => diagnose(needs),
    readMetrics: async () => ({ bytes: await metrics.read() }),
    listDeadJobs: async () => ({ jobs: await stuck.listJobs() }),
    retryJob: async ({ params: { jobId } }) => {
      await stuck.retryJob(jobId);
      return { jobId };
    },
    dropJob: async ({ params: { jobId }, body: { reason } }) => {
      await stuck.dropJob(jobId, reason);
      return { jobId };
    },
  });
  for (const { contract, handlers } of needs.modules) mountContract(server, contract, handlers);
  needs.pages(server);
  const { port } = await server.listen(listen);
  url = `http://${host}:${port}`;
  folder.announce(url);
  return {
    url,
    close: async () => {
      folder.withdraw();
      await server.close();
    },
  };
}
