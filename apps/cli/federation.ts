import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { systemClock } from '#kernel/clock';
import { createHttpClient } from '#kernel/http-client';
import type { Language } from '#kernel/languages';
import { explainEntity, type MemberStanding } from '#modules/federation';
import { type Anchor, readAnchorOf } from './anchor.ts';
import type { CliConfig } from './config.ts';
import { manageKey } from './federation-key.ts';
import { findNode } from './node-address.ts';
import { asOperator } from './operator.ts';

const usage = `jisr federation: whom a state can trust, and who stands under it

  npm run jisr -- federation show <entity>               climbs from an entity to the anchor and says what each step changed or refused
      [--anchor <file>]                                  {"entityId": …, "keys": […]}; without it the anchor of the node named by --node
  npm run jisr -- federation members                     who stands, waits or is suspended under the state
  npm run jisr -- federation admit|refuse|suspend|resume <entity> --reason <text>
                                                         in force in every state within a minute; the reason stands in the ledger
  npm run jisr -- federation key [next|change] --node <node>   the key that the node signs with in the federation, and the next one
      [--lost]                                           it was stolen: nothing counts that was signed with it, whenever

  --node <node>  by its address, its node.json or its folder below JISR_DATA. Except for show and key the node has to run.
`;

const words = {
  anchor: {
    en: 'The anchor is not known here. Name a file with its entityId and keys: --anchor anchor.json',
    ar: 'مرساة الثقة غير معروفة هنا. سمِّ ملفًا فيه entityId و keys: ‎--anchor anchor.json',
  },
  suspended: { en: 'suspended', ar: 'موقوف' },
  waiting: { en: 'waiting', ar: 'ينتظر' },
  admitted: { en: 'admitted', ar: 'مقبول' },
  refused: { en: 'refused', ar: 'مرفوض' },
  none: { en: 'of this state', ar: 'من هذه الدولة' },
} as const;

/** Exit code 0 when the entity is trusted or the order was done, 1 when it is not trusted, 2 when the command is not complete. */
export async function manageFederation(config: CliConfig, args: string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    args,
    options: { node: text, reason: text, anchor: text, lost: { type: 'boolean' } },
    allowPositionals: true,
  });
  const [action = '', entityId] = positionals;
  const { language } = config;
  if (action === 'show' && entityId) {
    const known = findAnchor(config, values.anchor, values.node);
    if (known) return show(known, entityId, language);
    console.error(words.anchor[language]);
    return 2;
  }
  if (action === 'key') return manageKey(config, entityId, { node: values.node, isLost: values.lost ?? false });
  if (action === 'members')
    return asOperator(config, values.node, async (access) => {
      for (const member of (await access.send('GET', '/operator/members')) as MemberStanding[])
        console.log(describe(member, language));
      return 0;
    });
  if (['admit', 'refuse', 'suspend', 'resume'].includes(action) && entityId && values.reason) {
    const order = { entityId, outcome: action, reason: values.reason };
    return asOperator(config, values.node, async (access) => {
      console.log(
        describe((await access.send('POST', '/operator/members/decisions', order)) as MemberStanding, language),
      );
      return 0;
    });
  }
  console.log(usage);
  return 2;
}

async function show(known: KnownAnchor, entityId: string, language: Language): Promise<number> {
  const http = createHttpClient();
  try {
    const anchor = 'publicUrl' in known ? await readAnchorOf(http, known) : known.anchor;
    const trustAnchors = { [anchor.entityId]: { keys: anchor.keys } };
    const { isTrusted, steps } = await explainEntity({ http, clock: systemClock, trustAnchors, entityId });
    for (const [index, { isOk, words: said, details }] of steps.entries()) {
      console.log(`${isOk ? '✓' : '✗'} ${index + 1}. ${said[language]}`);
      for (const detail of details) console.log(`     ${detail[language]}`);
    }
    return isTrusted ? 0 : 1;
  } finally {
    await http.close();
  }
}

function describe(member: MemberStanding, language: Language): string {
  const { entityId, decision, suspended, xRoadClient, granted, asked, reason } = member;
  const grants = (granted ?? asked).map((grant) => `${grant.purpose}/${grant.evidence_type}`).join(' ');
  const standing = suspended ? `${words.suspended[language]} (${suspended.reason})` : words[decision][language];
  return [entityId, standing, xRoadClient, grants, suspended ? undefined : reason].filter(Boolean).join('  ');
}

/** From a file, which is the reader's own word, or as a node of this machine knows it. */
type KnownAnchor = { anchor: Anchor } | { anchor: Anchor; publicUrl: string };

function findAnchor(config: CliConfig, file: string | undefined, named: string | undefined): KnownAnchor | undefined {
  if (file !== undefined)
    return existsSync(file) ? { anchor: JSON.parse(readFileSync(file, 'utf8')) as Anchor } : undefined;
  const { anchor, publicUrl } = findNode(config, named) ?? {};
  return anchor && publicUrl ? { anchor, publicUrl } : undefined;
}
