import type { HttpAnswer, HttpClient } from '#kernel/http-client';
import type { JWK } from '#kernel/keys';
import { Problem } from '#kernel/problem';
import { problem } from '../contract.ts';
import {
  clockSkewSeconds,
  configurationUrlOf,
  readKeys,
  readStatement,
  readToken,
  type Statement,
  statementBytesMax,
  verifyToken,
} from './rules.ts';

const timeoutMs = 5_000;
const listingBytesMax = 524_288;
const listingItemsMax = 5_000;

export type HistoricalKey = JWK & { iat?: number; exp?: number; revoked?: { revoked_at: number; reason?: string } };

/** Reads what other entities publish. `mayUseHttp`: only a federation whose own anchor is on plain HTTP (a trial) allows it. */
export type Fetcher = {
  /** Form and times are checked, the signature is not. Throws 'entity-unreachable', 'entity-unknown' or 'statement-invalid'. */
  configuration(entityId: string, now: Date): Promise<Statement>;
  subordinate(endpoint: unknown, superior: string, subject: string, now: Date): Promise<Statement>;
  /** Identifiers as listed: a hint where to look, never a proof. */
  listing(url: string): Promise<string[]>;
  historicalKeys(endpoint: string, entityId: string, keys: JWK[]): Promise<HistoricalKey[]>;
  /** What the issuer says of a trust mark (section 8.4): signed by it, about this very mark, and said now. */
  markStatus(endpoint: string, mark: string, issuer: { entityId: string; keys: JWK[] }, now: Date): Promise<string>;
  mayAsk(url: string): boolean;
};

export function createFetcher(http: HttpClient, options: { mayUseHttp: boolean }): Fetcher {
  const mayAsk = (url: string): boolean => {
    if (!URL.canParse(url)) return false;
    const { protocol, username, password, hostname } = new URL(url);
    if (username || password) return false;
    if (options.mayUseHttp) return protocol === 'http:' || protocol === 'https:';
    // An address given by a stranger must not lead into this machine or its network.
    const isName = !/^[\d.]+$/.test(hostname) && !hostname.startsWith('[') && hostname.includes('.');
    return protocol === 'https:' && isName && !/\.(localhost|local|internal)$/.test(hostname);
  };

  const ask = async (url: string, accept: string, bodyBytesMax: number, form?: string): Promise<HttpAnswer> => {
    if (!mayAsk(url)) throw problem('statement-invalid', { reason: 'address-refused' });
    const host = new URL(url).host;
    let answer: HttpAnswer;
    try {
      answer = await http.request({
        url,
        timeoutMs,
        bodyBytesMax,
        ...(form === undefined
          ? { method: 'GET', headers: { accept } }
          : { method: 'POST', headers: { accept, 'content-type': 'application/x-www-form-urlencoded' }, body: form }),
      });
    } catch (error) {
      if (error instanceof Problem && error.code === 'peer-answer-too-large') {
        throw problem('statement-invalid', { reason: 'too-large' });
      }
      // Every failure of a foreign connection (refused, reset, TLS, not HTTP) has a code; what has none is a bug of ours.
      if ((error as { code?: unknown }).code !== undefined) throw problem('entity-unreachable', { host });
      throw error;
    }
    if (answer.status === 200) return answer;
    // An answer in the federation's own error format is a word of that entity; anything else is a machine in trouble.
    if (answer.status >= 400 && answer.status < 500 && isFederationError(answer)) throw problem('entity-unknown');
    throw problem('entity-unreachable', { host });
  };

  const askForToken = async (url: string, type: string, form?: string): Promise<string> => {
    const answer = await ask(url, `application/${type}`, statementBytesMax, form);
    const contentType = (answer.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
    if (contentType !== `application/${type}`) throw problem('statement-invalid', { reason: 'content-type-mismatch' });
    return answer.body.toString('utf8').trim();
  };

  return {
    mayAsk,
    configuration: async (entityId, now) => {
      const token = await askForToken(configurationUrlOf(entityId), 'entity-statement+jwt');
      return readStatement(token, now, { iss: entityId, sub: entityId });
    },
    subordinate: async (endpoint, superior, subject, now) => {
      if (typeof endpoint !== 'string' || !URL.canParse(endpoint)) {
        throw problem('statement-invalid', { reason: 'fetch-endpoint-missing' });
      }
      const url = new URL(endpoint);
      url.searchParams.set('sub', subject);
      return readStatement(await askForToken(url.href, 'entity-statement+jwt'), now, { iss: superior, sub: subject });
    },
    listing: async (url) => {
      const answer = await ask(url, 'application/json', listingBytesMax);
      const list = parseJson(answer.body);
      if (!Array.isArray(list) || list.length > listingItemsMax || !list.every((item) => typeof item === 'string')) {
        throw problem('statement-invalid', { reason: 'listing-malformed' });
      }
      return list;
    },
    historicalKeys: async (endpoint, entityId, keys) => {
      const token = await askForToken(endpoint, 'jwk-set+jwt');
      readToken(token, 'jwk-set+jwt');
      const { payload } = verifyToken(token, keys, 'jwk-set+jwt');
      if (payload['iss'] !== entityId) throw problem('statement-invalid', { reason: 'issuer-mismatch' });
      return Array.isArray(payload['keys']) && payload['keys'].length === 0
        ? []
        : (readKeys(payload) as HistoricalKey[]);
    },
    markStatus: async (endpoint, mark, issuer, now) => {
      const type = 'trust-mark-status-response+jwt';
      const token = await askForToken(endpoint, type, new URLSearchParams({ trust_mark: mark }).toString());
      readToken(token, type);
      const { payload } = verifyToken(token, issuer.keys, type);
      if (payload['iss'] !== issuer.entityId) throw problem('statement-invalid', { reason: 'issuer-mismatch' });
      if (payload['trust_mark'] !== mark) throw problem('statement-invalid', { reason: 'subject-mismatch' });
      const ageMs = now.getTime() - Number(payload['iat']) * 1_000;
      // An answer from before the revocation must not be replayed.
      if (!(Math.abs(ageMs) <= clockSkewSeconds * 1_000))
        throw problem('statement-invalid', { reason: ageMs < 0 ? 'issued-in-future' : 'expired' });
      return String(payload['status']);
    },
  };
}

function isFederationError(answer: HttpAnswer): boolean {
  const body = parseJson(answer.body);
  return typeof body === 'object' && body !== null && typeof (body as { error?: unknown }).error === 'string';
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
