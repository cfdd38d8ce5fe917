import { type BareDraw, type PageRoute, textOf } from '#apps/portal';
import { kernelProblem } from '#kernel/problem';
import { enter } from './enter.tsx';
import { type OperationsView, operations } from './operations.tsx';

export type OperationsNeeds = {
  draw: BareDraw;
  assets: ReadonlyMap<string, { bytes: Buffer; contentType: string }>;
  readView(): Promise<OperationsView>;
  isSecret(text: string): boolean;
  /** The cookie that lets a browser in, and the one that ends it. */
  beginSession(): string;
  endSession(): string;
};

/** The pages of the operator's own address. */
export function operationsRoutes(needs: OperationsNeeds): PageRoute[] {
  return [
    {
      method: 'GET',
      path: '/',
      access: 'operator',
      handle: async (context) => needs.draw(operations, await needs.readView(), context),
    },
    { method: 'GET', path: '/enter', access: 'anyone', handle: async (context) => needs.draw(enter, {}, context) },
    {
      method: 'POST',
      path: '/enter',
      access: 'anyone',
      handle: async (context) => {
        if (needs.isSecret(textOf(context.form['secret']).trim()))
          return { redirect: '/', cookies: [needs.beginSession()] };
        return {
          ...needs.draw(
            enter,
            {
              problem: {
                ar: 'هذا ليس سر هذه العقدة. انسخه من الملف المذكور أدناه.',
                en: 'This is not the secret of this node. Copy it from the file named below.',
              },
            },
            context,
          ),
          status: 403,
        };
      },
    },
    {
      method: 'POST',
      path: '/leave',
      access: 'operator',
      handle: async () => ({ redirect: '/enter', cookies: [needs.endSession()] }),
    },
    {
      method: 'GET',
      path: '/assets/*',
      access: 'anyone',
      handle: async (context) => {
        const asset = needs.assets.get(context.facts.path);
        if (!asset) throw kernelProblem('not-found');
        const headers = { 'cache-control': 'public, max-age=31536000, immutable' };
        return { bytes: asset.bytes, contentType: asset.contentType, headers };
      },
    },
  ];
}
