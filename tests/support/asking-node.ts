import { createInterface } from 'node:readline';
import { importBundled } from '#apps/bundled';
import type { Problem } from '#kernel/problem';
import type { AskEvidence } from '#modules/exchange';
import type { EvidenceDetail } from '#protocol/evidence-detail';

/** One line on standard input each. */
export type Command = { line: number } & (
  | { do: 'begin'; officeId: string; homeState: string; detail: Omit<EvidenceDetail, 'requester' | 'type'> }
  | { do: 'complete'; officeId: string; callbackUrl: string; flow: string }
  | { do: 'ask'; ask: AskEvidence }
  | { do: 'list-logs' }
  /** A method of a module's door, with what it takes as JSON. */
  | { do: 'call'; door: string; method: string; args: unknown[] }
  /** What stands in the node's database: an embedded one is open to nobody else. */
  | { do: 'read'; query: string }
);

// A state's node like any other, whose office asks when a line on standard input says so: `node asking-node.ts <node.json>`.
// What happens to its cases is ordered in the same way.
const { readNodeConfig, startNode } = await importBundled<typeof import('#apps/state-node')>('library');
const node = await startNode(readNodeConfig(process.argv[2]!));
const { identity, exchange, federation, officeClient, publicUrl } = node.doors;
const evidenceCallback = `${publicUrl}/evidence/callback`;

async function obey(command: Command): Promise<unknown> {
  switch (command.do) {
    case 'begin': {
      const client = await officeClient(command.officeId);
      const home = (await federation.listStates()).find(({ state }) => state === command.homeState)!;
      const started = await identity.signin.start({
        client,
        providerEntityId: await federation.findProvider(command.homeState),
        redirectUri: evidenceCallback,
        returnTo: '/',
        authorizationDetails: [{ ...command.detail, type: 'evidence', requester: client.entityId }],
        resource: home.node.exchange_endpoint,
        language: 'en',
      });
      return { ...started, redirectUri: evidenceCallback };
    }
    case 'complete': {
      const { accessToken, authorizationDetails } = await identity.signin.complete({
        client: await officeClient(command.officeId),
        callbackUrl: command.callbackUrl,
        stateCookieValue: command.flow,
      });
      return { accessToken, granted: authorizationDetails };
    }
    case 'ask': {
      const { questionId, ownReceipt, theirReceipt } = await exchange.ask(command.ask);
      return { questionId, ownReceipt, theirReceipt };
    }
    case 'list-logs':
      return (await federation.listStates()).map(({ state, node: { ledger_key, witness_key } }) => ({
        state,
        logKey: ledger_key,
        witnessKey: witness_key,
      }));
    case 'call': {
      const door = (node.doors as unknown as Record<string, Record<string, (...args: unknown[]) => unknown>>)[
        command.door
      ]!;
      return door[command.method]!(...command.args);
    }
    case 'read': {
      const { database } = node.operatorNeeds;
      return (await database.execute(command.query)).rows;
    }
  }
}

// An acknowledgement is a line that has left this process: written at once, so that a kill after it comes after it.
const tell = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

createInterface({ input: process.stdin })
  .on('line', (text) => {
    const command = JSON.parse(text) as Command;
    obey(command).then(
      (result) => tell({ line: command.line, result }),
      // What is no refusal is told over HTTP with this code, and nothing else of it.
      (error) => tell({ line: command.line, refusal: refusalOf(error) }),
    );
  })
  .on('close', () => void node.stop().then(() => process.exit(0)));

/** The bundle has a Problem of its own, of which nothing here is an instance. */
function refusalOf(error: unknown): string {
  const { code, messages } = error as Partial<Problem>;
  return messages === undefined ? 'internal-error' : code!;
}
