import { randomInt } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { newId } from '#kernel/ids';
import { type Account, claimsOf, type Row, rowsOf, uuidOf } from '../accounts.ts';
import type { PushShape } from '../description.ts';
import { createKept } from '../kept.ts';
import { appPage } from '../pages/app.ts';
import { languageOf, sendPage } from '../pages/page.ts';
import { problem } from '../problem.ts';
import { checkReturn, hesitate, judge, leastAcrOf, type Simulator, secondsNow } from '../simulator.ts';
import { wordsOf } from './words.ts';

/** What waits in the app of a person, and what became of it. */
export type PushRequest = {
  clientId: string;
  service: string;
  account: Account;
  leastAcr?: string;
  number?: string;
  /** Those among which the person chooses, in the order in which the app shows them. */
  choices: string[];
  state: 'waiting' | 'approved' | 'rejected' | 'expired';
  until: number;
  proof?: string;
};

const keptSeconds = 3_600;

/**
 * A push to an app: the service names the person, shows a number where there is number matching, and asks for the status or waits
 * for its callback. The app is a page of the simulator.
 */
export function mountPush(simulator: Simulator, shape: PushShape): void {
  const { description, server, clock, faults, signing, publicUrl, accounts } = simulator;
  const { fastify } = server;
  const { names, states, refusals } = shape;
  const requests = createKept<PushRequest>(clock, keptSeconds);
  const callbacks = new Map<string, string>();
  if (simulator.portOffset !== undefined)
    for (const { id, callback } of description.clients)
      if (callback)
        callbacks.set(id, `http://${callback.host}:${callback.port + simulator.portOffset}${callback.path}`);
  const now = () => clock.now().getTime();

  const refuse = (reply: FastifyReply, refusal: keyof PushShape['refusals']) =>
    reply.status(refusals[refusal].status).send(refusals[refusal].body);

  function clientOf(request: FastifyRequest): string | undefined {
    const { clientId, secret } = shape.headers;
    const sent = (name: string) => request.headers[name.toLowerCase()];
    return description.clients.find((client) => client.id === sent(clientId) && client.secret === sent(secret))?.id;
  }

  /** Time ends what waits. */
  function look(request: PushRequest): PushRequest {
    if (request.state === 'waiting' && request.until <= now()) request.state = 'expired';
    return request;
  }

  fastify.post(shape.paths.request, async (request, reply) => {
    const clientId = clientOf(request);
    if (clientId === undefined) return refuse(reply, 'clientUnknown');
    const sent = wordsOf(request.body);
    const nationalId = sent[names.nationalId];
    const service = sent[names.service];
    if (nationalId === undefined || service === undefined || service.length > 200) return refuse(reply, 'malformed');
    await hesitate(simulator, nationalId);
    const account = accounts.find((one) => one.nationalId === nationalId);
    if (account === undefined) return refuse(reply, 'personUnknown');
    if (faults.strikes('suspended', nationalId)) return refuse(reply, 'suspended');
    const waiting = requests.list().some(([, one]) => one.account === account && look(one).state === 'waiting');
    if (waiting) return refuse(reply, 'busy');
    const choices = shape.numberMatching ? chooseNumbers(shape.numberMatching) : [];
    const number = choices.length === 0 ? undefined : choices[randomInt(choices.length)]!;
    const leastAcr = leastAcrOf(description, sent['acr_values']);
    const id = newId();
    const made: PushRequest = {
      clientId,
      service,
      account,
      choices,
      state: faults.strikes('expired', nationalId) ? 'expired' : 'waiting',
      until: now() + shape.seconds * 1_000,
      ...(number === undefined ? {} : { number }),
      ...(leastAcr === undefined ? {} : { leastAcr }),
    };
    requests.keep(made, id);
    return reply
      .status(201)
      .send({ [names.requestId]: id, ...(number === undefined ? {} : { [names.number]: number }) });
  });

  fastify.post(shape.paths.status, async (request, reply) => {
    const clientId = clientOf(request);
    if (clientId === undefined) return refuse(reply, 'clientUnknown');
    const sent = wordsOf(request.body);
    const found = requests.find(sent[names.requestId]);
    if (found === undefined || found.clientId !== clientId || found.account.nationalId !== sent[names.nationalId])
      return refuse(reply, 'requestUnknown');
    if (found.number !== undefined && found.number !== sent[names.number]) return refuse(reply, 'requestUnknown');
    await hesitate(simulator, found.account.nationalId);
    const { state, proof } = look(found);
    return {
      [names.status]: states[state],
      ...(shape.proofIn === 'status' && proof !== undefined ? { [names.proof]: proof } : {}),
    };
  });

  fastify.get(shape.paths.jwks, async () => signing.jwks);

  fastify.put('/simulator/callback', async (request) => {
    const clientId = clientOf(request);
    if (clientId === undefined) throw problem('client-not-known');
    callbacks.set(clientId, checkReturn(simulator, wordsOf(request.body)['url']));
    return {};
  });

  const showApp = (request: FastifyRequest, reply: FastifyReply) => {
    const waiting = requests.list().filter(([, one]) => look(one).state === 'waiting');
    const entries = waiting.map(([id, one]) => ({
      id,
      service: one.service,
      account: one.account,
      choices: one.choices,
      methods: rowsOf(description, one.account).map(({ method }) => method),
    }));
    return sendPage(reply, appPage(simulator, languageOf(request), entries));
  };
  fastify.get('/app', async (request, reply) => showApp(request, reply));

  fastify.post('/app/:id', async (request, reply) => {
    const id = (request.params as Record<string, string>)['id']!;
    const found = requests.find(id);
    if (found === undefined || look(found).state !== 'waiting') throw problem('page-expired');
    const chosen = wordsOf(request.body);
    const { nationalId } = found.account;
    const isRefused = chosen['decision'] !== 'approve' || faults.strikes('rejected', nationalId);
    const isOther = faults.strikes('number-mismatch', nationalId) || found.number !== chosen['number'];
    const judged = judge(simulator, {
      nationalId,
      method: chosen['method'] ?? '',
      ...(found.leastAcr === undefined ? {} : { leastAcr: found.leastAcr }),
    });
    // No public page tells a wrong number from a refusal: neither does the service learn which it was.
    if (isRefused || judged === 'level-unmet' || (found.number !== undefined && isOther)) found.state = 'rejected';
    else {
      found.state = 'approved';
      found.proof = await prove(id, found, judged);
    }
    await tell(id, found);
    return reply.redirect('/app', 303);
  });

  async function prove(id: string, { account, clientId }: PushRequest, judged: { account: Account; row: Row }) {
    const { nationalId } = account;
    const at = secondsNow(simulator, nationalId);
    const payload = {
      ...claimsOf(description, judged.account, judged.row, description.claims),
      iss: publicUrl,
      aud: clientId,
      sub: uuidOf(description, judged.account),
      iat: at,
      exp: at + 300,
      acr: judged.row.acr,
      amr: description.methods[judged.row.method]!.amr,
      [names.requestId]: id,
      [names.status]: states.approved,
    };
    return signing.sign(payload, faults.strikes('wrong-signature', nationalId));
  }

  /** Tells the client's callback, where it has one. What it answers changes nothing: the status can always be asked for. */
  async function tell(id: string, { clientId, proof, state }: PushRequest): Promise<void> {
    const url = callbacks.get(clientId);
    if (url === undefined) return;
    const body = {
      [names.requestId]: id,
      [names.status]: states[state],
      ...(proof === undefined ? {} : { [names.proof]: proof }),
    };
    await simulator.http
      .request({
        method: 'POST',
        url,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        timeoutMs: 5_000,
      })
      .catch(() => 'the client is away; it can ask');
  }
}

/** Different numbers of so many digits, the first of which is never zero. */
function chooseNumbers({ digits, choices }: { digits: number; choices: number }): string[] {
  const numbers = new Set<string>();
  while (numbers.size < choices) numbers.add(String(randomInt(digits === 1 ? 1 : 10 ** (digits - 1), 10 ** digits)));
  return [...numbers];
}
