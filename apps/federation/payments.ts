import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Account } from '#apps/payment-simulator';
import type { NodeConfig } from '#apps/state-node';
import { randomToken } from '#kernel/ids';
import type { SampleNode } from './launcher.ts';

type Provider = NonNullable<NodeConfig['paymentProviders']>[number];

const id = 'play';
const fileOf = (dataFolder: string, of: 'key' | 'messages') => join(dataFolder, 'secrets', `payment-${id}-${of}`);
const secretNames = { key: 'sk_test', messages: 'whsec' } as const;

/** Where the sample's payment simulator listens: beside the anchor. */
export const playPort = (anchorPort: number): number => anchorPort + 8;

/** The payment simulator, as a node's configuration names its provider. */
export function playProvider(anchorPort: number): Provider {
  const url = `http://pay.localhost:${playPort(anchorPort)}`;
  return {
    ...{ id, protocol: 'stripe-checkout', apiUrl: url, pageOrigins: [url], isPlayMoney: true },
    names: { ar: 'مزوّد الدفع التجريبي', en: 'Sample payment provider' },
  };
}

/** The secrets of a node's account, made at first start as an operator would put them there. */
export function keepPlayAccount(dataFolder: string): void {
  mkdirSync(join(dataFolder, 'secrets'), { recursive: true, mode: 0o700 });
  for (const kind of ['key', 'messages'] as const)
    if (!existsSync(fileOf(dataFolder, kind)))
      writeFileSync(fileOf(dataFolder, kind), `${secretNames[kind]}_${randomToken(24)}\n`, { mode: 0o600 });
}

/** The accounts of all states, as the simulator has to know them. */
export function readPlayAccounts(nodes: SampleNode[], dataFolder: string): Account[] {
  const read = (node: SampleNode, of: 'key' | 'messages') =>
    readFileSync(fileOf(join(dataFolder, node.id), of), 'utf8').trim();
  return nodes
    .filter(({ role }) => role === 'state')
    .map((node) => ({
      id: node.id,
      secretKey: read(node, 'key'),
      webhookSecret: read(node, 'messages'),
      webhookUrl: `${node.publicUrl}/payments/messages/${id}`,
    }));
}
