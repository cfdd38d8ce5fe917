import type { Contract } from '#kernel/contract';
import { describeContract } from '#kernel/openapi';
import { kernelProblem } from '#kernel/problem';
import { appAccess, appScopes } from '#modules/apps';
import type { Draw } from '../frame.ts';
import type { PortalNeeds } from '../needs.ts';
import { type AppCall, pages } from '../pages/index.ts';
import type { PageRoute } from '../routing.ts';

/** What makers of apps read: how to join, what they may call, made from the very contracts that the node serves. */
export function developersRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { catalogue, cases, payments, offers, notifications, credentials } = needs;
  const modules: Array<{ contract: unknown }> = [catalogue, cases, payments, offers, notifications, credentials];
  const contracts = [needs.apps, ...modules].map(({ contract }) => contract as Contract);
  const calls = contracts.flatMap(({ endpoints }) =>
    Object.values(endpoints).flatMap(({ method, path, summary, scope, access }): AppCall[] =>
      scope === undefined && access !== 'app'
        ? []
        : [{ method, path, summary, ...(scope === undefined ? {} : { scope }) }],
    ),
  );
  /** Each is made once, when it is first asked for. */
  const descriptions = new Map<string, string>();
  const commands = {
    start: 'npm start',
    example: `npm run degree-app -- ${needs.publicUrl} ${needs.anchorId}`,
    travel: 'npm run jisr -- sandbox travel 30d',
  };
  return [
    {
      method: 'GET',
      path: '/developers',
      access: 'anyone',
      handle: (context) =>
        draw(
          pages.developers,
          {
            ...(needs.isSample ? { commands } : {}),
            portalAddress: needs.publicUrl,
            kinds: needs.appTiers.map(({ decidedBy, isForSamples: _for, ...tier }) => ({
              ...tier,
              isByRule: decidedBy === 'rule',
            })),
            scopes: Object.entries(appScopes).map(([scope, words]) => ({ scope, ...words })),
            calls,
            files: contracts.map(({ module }) => `${module}.json`),
          },
          context,
        ),
    },
    {
      method: 'GET',
      path: '/developers/openapi/:file',
      access: 'anyone',
      handle: async (context) => {
        const contract = contracts.find(({ module }) => `${module}.json` === context.params['file']);
        if (!contract) throw kernelProblem('not-found');
        const described = descriptions.get(contract.module) ?? describeContract(contract, appAccess, 0);
        descriptions.set(contract.module, described);
        return { bytes: described, contentType: 'application/json; charset=utf-8' };
      },
    },
  ];
}
