import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readOperatorFolder } from '#kernel/operator';
import { call } from '../../modules/exchange/test/system-caller.ts';
import { changesBetween } from './attack.ts';
import type { World } from './world.ts';

const degree = '/r1/BH/GOV/moe/registry/degree-record';

/** Software of offices that have no part in Fatima's case, at the node whose office asked for her degree. */
export function attackAsAnotherSystem(worldOf: () => World): void {
  describe('a system of another office', () => {
    const secrets: Record<string, string> = {};
    beforeAll(async () => {
      const world = worldOf();
      const { url, secret } = readOperatorFolder(join(world.federation.config.dataFolder, 'sa'))!;
      for (const officeId of ['interior', 'moe']) {
        const body = JSON.stringify({ officeId, name: 'Attacker', clientId: `SA/GOV/${officeId}/attacker` });
        const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
        const added = await call(url, '/operator/systems', { method: 'POST', headers, body });
        secrets[officeId] = added.json.secret;
      }
    });
    const headersOf = (officeId: string, extra: Record<string, string> = {}) => ({
      'X-Road-Client': `SA/GOV/${officeId}/attacker`,
      Authorization: `Bearer ${secrets[officeId]}`,
      ...extra,
    });

    test('gets nothing by the consent or the case of somebody, whatever it calls itself', async () => {
      const world = worldOf();
      const before = [await world.digestOf('bh'), await world.digestOf('sa')];
      const { consentId } = world.ids.sa;
      const caseId = world.markers.find((marker) => marker.startsWith('SA-'))!;
      const calls = ['interior', 'moe'].flatMap((officeId) => [
        headersOf(officeId, { 'Jisr-Consent': consentId! }),
        headersOf(officeId, { 'X-Road-Issue': caseId }),
        headersOf(officeId, { 'Jisr-Consent': consentId!, 'X-Road-Client': 'SA/GOV/moe/attacker' }),
        headersOf(officeId, { 'Jisr-Consent': consentId!, 'X-Road-Client': 'BH/GOV/moe/attacker' }),
      ]);
      for (const headers of calls)
        for (const method of ['GET', 'POST']) {
          const answer = await call(world.url('sa'), degree, { method, headers });
          expect(answer.headers['x-road-error'], answer.text).toMatch(
            /^Server\.ClientProxy\.(AccessDenied|SslAuthenticationFailed)$/,
          );
          expect(world.markers.filter((marker) => answer.text.includes(marker))).toEqual([]);
        }
      // The day of the last use is noted; nothing else is.
      const after = [await world.digestOf('bh'), await world.digestOf('sa')];
      expect(changesBetween(before[0]!, after[0]!)).toEqual([]);
      expect(changesBetween(before[1]!, after[1]!)).toEqual(['exchange.system_credentials changed']);
    });

    test('is nobody at another node, on the pages and API of persons, and to the operator', async () => {
      const world = worldOf();
      const elsewhere = await call(world.url('bh'), degree, { headers: headersOf('moe') });
      expect(elsewhere.headers['x-road-error']).toBe('Server.ClientProxy.SslAuthenticationFailed');
      for (const path of ['/api/consents', '/api/uses', '/api/cases']) {
        const answer = await call(world.url('sa'), path, { headers: headersOf('moe') });
        expect(answer.status, path).toBe(401);
      }
      const { url } = readOperatorFolder(join(world.federation.config.dataFolder, 'sa'))!;
      const asOperator = await call(url, '/operator/systems', { headers: headersOf('moe') });
      expect([asOperator.status, asOperator.json.code]).toEqual([401, 'operator-needed']);
    });
  });
}
