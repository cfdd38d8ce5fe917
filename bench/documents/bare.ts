import { createServer, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { Pool } from 'undici';
import { drive, makeDocument, type Order } from './load.ts';

// The yardstick: registry -> provider -> consumer over kept-alive HTTP with the same bytes, piped: nothing is signed, hashed,
// counted or written down. The registry is the one that the nodes are measured with too. `node bare.ts <role> [address]`.

const [role, address] = process.argv.slice(2);

function serve(answer: (path: string, response: ServerResponse) => void): void {
  const server = createServer((request, response) => answer(request.url ?? '/', response));
  server.keepAliveTimeout = 65_000;
  server.listen(0, '127.0.0.1', () =>
    process.send!({ ready: `http://127.0.0.1:${(server.address() as { port: number }).port}` }),
  );
}

if (role === 'registry') {
  const documents = new Map([
    ['/small', makeDocument('small')],
    ['/large', makeDocument('large')],
  ]);
  serve((path, response) => {
    const document = documents.get(path);
    response.writeHead(document ? 200 : 404, { 'content-length': document?.length ?? 0 }).end(document);
  });
} else {
  const pool = new Pool(address!, { connections: 32 });
  const get = (path: string) => pool.request({ method: 'GET', path });
  if (role === 'provider')
    serve(async (path, response) => {
      const { body, headers } = await get(path);
      response.writeHead(200, { 'content-length': String(headers['content-length']) });
      pipeline(body, response, () => undefined);
    });
  else {
    process.on('message', async (order: Order) =>
      process.send!({ figures: await drive(order, async () => (await get(`/${order.size}`)).body) }),
    );
    process.send!({ ready: 'consumer' });
  }
}
process.on('disconnect', () => process.exit(0));
