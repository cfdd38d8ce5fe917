import { refuseCrossSite } from '#kernel/admission';
import type { Clock } from '#kernel/clock';
import { createHttpServer } from '#kernel/http';
import { createHttpClient } from '#kernel/http-client';
import type { Log } from '#kernel/log';
import { kernelProblem } from '#kernel/problem';
import { languageOf } from '../eid-simulators/kit.ts';
import { mountApi, showSession } from './api.ts';
import { type Account, createBooks, ProviderError } from './books.ts';
import { allFaults, createFaults, type Fault } from './faults.ts';
import { createMessages } from './messages.ts';
import { firstPage } from './pages/first.ts';
import { sendPage } from './pages/page.ts';
import { payPage } from './pages/pay.ts';

export type { Account } from './books.ts';
export type { Fault } from './faults.ts';

export type RunningPaymentSimulator = {
  url: string;
  setFault(fault: Fault, times?: number): void;
  clearFaults(): void;
  stop(): Promise<void>;
};

/**
 * A payment provider for trying out, on `http://pay.localhost:{port}`: it speaks the part of Stripe's API that takes a fee, has a
 * page on which one pays with nothing, and can be made to fail. Everything is in memory and gone with it.
 */
export async function startPaymentSimulator(settings: {
  accounts: Account[];
  host: string;
  port: number;
  clock: Clock;
  log: Log;
}): Promise<RunningPaymentSimulator> {
  const { accounts, host, port, clock, log } = settings;
  const publicUrl = `http://pay.localhost:${port}`;
  const server = createHttpServer({ publicUrl, log, clock, identify: async () => ({ kind: 'anyone' }) });
  const http = createHttpClient({ timeoutMs: 5_000 });
  const [faults, books] = [createFaults(), createBooks(clock)];
  const messages = createMessages({ books, faults, http, log });
  const { fastify } = server;
  mountApi(fastify, { accounts, books, faults, messages, publicUrl });

  const find = (params: unknown) => {
    try {
      return books.find((params as Record<string, string>)['id']!);
    } catch (error) {
      if (error instanceof ProviderError) throw kernelProblem('not-found');
      throw error;
    }
  };
  const readFault = (name: unknown): Fault => {
    const fault = allFaults.find((one) => one === name);
    if (fault === undefined) throw kernelProblem('not-found');
    return fault;
  };

  fastify.get('/', async (request, reply) => {
    const language = languageOf(request);
    return sendPage(reply, { language, ...firstPage(accounts, faults, language) });
  });
  fastify.post('/faults', async (request, reply) => {
    refuseCrossSite(request.facts);
    const { fault, to } = (request.body ?? {}) as Record<string, unknown>;
    if (to === 'on') faults.set(readFault(fault));
    else faults.clear(readFault(fault));
    return reply.redirect('/#faults', 303);
  });
  fastify.get('/pay/:id', async (request, reply) => {
    const language = languageOf(request);
    return sendPage(reply, { language, ...payPage(find(request.params), language, false) });
  });
  fastify.post('/pay/:id', async (request, reply) => {
    refuseCrossSite(request.facts);
    const language = languageOf(request);
    const session = find(request.params);
    const { do: chosen } = (request.body ?? {}) as Record<string, unknown>;
    if (chosen !== 'pay' || faults.strikes('declined'))
      return sendPage(reply, { language, ...payPage(session, language, session.status === 'open'), status: 402 });
    if (!books.pay(session)) return sendPage(reply, { language, ...payPage(session, language, false), status: 409 });
    const account = accounts.find(({ id }) => id === session.account)!;
    messages.send(account, 'checkout.session.completed', showSession(session, publicUrl));
    return reply.redirect(session.success_url, 303);
  });
  await server.listen({ host, port });
  return {
    url: publicUrl,
    setFault: faults.set,
    clearFaults: () => faults.clear(),
    stop: async () => {
      messages.stop();
      await server.close();
      await http.close();
    },
  };
}
