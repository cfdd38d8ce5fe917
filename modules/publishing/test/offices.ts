import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Text } from '#kernel/languages';
import type { EvidenceGrant, PublishingNeeds } from '#modules/publishing';

/** The offices of a sample state, by the folder that its node is started from. */
export function findOfficeOf(state: string): PublishingNeeds['findOffice'] {
  const file = join(import.meta.dirname, '..', '..', '..', 'states', state, 'offices.json');
  const offices = JSON.parse(readFileSync(file, 'utf8')) as Array<{ id: string; names: Text; grants: EvidenceGrant[] }>;
  return (officeId) => {
    const office = offices.find(({ id }) => id === officeId);
    return office && { fullNames: office.names, grants: office.grants };
  };
}
