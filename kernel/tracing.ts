import type { FastifyInstance } from 'fastify';
import type { Database } from './database.ts';
import type { HttpClient } from './http-client.ts';
import type { Log } from './log.ts';

/** Names and codes only: what is put here leaves for a collector. Never an id, an address or anything of a person. */
export type SpanAttributes = Record<string, string | number | boolean>;

/** Follows one piece of work through this node and on to others (W3C Trace Context). */
export type Tracing = {
  /** Does the work as a span of its own, below the one that it is called in. */
  span<T>(name: string, attributes: SpanAttributes, work: () => Promise<T>): Promise<T>;
  /** Adds to the span that the caller is in. */
  describe(attributes: SpanAttributes): void;
  /** A span for each request, named by its route; a `traceparent` of the caller is continued. Before routes are mounted. */
  watchServer(fastify: FastifyInstance): void;
  /** A span for each request to another node, which gets its `traceparent`. */
  watchClient(http: HttpClient): HttpClient;
  /** A span for each transaction. */
  watchDatabase(database: Database): Database;
  /** Sends what is left. */
  stop(): Promise<void>;
};

/** Without a collector nothing is made and nothing is sent: the work is simply done. */
export const noTracing: Tracing = {
  span: (_name, _attributes, work) => work(),
  describe: () => undefined,
  watchServer: () => undefined,
  watchClient: (http) => http,
  watchDatabase: (database) => database,
  stop: async () => undefined,
};

export type TracingOptions = {
  /** The collector's OTLP address for traces, as `http://127.0.0.1:4318/v1/traces`. */
  url: string;
  headers?: Record<string, string>;
  /** The share of traces that are sent; every node of a federation should use the same. All, unless told otherwise. */
  sampleRatio?: number;
  /** The state whose node this is. */
  state: string;
  log: Log;
};

/** Spans by OpenTelemetry; its packages are loaded only here, when there is somebody to send spans to. */
export async function startTracing(options: TracingOptions): Promise<Tracing> {
  return (await import('./spans.ts')).startSpans(options);
}
