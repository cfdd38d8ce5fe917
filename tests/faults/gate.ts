import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';

export type Passed = { status: number; headers: string[]; body: Buffer };
/** Sends what came on to the node behind the gate; every call sends the same bytes. */
export type Forward = () => Promise<Passed>;
/** What is done with one question instead of passing it: an answer to give, a connection cut, or silence. */
export type Handling = (forward: Forward) => Promise<Passed | 'cut' | 'silence'>;

/** A node's public address, with the network in between: questions may be lost, held, repeated, or answered by a liar. */
export type Gate = {
  /** Set for as long as it lasts; only questions for evidence are handled, everything else passes. */
  onQuestion: Handling | undefined;
  close(): Promise<void>;
};

export async function openGate(port: number, behind: number): Promise<Gate> {
  const gate: Gate = {
    onQuestion: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const server = createServer((came, reply) => void pass(came, reply));
  const pass = async (came: IncomingMessage, reply: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of came) parts.push(part as Buffer);
    const forward: Forward = () => send(behind, came, Buffer.concat(parts));
    const isQuestion = came.method === 'POST' && came.url!.startsWith('/r1/');
    try {
      const answer = isQuestion && gate.onQuestion ? await gate.onQuestion(forward) : await forward();
      if (answer === 'silence') return;
      if (answer === 'cut') return void came.socket.destroy();
      reply.writeHead(answer.status, answer.headers).end(answer.body);
    } catch {
      // Nobody listens behind the gate, or ended while it answered: the caller sees the same as without a gate.
      came.socket.destroy();
    }
  };
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return gate;
}

function send(port: number, { method, url, rawHeaders }: IncomingMessage, body: Buffer): Promise<Passed> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method: method!, path: url!, headers: rawHeaders, agent: false });
    sent.on('error', reject);
    sent.on('response', (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('error', reject);
      answer.on('end', () => {
        const headers = answer.rawHeaders.filter(
          (_, at, all) => !/^(connection|keep-alive|transfer-encoding)$/i.test(all[at - (at % 2)]!),
        );
        resolve({ status: answer.statusCode!, headers, body: Buffer.concat(parts) });
      });
    });
    sent.end(body);
  });
}
