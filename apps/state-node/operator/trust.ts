import { decodeJws, verifyJws } from '#kernel/jws';
import { Problem } from '#kernel/problem';
import { BrokenLink, type Check } from './findings.ts';
import type { OperatorNeeds } from './needs.ts';
import { medianSkewMs, type Peer, type Peers } from './peers.ts';
import { whyOf } from './reasons.ts';

const deadlineMs = 5_000;
const clockSkewMaxMs = 60_000;

/** Whether others can trust this node. */
export function trustChecks(needs: OperatorNeeds): Check[] {
  return [
    { link: 'anchor', after: ['keys'], run: () => checkAnchor(needs) },
    ...[needs.publicUrl, ...needs.officeEntityIds].map(
      (entityId): Check => ({
        link: 'chain',
        subject: entityId,
        after: ['clock', 'keys'],
        run: () => checkChain(needs, entityId),
      }),
    ),
  ];
}

/** Whether this node can trust and reach the others: last, because one that is away for days must not hide what is broken here. */
export function neighbourChecks(needs: OperatorNeeds, peers: Promise<Peers>, known: Peers): Check[] {
  return known.neighbours.map(
    (peer): Check => ({
      link: 'neighbour',
      subject: peer.host,
      after: ['database'],
      run: async () => checkNeighbour(needs, peer, medianSkewMs(await peers) ?? 0),
    }),
  );
}

async function checkAnchor(needs: OperatorNeeds) {
  const { entityId } = needs.anchor;
  const keys = (await needs.federation.listAnchorKeys(entityId)).live;
  const get = async (url: string) => {
    try {
      return await needs.http.request({ method: 'GET', url, timeoutMs: deadlineMs });
    } catch (error) {
      throw new BrokenLink('anchor-silent', { anchor: entityId, reason: whyOf(error) });
    }
  };
  const configuration = await get(`${entityId}/.well-known/openid-federation`);
  if (configuration.status !== 200)
    throw new BrokenLink('anchor-silent', { anchor: entityId, reason: configuration.status });
  let endpoint: unknown;
  try {
    const { payload } = verifyJws(configuration.body.toString('utf8'), keys);
    endpoint = payload['metadata']?.['federation_entity']?.['federation_fetch_endpoint'];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new BrokenLink('anchor-key-differs', { anchor: entityId });
  }
  const statement = await get(`${endpoint}?sub=${encodeURIComponent(needs.publicUrl)}`);
  if (statement.status !== 200) throw new BrokenLink('not-enrolled', { url: needs.publicUrl });
  const enrolled = decodeJws(statement.body.toString('utf8')).payload['jwks']?.keys as
    | Array<{ kid?: string }>
    | undefined;
  const { kid } = await needs.keys.signer('federation');
  if (!enrolled?.some((key) => key.kid === kid)) throw new BrokenLink('enrolled-key-differs');
  return { en: `${entityId} vouches for this node and its key`, ar: `تضمن ${entityId} هذه العقدة ومفتاحها` };
}

async function checkChain({ federation, publicUrl }: OperatorNeeds, entityId: string) {
  try {
    const resolved = await federation.resolve(entityId, entityId === publicUrl ? 'jisr_node' : 'jisr_office');
    const until = resolved.expiresAt.toISOString();
    return { en: `holds until ${until}`, ar: `صالحة حتى ${until}` };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const reason = error.params['reason'] ?? error.code;
    throw new BrokenLink('chain-invalid', { entity: entityId, reason });
  }
}

async function checkNeighbour({ federation, ledger }: OperatorNeeds, peer: Peer, medianMs: number) {
  const { host, entityId } = peer;
  if (peer.reason !== undefined || peer.answerMs === undefined)
    throw new BrokenLink('neighbour-silent', { host, reason: peer.reason ?? '' });
  const state = (await federation.listStates()).find((one) => new URL(one.entityId).host === host);
  if (!state) throw new BrokenLink('neighbour-unknown', { host });
  const offMs = (peer.skewMs ?? medianMs) - medianMs;
  if (Math.abs(offMs) > clockSkewMaxMs)
    throw new BrokenLink('neighbour-clock-off', { host, seconds: Math.round(offMs / 1_000) });
  const chain = federation.status().find((one) => one.entityId === entityId);
  if (chain?.stale) throw new BrokenLink('neighbour-stale', { host, at: chain.expiresAt.toISOString() });
  const breaches = (await ledger.listBreaches(state.node.ledger_origin)).filter(({ endedAt }) => endedAt === undefined);
  if (breaches.some((breach) => breach.state === 'proven')) throw new BrokenLink('neighbour-forked', { host });
  const rewound = breaches.find((breach) => breach.state === 'confirmed');
  if (rewound)
    throw new BrokenLink('neighbour-rewound', { host, seen: rewound.seenSize, witnessed: rewound.witnessedSize });
  return {
    en: `${state.names.en} answers in ${peer.answerMs} ms, trusted${chain ? ` until ${chain.expiresAt.toISOString()}` : ''}`,
    ar: `تجيب ${state.names.ar} في ${peer.answerMs} م.ث، وهي موثوقة${chain ? ` حتى ${chain.expiresAt.toISOString()}` : ''}`,
  };
}
