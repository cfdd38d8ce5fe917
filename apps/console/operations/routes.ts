import { type BareDraw, type PageRoute, textOf } from '#apps/portal';
import { isUuid } from '#kernel/ids';
import { kernelProblem, Problem } from '#kernel/problem';
import type { DecideMember, Federation } from '#modules/federation';
import { enter } from './enter.tsx';
import { members } from './members.tsx';
import { type OperationsView, operations } from './operations.tsx';
import { type StuckPart, type StuckView, stuck } from './stuck.tsx';

export type OperationsNeeds = {
  draw: BareDraw;
  assets: ReadonlyMap<string, { bytes: Buffer; contentType: string }>;
  readView(): Promise<OperationsView>;
  federation: Pick<Federation, 'listMembers' | 'decideMember'>;
  stuck: {
    read(): Promise<StuckView>;
    settle(order: { part: StuckPart; id: string; outcome: 'retry' | 'drop'; reason: string }): Promise<void>;
  };
  isSecret(text: string): boolean;
  /** The cookie that lets a browser in, and the one that ends it. */
  beginSession(): string;
  endSession(): string;
};

const outcomes: readonly string[] = ['admit', 'refuse', 'suspend', 'resume'] satisfies Array<DecideMember['outcome']>;
const isOutcome = (text: string): text is DecideMember['outcome'] => outcomes.includes(text);

const parts: readonly string[] = ['events', 'unheard', 'letters', 'jobs'] satisfies StuckPart[];
const isPart = (text: string): text is StuckPart => parts.includes(text);

/** The pages of the operator's own address. */
export function operationsRoutes(needs: OperationsNeeds): PageRoute[] {
  return [
    {
      method: 'GET',
      path: '/',
      access: 'operator',
      handle: async (context) => needs.draw(operations, await needs.readView(), context),
    },
    {
      method: 'GET',
      path: '/members',
      access: 'operator',
      handle: async (context) => needs.draw(members, { members: await needs.federation.listMembers() }, context),
    },
    {
      method: 'POST',
      path: '/members',
      access: 'operator',
      handle: async (context) => {
        const [outcome = '', reason = '', entityId = '', appliedAt = ''] = [
          'outcome',
          'reason',
          'entityId',
          'appliedAt',
        ].map((name) => textOf(context.form[name]).trim());
        try {
          if (!isOutcome(outcome) || Number.isNaN(Date.parse(appliedAt || '2026-01-01')))
            throw kernelProblem('request-malformed', { where: 'outcome' });
          if (reason.length < 3 || reason.length > 300) throw kernelProblem('request-malformed', { where: 'reason' });
          await needs.federation.decideMember({ outcome, reason, entityId, ...(appliedAt ? { appliedAt } : {}) });
          return { redirect: '/members' };
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          const view = { members: await needs.federation.listMembers(), problem: error.messages };
          return { ...needs.draw(members, view, context), status: error.status };
        }
      },
    },
    {
      method: 'GET',
      path: '/stuck',
      access: 'operator',
      handle: async (context) => needs.draw(stuck, await needs.stuck.read(), context),
    },
    {
      method: 'POST',
      path: '/stuck',
      access: 'operator',
      handle: async (context) => {
        const of = (name: string) => textOf(context.form[name]).trim();
        const [part, id, outcome, reason] = [of('part'), of('id'), of('outcome'), of('reason')];
        try {
          if (!isPart(part)) throw kernelProblem('request-malformed', { where: 'part' });
          if (!isUuid(id)) throw kernelProblem('request-malformed', { where: 'id' });
          const mayBeDropped = part !== 'letters';
          if (outcome !== 'retry' && !(outcome === 'drop' && mayBeDropped))
            throw kernelProblem('request-malformed', { where: 'outcome' });
          if (outcome === 'drop' && (reason.length < 3 || reason.length > 300))
            throw kernelProblem('request-malformed', { where: 'reason' });
          await needs.stuck.settle({ part, id, outcome, reason });
          return { redirect: '/stuck' };
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          const view = { ...(await needs.stuck.read()), problem: error.messages };
          return { ...needs.draw(stuck, view, context), status: error.status };
        }
      },
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
