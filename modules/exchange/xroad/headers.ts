import { hash } from 'node:crypto';
import { Compile } from 'typebox/compile';
import { newId } from '#kernel/ids';
import { CaseId, Uuid } from '#protocol/text';
import { problem } from '../contract.ts';

const caseIdShape = Compile(CaseId);
const uuidShape = Compile(Uuid);
const idPattern = /^[\x21-\x7e]{1,255}$/;
const textPattern = /^[\x20-\x7e]{1,255}$/;
const partyPattern = /^([A-Za-z0-9._-]{1,64}\/)?[A-Za-z0-9._-]{1,64}$/;

/** What the header fields of a call say. Fields that are not named here go nowhere: neither to the other node nor back. */
export type CallHeaders = {
  xRoadId: string;
  caseId?: string;
  consentId?: string;
  userId?: string;
  representedParty?: string;
};

/** Throws `call-malformed` with the name of the field. */
export function readCallHeaders(headers: Record<string, string>): CallHeaders {
  const read = (name: string, isFit: (value: string) => boolean): string | undefined => {
    const value = headers[name.toLowerCase()];
    if (value !== undefined && !isFit(value)) throw problem('call-malformed', { where: name });
    return value;
  };
  const caseId = read('X-Road-Issue', (value) => caseIdShape.Check(value));
  const consentId = read('Jisr-Consent', (value) => uuidShape.Check(value));
  const userId = read('X-Road-UserId', (value) => textPattern.test(value));
  const representedParty = read('X-Road-Represented-Party', (value) => partyPattern.test(value));
  return {
    xRoadId: read('X-Road-Id', (value) => idPattern.test(value)) ?? newId(),
    ...(caseId === undefined ? {} : { caseId }),
    ...(consentId === undefined ? {} : { consentId }),
    ...(userId === undefined ? {} : { userId }),
    ...(representedParty === undefined ? {} : { representedParty }),
  };
}

/**
 * X-Road's hash of a request, base64(SHA512(SHA512(headers) ‖ SHA512(body))), without the second part when there is no body
 * (message protocol for REST section 4.3). Its headers are here the request line (method, space, path with query) and, in the
 * order of their names, `content-type` and the `x-road-…` fields as received, each `name:value`, each line ended by CRLF.
 */
export function hashRequest(method: string, target: string, headers: Record<string, string>, body: Buffer): string {
  const names = Object.keys(headers)
    .filter((name) => name === 'content-type' || name.startsWith('x-road-'))
    .sort();
  const lines = [`${method} ${target}`, ...names.map((name) => `${name}:${headers[name]}`)];
  const head = hash('sha512', lines.map((line) => `${line}\r\n`).join(''), 'buffer');
  if (body.length === 0) return head.toString('base64');
  return hash('sha512', Buffer.concat([head, hash('sha512', body, 'buffer')]), 'buffer').toString('base64');
}
