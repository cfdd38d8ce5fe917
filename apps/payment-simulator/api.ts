import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Account, type Books, ProviderError, type Refund, type Session } from './books.ts';
import type { Faults } from './faults.ts';
import type { Messages } from './messages.ts';

type Needs = { accounts: Account[]; books: Books; faults: Faults; messages: Messages; publicUrl: string };
type Form = Record<string, string>;

/** A session as the API shows it; `payment_intent` as a whole object when the caller expands it. */
export function showSession(session: Session, publicUrl: string, isExpanded = false): object {
  const { account, title, payment_intent: intent, ...shown } = session;
  return {
    object: 'checkout.session',
    ...shown,
    mode: 'payment',
    livemode: false,
    payment_intent: isExpanded && intent ? { id: intent, object: 'payment_intent', status: 'succeeded' } : intent,
    url: session.status === 'open' ? `${publicUrl}/pay/${session.id}` : null,
  };
}

const showRefund = ({ account, ...refund }: Refund) => ({ object: 'refund', ...refund });

/** The part of Stripe's API that takes fees: checkout sessions, refunds, and the lists that books are compared with. */
export function mountApi(fastify: FastifyInstance, needs: Needs): void {
  const { books, faults, messages, publicUrl } = needs;
  const answered = new Map<string, { asked: string; answer: object }>();

  const accountOf = (request: FastifyRequest): Account => {
    const key = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
    const account = needs.accounts.find(({ secretKey }) => secretKey === key);
    if (!account) throw new ProviderError(401, 'invalid_request_error', 'Invalid API Key provided');
    if (faults.strikes('down')) throw new ProviderError(503, 'api_error', 'Out of service');
    return account;
  };

  /** One key, one deed: asked again it gives the first answer, and with other words it refuses. */
  const once = (request: FastifyRequest, account: Account, act: () => object): object => {
    const key = request.headers['idempotency-key'];
    const asked = `${request.url} ${JSON.stringify(request.body)}`;
    const known = key === undefined ? undefined : answered.get(`${account.id} ${key}`);
    if (known && known.asked !== asked)
      throw new ProviderError(400, 'idempotency_error', 'This key was used for something else');
    const answer = known?.answer ?? act();
    if (key !== undefined) answered.set(`${account.id} ${key}`, { asked, answer });
    if (faults.strikes('silent')) throw new ProviderError(500, 'api_error', 'The answer was lost');
    return answer;
  };

  const page = <Row extends { id: string; created: number }>(request: FastifyRequest, rows: Row[], kind: string) => {
    const query = request.query as Form;
    const fits = ({ created }: Row) =>
      created >= Number(query['created[gte]'] ?? 0) &&
      created < Number(query['created[lt]'] ?? Number.MAX_SAFE_INTEGER);
    const all = rows.filter(fits);
    const from = query['starting_after'] ? all.findIndex(({ id }) => id === query['starting_after']) + 1 : 0;
    const limit = Number(query['limit'] ?? 10);
    const data = all.slice(from, from + limit).map((row) => ({ object: kind, ...row, status: 'succeeded' }));
    return { object: 'list', url: request.url.split('?')[0], has_more: from + limit < all.length, data };
  };

  fastify.register(async (scope) => {
    scope.setErrorHandler((error, request, reply) => {
      if (!(error instanceof ProviderError)) throw error;
      const { status, type, code, message } = error;
      return reply.status(status).header('request-id', request.id).send({ error: { type, code, message } });
    });
    scope.post('/v1/checkout/sessions', async (request) => {
      const account = accountOf(request);
      return once(request, account, () => {
        const session = books.open({ account: account.id, ...readOrder((request.body ?? {}) as Form, books.now()) });
        return showSession(session, publicUrl);
      });
    });
    scope.get('/v1/checkout/sessions/:id', async (request) => {
      const session = books.findOf(accountOf(request), (request.params as Form)['id']!);
      const isExpanded = Object.entries(request.query as Form).some(
        ([name, value]) => name.startsWith('expand') && value === 'payment_intent',
      );
      const shown = showSession(session, publicUrl, isExpanded);
      return faults.strikes('amount-differs') ? { ...shown, amount_total: session.amount_total - 1 } : shown;
    });
    scope.post('/v1/checkout/sessions/:id/expire', async (request) => {
      const account = accountOf(request);
      const session = books.findOf(account, (request.params as Form)['id']!);
      if (session.status !== 'open') throw new ProviderError(400, 'invalid_request_error', 'It is not open');
      session.status = 'expired';
      messages.send(account, 'checkout.session.expired', showSession(session, publicUrl));
      return showSession(session, publicUrl);
    });
    scope.post('/v1/refunds', async (request) => {
      const account = accountOf(request);
      return once(request, account, () => {
        if (faults.strikes('refund-refused'))
          throw new ProviderError(400, 'invalid_request_error', 'The card was closed', 'refund_disputed_payment');
        const { payment_intent = '', amount = '' } = (request.body ?? {}) as Form;
        if (!/^[1-9]\d{0,8}$/.test(amount))
          throw new ProviderError(400, 'invalid_request_error', 'amount', 'parameter_invalid_integer');
        const refund = books.refund(account, payment_intent, Number(amount), faults.strikes('refund-slow'));
        messages.send(account, 'refund.created', showRefund(refund));
        return showRefund(refund);
      });
    });
    scope.get('/v1/refunds/:id', async (request) => {
      const refund = books.findRefund(accountOf(request), (request.params as Form)['id']!);
      refund.status = 'succeeded';
      return showRefund(refund);
    });
    scope.get('/v1/refunds', async (request) => page(request, books.listRefunds(accountOf(request)), 'refund'));
    scope.get('/v1/charges', async (request) => page(request, books.listCharges(accountOf(request)), 'charge'));
  });
}

function readOrder(form: Form, now: number) {
  const wrong = (name: string) =>
    new ProviderError(400, 'invalid_request_error', `Missing or invalid: ${name}`, 'parameter_missing');
  const item = 'line_items[0]';
  const amount = form[`${item}[price_data][unit_amount]`] ?? '';
  const currency = form[`${item}[price_data][currency]`] ?? '';
  const expires_at = Number(form['expires_at'] ?? now + 86_400);
  if (form['mode'] !== 'payment') throw wrong('mode');
  if (!/^[1-9]\d{0,8}$/.test(amount)) throw wrong('unit_amount');
  if (!/^[a-z]{3}$/.test(currency)) throw wrong('currency');
  // https://docs.stripe.com/currencies#three-decimal
  if (['bhd', 'kwd', 'omr'].includes(currency) && !amount.endsWith('0'))
    throw new ProviderError(400, 'invalid_request_error', 'The last digit has to be 0', 'parameter_invalid_integer');
  if (form[`${item}[quantity]`] !== '1') throw wrong('quantity');
  if (!(expires_at >= now + 1_740 && expires_at <= now + 86_400)) throw wrong('expires_at');
  const [success_url = '', cancel_url = ''] = [form['success_url'], form['cancel_url']];
  if (!URL.canParse(success_url)) throw wrong('success_url');
  if (!URL.canParse(cancel_url)) throw wrong('cancel_url');
  return {
    ...{ amount_total: Number(amount), currency, expires_at, success_url, cancel_url },
    client_reference_id: form['client_reference_id'] ?? null,
    title: form[`${item}[price_data][product_data][name]`] ?? '',
  };
}
