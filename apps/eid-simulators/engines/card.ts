import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomBytes } from '#kernel/ids';
import type { CardShape } from '../description.ts';
import { createKept } from '../kept.ts';
import { languageOf, sendPage } from '../pages/page.ts';
import { signInPage } from '../pages/sign-in.ts';
import { problem } from '../problem.ts';
import { checkReturn, hesitate, judge, leastAcrOf, type Simulator } from '../simulator.ts';
import { type CardAnswer, createCardAuthority } from './card-authority.ts';
import { wordsOf } from './words.ts';

type CardSession = {
  clientId: string;
  challenge: Buffer;
  returnTo: string;
  leastAcr?: string;
  state: 'waiting' | 'signed' | 'rejected' | 'expired' | 'blocked' | 'level-unmet';
  answer?: CardAnswer;
  /** Leaves with the browser that answered, and has to come with the question for the result. */
  code?: string;
  until: number;
};

const keptSeconds = 3_600;

/**
 * A card, or a SIM, with a PIN: the service gives a challenge and sends the person to a page; the key signs it there, and the
 * service fetches certificate and signature and judges both itself (RFC 5280): chain, dates, policy, list of revoked ones.
 */
export async function mountCard(simulator: Simulator, shape: CardShape): Promise<void> {
  const { description, server, clock, faults, publicUrl } = simulator;
  const { fastify } = server;
  const { paths } = shape;
  const authority = await createCardAuthority(description.names, description.state, clock);
  const sessions = createKept<CardSession>(clock, keptSeconds);
  const wrongPins = new Map<string, number>();
  const now = () => clock.now().getTime();

  function clientOf(request: FastifyRequest): string {
    const [, basic = ''] = /^Basic ([A-Za-z0-9+/=]{1,400})$/i.exec(request.headers.authorization ?? '') ?? [];
    const sent = Buffer.from(basic, 'base64').toString('utf8');
    const client = description.clients.find(({ id, secret }) => `${id}:${secret}` === sent);
    if (client === undefined) throw problem('client-not-known');
    return client.id;
  }

  function look(session: CardSession): CardSession {
    if (session.state === 'waiting' && session.until <= now()) session.state = 'expired';
    return session;
  }

  fastify.post(paths.sessions, async (request, reply) => {
    const clientId = clientOf(request);
    const sent = wordsOf(request.body);
    const challenge = Buffer.from(sent['challenge'] ?? '', 'base64url');
    if (challenge.length < 16 || challenge.length > 512)
      throw problem('request-not-understood', { reason: 'challenge: 16 to 512 bytes in base64url' });
    const leastAcr = leastAcrOf(description, sent['acr_values']);
    await hesitate(simulator, undefined);
    const id = sessions.keep({
      clientId,
      challenge,
      returnTo: checkReturn(simulator, sent['returnTo']),
      state: 'waiting',
      until: now() + shape.seconds * 1_000,
      ...(leastAcr === undefined ? {} : { leastAcr }),
    });
    return reply.status(201).send({ session: id, url: `${publicUrl}${paths.sessions}/${id}` });
  });

  const find = (request: FastifyRequest) => sessions.find((request.params as Record<string, string>)['session']);
  const leadBack = (reply: FastifyReply, request: FastifyRequest, session: CardSession) => {
    const url = new URL(session.returnTo);
    session.code ??= randomBytes(24).toString('base64url');
    url.searchParams.set('session', (request.params as Record<string, string>)['session']!);
    url.searchParams.set('code', session.code);
    return reply.redirect(url.href, 303);
  };

  fastify.get(`${paths.sessions}/:session`, async (request, reply) => {
    const session = find(request);
    if (session === undefined || look(session).state !== 'waiting') throw problem('page-expired');
    return sendPage(
      reply,
      signInPage(simulator, languageOf(request), {
        action: `${paths.sessions}/${(request.params as Record<string, string>)['session']}`,
        service: session.clientId,
        methods: Object.keys(description.methods),
        pin: shape.pin,
      }),
    );
  });

  fastify.post(`${paths.sessions}/:session`, async (request, reply) => {
    const session = find(request);
    if (session === undefined || look(session).state !== 'waiting') throw problem('page-expired');
    const chosen = wordsOf(request.body);
    const nationalId = chosen['nationalId'] ?? '';
    if (faults.strikes('expired', nationalId)) session.state = 'expired';
    else if (chosen['decision'] !== 'approve' || faults.strikes('rejected', nationalId)) session.state = 'rejected';
    else if ((wrongPins.get(nationalId) ?? 0) >= shape.pinTries) session.state = 'blocked';
    else if (chosen['pin'] !== shape.pin) {
      const wrong = (wrongPins.get(nationalId) ?? 0) + 1;
      wrongPins.set(nationalId, wrong);
      if (wrong < shape.pinTries) {
        const action = `${paths.sessions}/${(request.params as Record<string, string>)['session']}`;
        const view = { action, service: session.clientId, methods: Object.keys(description.methods), pin: shape.pin };
        const page = signInPage(simulator, languageOf(request), { ...view, triesLeft: shape.pinTries - wrong });
        return sendPage(reply.status(401), page);
      }
      session.state = 'blocked';
    } else {
      wrongPins.delete(nationalId);
      const judged = judge(simulator, {
        nationalId,
        method: chosen['method'] ?? '',
        ...(session.leastAcr === undefined ? {} : { leastAcr: session.leastAcr }),
      });
      if (judged === 'level-unmet') session.state = 'level-unmet';
      else {
        session.answer = await authority.answer(
          judged.account,
          `${shape.policies[judged.row.proofing]}.${policyArc(judged.row.method)}`,
          session.challenge,
          {
            wrongKey: faults.strikes('wrong-signature', nationalId),
            isRevoked: faults.strikes('suspended', nationalId),
            isExpired: faults.strikes('clock-skew', nationalId),
          },
        );
        session.state = 'signed';
      }
    }
    return leadBack(reply, request, session);
  });

  /** The methods in the order of the description: the last number of a certificate's policy says with which it is used. */
  const policyArc = (method: string) => Object.keys(description.methods).indexOf(method) + 1;

  fastify.get(`${paths.sessions}/:session/result`, async (request) => {
    const clientId = clientOf(request);
    const session = find(request);
    const { code } = request.query as Record<string, unknown>;
    if (session?.code === undefined || session.code !== code || session.clientId !== clientId)
      throw problem('page-expired');
    await hesitate(simulator, undefined);
    const { state, answer } = look(session);
    return {
      state,
      ...(answer === undefined
        ? {}
        : {
            certificate: answer.certificate.toString('base64'),
            signature: answer.signature.toString('base64url'),
            algorithm: 'ES256',
          }),
    };
  });

  fastify.delete('/simulator/blocks', async () => {
    wrongPins.clear();
    return {};
  });
  fastify.get(paths.ca, async (_request, reply) => reply.type('application/pkix-cert').send(authority.certificate));
  fastify.get(paths.crl, async (_request, reply) => reply.type('application/pkix-crl').send(await authority.crl()));
}
