import { sha256 } from '#kernel/ids';
import { problem } from '../problems.ts';
import type { Officer } from '../rules.ts';

/** A write of a system: `id` is the system's own, and the same one again with the same content is the same write. */
export type SystemCall = { id: string; digest: string; expectedVersion: number };

/** An information system of an office by which somebody acts in cases. */
export type Through = { systemId: string; name: string; roles: readonly string[]; call?: SystemCall };

/** Thrown inside the transaction of a step that has been done under the same id already: everything is rolled back, and what was kept answers. */
export class CallDone extends Error {}

/** Whether a system acts with nobody named. */
export const isAlone = ({ personId, through }: Pick<Officer, 'personId' | 'through'>): boolean =>
  through !== undefined && through.systemId === personId;

/** A system reads and works by itself; what is a person's judgement is a named officer's. */
export function refuseAlone(officer: Officer, duty: string): void {
  if (duty !== 'read' && duty !== 'work' && isAlone(officer)) throw problem('officer-not-named');
}

const callIdShape = /^[\x21-\x7e]{1,255}$/;

/** The id under which a system makes a write. Throws `call-malformed`. */
export function readCallId(headers: Record<string, string>): string {
  const id = headers['x-road-id'] ?? '';
  if (!callIdShape.test(id)) throw problem('call-malformed', { where: 'X-Road-Id' });
  return id;
}

/** What makes two writes the same. */
export const digestOf = ({ method, path, rawBody }: { method: string; path: string; rawBody: Buffer }): string =>
  sha256(Buffer.concat([Buffer.from(`jisr/system-write/v1\n${method} ${path}\n`), rawBody])).toString('hex');
