import type { FastifyRequest } from 'fastify';
import type { Access, Caller, RequestFacts } from './contract.ts';
import { kernelProblem } from './problem.ts';

export type Identify = (request: {
  headers: Record<string, string>;
  cookies: Record<string, string | undefined>;
}) => Promise<Caller>;

/**
 * Says which app calls and for whom, from the token that it shows. `needed`: the scope of the endpoint, or nothing where the app
 * calls about itself. Refuses a token that does not hold or does not cover this. `headers`: what the answer says besides.
 */
export type RecogniseApp = (
  request: RequestFacts,
  needed: { scope?: string },
) => Promise<{ caller: Caller; headers: Record<string, string> }>;

export type AdmissionNeeds = {
  identify: Identify;
  /** Without it no app is known here. */
  recogniseApp?: RecogniseApp;
  /** Makes this an operator address, and says who is one. Without it nobody is. */
  isOperator?: (request: { headers: Record<string, string>; cookies: Record<string, string | undefined> }) => boolean;
};

/** Names the caller of a request, and refuses who may not pass. */
export async function admit(
  access: Access,
  needs: AdmissionNeeds,
  request: FastifyRequest,
  scope?: string,
): Promise<Caller> {
  if (access === 'anyone' || access === 'signed-message') return { kind: 'anyone' };
  const shown = { headers: request.facts.headers, cookies: request.cookies };
  if (access === 'operator') {
    if (!needs.isOperator?.(shown)) throw kernelProblem('operator-needed');
    if (request.method !== 'GET') refuseCrossSite(request.facts);
    return { kind: 'operator' };
  }
  if (access === 'app' || isOfApp(request.facts)) return admitApp(access, needs, request, scope);
  const caller = await needs.identify(shown);
  if (caller.kind !== 'person') throw signInNeeded(scope);
  if (request.method !== 'GET') refuseCrossSite(request.facts);
  if (access === 'officer' && !caller.officer) throw kernelProblem('not-permitted');
  return caller;
}

/** What an app may call says how an app shows who it is (RFC 9110 section 11.6.1), to one that forgot it or sent `Bearer`. */
function signInNeeded(scope: string | undefined) {
  const needed = kernelProblem('sign-in-needed');
  if (scope !== undefined) needed.headers = { 'www-authenticate': `DPoP algs="ES256", scope="${scope}"` };
  return needed;
}

/** Apps show their token in a scheme of its own (RFC 9449 section 7.1); nothing else here does. */
const isOfApp = ({ headers }: RequestFacts) => /^dpop /i.test(headers['authorization'] ?? '');

/** Whoever shows a token is an app and nothing else, whatever cookie comes with it. A token is sent by no browser of itself. */
async function admitApp(
  access: Access,
  needs: AdmissionNeeds,
  request: FastifyRequest,
  scope: string | undefined,
): Promise<Caller> {
  if (access !== 'app' && (access !== 'person' || scope === undefined)) throw kernelProblem('app-not-permitted');
  if (!needs.recogniseApp) throw kernelProblem(access === 'app' ? 'not-found' : 'app-not-permitted');
  const { caller, headers } = await needs.recogniseApp(request.facts, access === 'app' ? {} : { scope: scope! });
  request.callHeaders = headers;
  return caller;
}

/**
 * Stops forged form posts without a token in every form: browsers name the sending site (Fetch Metadata, else Origin).
 * A program without either header has no ambient cookie to abuse.
 */
export function refuseCrossSite(facts: RequestFacts): void {
  const site = facts.headers['sec-fetch-site'];
  const origin = facts.headers['origin'];
  const own = new URL(facts.url).origin;
  if ((site && site !== 'same-origin' && site !== 'none') || (origin && origin !== own))
    throw kernelProblem('cross-site-request');
}
