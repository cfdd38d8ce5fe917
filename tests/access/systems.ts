import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readOperatorFolder } from '#kernel/operator';
import { call } from '../../modules/exchange/test/system-caller.ts';
import { changesBetween, faultsOf, listTargets, refusalFaults, shoot } from './attack.ts';
import type { World } from './world.ts';

const degree = '/r1/BH/GOV/moe/registry/degree-record';

/** Software of offices that have no part in Fatima's case, at the node whose office asked for her degree. */
export function attackAsAnotherSystem(worldOf: () => World): void {
  describe('a system of another office', () => {
    const secrets: Record<string, string> = {};
    const systemIds: string[] = [];
    beforeAll(async () => {
      const world = worldOf();
      const { url, secret } = readOperatorFolder(join(world.federation.config.dataFolder, 'sa'))!;
      const clients = ['interior/attacker', 'moe/attacker', 'insurance/casework', 'moe/casework'];
      for (const client of clients) {
        const [officeId] = client.split('/');
        const body = JSON.stringify({ officeId, name: 'Attacker', clientId: `SA/GOV/${client}` });
        const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
        const added = await call(url, '/operator/systems', { method: 'POST', headers, body });
        secrets[client] = added.json.secret;
        systemIds.push(added.json.system.systemId);
      }
    });
    // Others register under the ids that have a role.
    afterAll(async () => {
      const { url, secret } = readOperatorFolder(join(worldOf().federation.config.dataFolder, 'sa'))!;
      const headers = { authorization: `Bearer ${secret}` };
      for (const systemId of systemIds) await call(url, `/operator/systems/${systemId}`, { method: 'DELETE', headers });
    });
    const headersOf = (officeId: string, extra: Record<string, string> = {}) => ({
      'X-Road-Client': `SA/GOV/${officeId}/attacker`,
      Authorization: `Bearer ${secrets[`${officeId}/attacker`]}`,
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

    test.each([
      ['without a role in the office in charge', 'moe/attacker', ['role-needed']],
      ['of another office without a role', 'interior/attacker', ['role-needed']],
      ['of another office with a role', 'insurance/casework', ['case-unknown']],
      ['that calls itself another', undefined, ['caller-not-recognised']],
    ] as const)('%s has no case, and changes none', async (_says, client, codes) => {
      const world = worldOf();
      const before = await world.digestOf('sa');
      const shown = client ?? 'insurance/casework';
      const headers = {
        'x-road-client': `SA/GOV/${client ?? 'moe/casework'}`,
        'x-road-id': 'attack',
        authorization: `Bearer ${secrets[shown]}`,
      };
      const targets = listTargets(world, 'sa').targets.filter(({ expected }) => expected.who === 'system');
      expect(targets.length).toBeGreaterThan(10);
      const faults: string[] = [];
      for (const target of targets) {
        const ofCase = target.path.includes(':caseId');
        const answer = await shoot(world, 'sa', target, { ids: world.ids.sa, headers });
        faults.push(...faultsOf(world, answer).map((fault) => `${target.key}: ${fault}`));
        // A system that has a role follows the cases of its own office, and these alone.
        if (!ofCase && client === 'insurance/casework') continue;
        faults.push(...refusalFaults(target, answer).map((fault) => `${target.key}: ${fault}`));
        const { code } = JSON.parse(answer.body.toString('utf8'));
        if (!(codes as readonly string[]).includes(code)) faults.push(`${target.key}: refused with ${code}`);
      }
      expect(faults).toEqual([]);
      expect(
        changesBetween(before, await world.digestOf('sa')).filter((one) => !/system_credentials/.test(one)),
      ).toEqual([]);
    });

    test('of the office in charge, with a role, has the case; a session opens nothing of it, nor does its call a page', async () => {
      const world = worldOf();
      const headers = { 'X-Road-Client': 'SA/GOV/moe/casework', Authorization: `Bearer ${secrets['moe/casework']}` };
      const { caseId } = world.ids.sa;
      const own = await call(world.url('sa'), `/api/systems/cases/${caseId}`, { headers });
      expect(own.status).toBe(200);
      expect(world.markers.some((marker) => own.text.includes(marker))).toBe(true);
      for (const path of [`/api/office/cases/${caseId}`, `/office/cases/${caseId}`, '/api/office/cases']) {
        const answer = await call(world.url('sa'), path, { headers });
        expect([answer.status, answer.json.code], path).toEqual([401, 'sign-in-needed']);
      }
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
