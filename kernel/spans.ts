import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { ExportResultCode, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';
import type { Tracing, TracingOptions } from './tracing.ts';

const exportTimeoutMs = 10_000;
const spansWaitingMax = 4_096;

/**
 * Tracing by OpenTelemetry's own SDK, without its globals: several nodes in one process each have their own. Whether a trace
 * is sent depends on its id alone and never on what a caller asks for, so that a stranger cannot make a node send more, and so
 * that nodes with the same ratio send the same traces.
 */
export function startSpans(options: TracingOptions): Tracing {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'jisr-node', 'service.namespace': options.state }),
    sampler: new TraceIdRatioBasedSampler(options.sampleRatio ?? 1),
    spanProcessors: [
      new BatchSpanProcessor({ exporter: sendTo(options), maxQueueSize: spansWaitingMax, scheduledDelayMillis: 1_000 }),
    ],
  });
  const tracer = provider.getTracer('jisr');
  const propagator = new W3CTraceContextPropagator();
  const current = new AsyncLocalStorage<Context>();
  const served = new WeakMap<FastifyRequest, { span: Span; context: Context }>();
  const here = () => current.getStore() ?? ROOT_CONTEXT;

  const within = async <T>(span: Span, work: () => Promise<T>): Promise<T> => {
    try {
      return await current.run(trace.setSpan(here(), span), work);
    } catch (error) {
      span.setAttribute('error.type', error instanceof Problem ? error.code : 'internal-error');
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  };
  const headersOf = (span: Span): Record<string, string> => {
    const carrier: Record<string, string> = {};
    propagator.inject(trace.setSpan(ROOT_CONTEXT, span), carrier, defaultTextMapSetter);
    return carrier;
  };
  const outgoing = (method: string, url: string) =>
    tracer.startSpan(
      method,
      {
        kind: SpanKind.CLIENT,
        // The host and no more: an address may hold an id.
        attributes: { 'http.request.method': method, 'server.address': new URL(url).host },
      },
      here(),
    );

  return {
    span: (name, attributes, work) => within(tracer.startSpan(name, { attributes }, here()), work),
    describe: (attributes) => void trace.getSpan(here())?.setAttributes(attributes),
    watchServer: (fastify) => {
      fastify.addHook('onRequest', (request, _reply, done) => {
        const { traceparent } = request.headers;
        // Its `tracestate` is not passed on: it may hold anything.
        const parent = propagator.extract(ROOT_CONTEXT, { traceparent }, defaultTextMapGetter);
        const route = request.routeOptions.url ?? 'none';
        const span = tracer.startSpan(
          `${request.method} ${route}`,
          { kind: SpanKind.SERVER, attributes: { 'http.request.method': request.method, 'http.route': route } },
          parent,
        );
        const context = trace.setSpan(ROOT_CONTEXT, span);
        served.set(request, { span, context });
        current.run(context, done);
      });
      // Reading a body goes through events of the connection, which know nothing of the request: enter its context again.
      fastify.addHook('preHandler', (request, _reply, done) => {
        const known = served.get(request);
        if (known) current.run(known.context, done);
        else done();
      });
      fastify.addHook('onResponse', (request, reply, done) => {
        const span = served.get(request)?.span;
        span?.setAttribute('http.response.status_code', reply.statusCode);
        if (reply.statusCode >= 500) span?.setStatus({ code: SpanStatusCode.ERROR });
        span?.end();
        done();
      });
    },
    watchClient: (http) => ({
      ...http,
      request: (request) => {
        const span = outgoing(request.method, request.url);
        return within(span, async () => {
          const answer = await http.request({ ...request, headers: { ...request.headers, ...headersOf(span) } });
          span.setAttribute('http.response.status_code', answer.status);
          return answer;
        });
      },
      fetch: (input, init) => {
        const url = input instanceof Request ? input.url : String(input);
        const span = outgoing(init?.method ?? (input instanceof Request ? input.method : 'GET'), url);
        return within(span, async () => {
          const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
          for (const [name, value] of Object.entries(headersOf(span))) headers.set(name, value);
          const answer = await http.fetch(input, { ...init, headers });
          span.setAttribute('http.response.status_code', answer.status);
          return answer;
        });
      },
    }),
    watchDatabase: (database) => ({
      ...database,
      transaction: (work) => within(tracer.startSpan('transaction', {}, here()), () => database.transaction(work)),
      readOnly: (timeoutMs, work) =>
        within(tracer.startSpan('read', {}, here()), () => database.readOnly(timeoutMs, work)),
    }),
    stop: () => provider.shutdown(),
  };
}

/** Sends spans as OTLP over HTTP. A collector that is away costs spans and a line in the log, never a request. */
function sendTo({ url, headers, log }: TracingOptions): SpanExporter {
  const exporter = new OTLPTraceExporter({ url, ...(headers ? { headers } : {}), timeoutMillis: exportTimeoutMs });
  return {
    export: (spans: ReadableSpan[], done) =>
      exporter.export(spans, (result) => {
        if (result.code !== ExportResultCode.SUCCESS)
          log.warn({ err: result.error, spans: spans.length }, 'the collector did not take spans; they are lost');
        // It has been said; passed on, it would be thrown where the node stops.
        done({ code: ExportResultCode.SUCCESS });
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush(),
  };
}
