import type { IncomingMessage } from 'node:http';
import type { Provider } from 'oidc-provider';
import type { HttpServer } from '#kernel/http';

/** Serves a provider of the library under `mountPath` of a node, in the node's own headers and with its own refusal of what is not there. */
export function mountOidc(server: HttpServer, provider: Provider, mountPath: string): void {
  const { protocol, host } = new URL(server.publicUrl);
  // Only so that cookies may be `Secure` behind a proxy that ends TLS; addresses are made from the issuer, never from headers.
  provider.proxy = true;
  const refusals = new WeakMap<IncomingMessage, () => void>();
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.status !== 404 || ctx.body) return;
    // Nothing of the provider is at this address: it is refused as anywhere else at this node.
    ctx.respond = false;
    refusals.get(ctx.req)?.();
  });
  const handle = provider.callback();
  server.fastify.register(async (scope) => {
    // The provider reads bodies itself: hand the stream through untouched.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    for (const url of [mountPath, `${mountPath}/*`])
      scope.route({
        method: ['GET', 'POST', 'OPTIONS'],
        url,
        handler: (request, reply) => {
          const { raw } = request;
          refusals.set(raw, () => reply.callNotFound());
          for (const [name, value] of Object.entries(reply.getHeaders()))
            if (value !== undefined) reply.raw.setHeader(name, value);
          raw.headers['x-forwarded-proto'] = protocol.slice(0, -1);
          raw.headers['x-forwarded-host'] = host;
          Object.assign(raw, { originalUrl: raw.url });
          raw.url = raw.url!.slice(mountPath.length).replace(/^(?!\/)/, '/');
          handle(raw, reply.raw);
        },
      });
  });
}
