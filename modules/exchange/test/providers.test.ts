import { expect, test } from 'vitest';
import { fixedClock } from '#kernel/clock';
import { createProviders } from '../providers.ts';

const asked = { providerState: 'BH', evidenceType: 'degree-record' };
const answering = (status: number, body: string) =>
  createProviders({
    clock: fixedClock('2026-11-22T08:00:00Z'),
    http: { request: async () => ({ status, headers: {}, body: Buffer.from(body) }) },
    federation: {
      listStates: async () => [{ state: 'BH', entityId: 'https://bh.example', node: { exchange_endpoint: '' } }],
      resolve: async () => ({
        metadata: { federation_entity: { federation_list_endpoint: 'https://bh.example/federation_list' } },
      }),
      findOffice: async () => undefined,
    },
  } as unknown as Parameters<typeof createProviders>[0]);

test('a state that fails just now is out of reach, and one that lists no office for it holds nothing of the kind', async () => {
  for (const status of [500, 503])
    await expect(answering(status, '{}').getProvider(asked)).rejects.toMatchObject({ code: 'peer-unreachable' });
  for (const [status, body] of [
    [200, '[]'],
    [200, '{}'],
    [404, ''],
  ] as const)
    await expect(answering(status, body).getProvider(asked)).rejects.toMatchObject({
      code: 'evidence-provider-unknown',
    });
});
