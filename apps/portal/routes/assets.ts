import { kernelProblem } from '#kernel/problem';
import type { Assets } from '../look/assets.ts';
import type { PageRoute } from '../routing.ts';

/** Styles, fonts and islands; each address changes with its content. */
export function assetRoutes({ files }: Assets): PageRoute[] {
  return [
    {
      method: 'GET',
      path: '/assets/*',
      access: 'anyone',
      handle: async (context) => {
        const asset = files.get(context.facts.path);
        if (!asset) throw kernelProblem('not-found');
        return {
          bytes: asset.bytes,
          contentType: asset.contentType,
          headers: { 'cache-control': 'public, max-age=31536000, immutable' },
        };
      },
    },
  ];
}
