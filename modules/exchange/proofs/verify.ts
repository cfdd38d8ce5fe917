import type { Text } from '#kernel/languages';
import type { describeCheckpoint, verifyInclusionProof, verifyOpening } from '#modules/ledger';
import { answerLabel, clockSkewSeconds, questionLabel } from '#protocol/exchange-message';
import type { ProofFile } from '#protocol/proof-file';
import { canonicalText, fromBase64, readObject, sha256, toBase64, toHex, utf8 } from './bytes.ts';
import { isValidAt, type KeptChain, type PolicyTools, type TrustedAnchor, verifyKeptChain } from './chains.ts';
import {
  type EntriesByRole,
  type EntryRole,
  type ExchangeFacts,
  readFacts,
  readProofFile,
  sortEntries,
} from './reading.ts';
import { type FindKey, type MessageReading, readJws, verifyMessage } from './signed.ts';

export { looksLikeProofFile } from './reading.ts';

/** Whom the reader trusts, and how many other states must have cosigned each entry's checkpoint. */
export type ProofTrust = { anchor: TrustedAnchor; quorum: number };

/** What the verifier borrows: the ledger's checks and federation's rules. All of it runs in a browser. */
export type ProofTools = PolicyTools & {
  verifyOpening: typeof verifyOpening;
  verifyInclusionProof: typeof verifyInclusionProof;
  describeCheckpoint: typeof describeCheckpoint;
};

export type LinkId =
  | 'file'
  | 'chains'
  | 'asking-office'
  | 'asking-state'
  | 'answering-office'
  | 'answering-state'
  | 'question-signature'
  | 'answer-signature'
  | 'answer-bound'
  | 'question-body'
  | 'answer-body'
  | 'values'
  | `${EntryRole}-${'opening' | 'inclusion' | 'checkpoint' | 'cosigned'}`
  | 'times'
  | 'consent-receipt';

/**
 * `holds`: checked. `broken`: contradicts itself or what is trusted. `missing`: needed and not yet there; `where` says who has
 * it. `absent`: not in this file, and the rest stands without it.
 */
export type Link = {
  id: LinkId;
  state: 'holds' | 'broken' | 'missing' | 'absent';
  /** A short code for the operator, no sentence. */
  why?: string;
  where?: string;
  /** Cosignatures of different states, where that is what was counted. */
  count?: number;
};

/** What the file says. To be believed as far as the verdict goes; names are those that the trust chains show. */
export type ProvedFacts = ExchangeFacts & {
  requesterNames?: Text;
  providerNames?: Text;
  values?: Record<string, unknown>;
  anchor?: string;
};

export type ProofVerdict = {
  state: 'whole' | 'incomplete' | 'broken';
  links: Link[];
  /** The first link that does not hold, in the order in which they lean on each other. */
  firstBroken?: LinkId;
  facts?: ProvedFacts;
};

/**
 * Checks a proof file offline, in Node and in browsers, link by link: file, chains up to the anchor, both signatures, the
 * answer's tie to the question, bodies or digests, values, and for each entry opening, inclusion, checkpoint and cosignatures.
 * Never throws on a bad file.
 */
export async function verifyProofFile(text: string, trust: ProofTrust, tools: ProofTools): Promise<ProofVerdict> {
  const file = readProofFile(text);
  const entries = file && sortEntries(file);
  const main = entries?.answered ?? entries?.received;
  if (!file || !entries || !main) return conclude([{ id: 'file', state: 'broken', why: 'form' }]);
  const facts = readFacts(file, entries);
  if ('differs' in facts)
    return conclude([
      { id: 'file', state: 'holds' },
      { id: `${facts.differs}-opening`, state: 'broken', why: 'record' },
    ]);
  return checkLinks(file, entries, facts, trust, tools);
}

async function checkLinks(
  file: ProofFile,
  entries: EntriesByRole,
  facts: ExchangeFacts,
  trust: ProofTrust,
  tools: ProofTools,
): Promise<ProofVerdict> {
  const readings = await Promise.all(file.chains.map((tokens) => verifyKeptChain(tokens, trust.anchor, tools)));
  const chains = readings.filter((reading) => typeof reading !== 'string');
  const used = new Set<KeptChain>();
  const use = (entityId: string, at: number, suits: (chain: KeptChain) => boolean = () => true) => {
    const suitable = chains.filter((one) => one.entityId === entityId && isValidAt(one, at) && suits(one));
    for (const chain of suitable) used.add(chain);
    return suitable[0];
  };
  const keysOf = (chain: KeptChain | undefined) => chain?.metadata['jisr_office']?.['jwks']?.keys;
  const hasKey = (keyid: string) => (chain: KeptChain) =>
    Array.isArray(keysOf(chain)) && keysOf(chain).some((key: { kid?: unknown }) => key.kid === keyid);

  const { question, answer } = file;
  const request = { method: question.method, url: question.target, headers: question.headers };
  const offices: { asking?: KeptChain; answering?: KeptChain } = {};
  const findKeyOf =
    (side: 'asking' | 'answering', entityId: string): FindKey =>
    async (keyid, created) => {
      const chain = use(entityId, created, hasKey(keyid));
      if (chain) offices[side] = chain;
      return keysOf(chain)?.find((key: { kid?: unknown }) => key.kid === keyid);
    };
  const asked = await verifyMessage(
    request,
    question.headers['content-digest'],
    questionLabel,
    findKeyOf('asking', facts.requester),
  );
  const answered = answer
    ? await verifyMessage(
        { status: answer.status, headers: answer.headers, request },
        answer.headers['content-digest'],
        answerLabel,
        findKeyOf('answering', facts.provider),
      )
    : undefined;
  const at = asked.state === 'holds' ? asked.created : secondsOf(facts.answeredAt ?? facts.receivedAt);
  offices.answering ??= use(facts.provider, at);
  const states = {
    asking: offices.asking && use(offices.asking.superior, at, isState),
    answering: offices.answering && use(offices.answering.superior, at, isState),
  };

  // A refusal is not kept by the side that gives it: its entry in the log is the proof.
  const isRefused = !answer && entries.answered?.opening.record['kind'] === 'evidence-refused';
  const unanswered = (id: LinkId): Link => (isRefused ? { id, state: 'absent' } : missing(id));
  const links: Link[] = [
    { id: 'asking-office', ...officeState(offices.asking, question.headers['x-road-client']) },
    stateLink('asking-state', states.asking),
    { id: 'answering-office', ...providerState(offices.answering, states.answering, file, facts) },
    stateLink('answering-state', states.answering),
    messageLink('question-signature', asked, offices.asking),
    answered ? messageLink('answer-signature', answered, offices.answering) : unanswered('answer-signature'),
    answered?.state === 'holds'
      ? { id: 'answer-bound', ...(answered.isBound ? holds : broken('components')) }
      : unanswered('answer-bound'),
    await bodyLink('question-body', question),
    answer ? await bodyLink('answer-body', answer) : { id: 'answer-body', state: 'absent' },
    await valuesLink(file, entries),
  ];
  for (const role of ['asked', 'received', 'answered'] as const) {
    const state = states[role === 'answered' ? 'answering' : 'asking'];
    links.push(...(await entryLinks(role, file, entries, { state, states: chains, trust, tools, used })));
  }
  links.push({ id: 'times', ...timesState(asked, answered, facts) });
  links.push(await receiptLink(file, facts, states.answering));

  const wrong = readings.find((reading) => typeof reading === 'string');
  const isUnused = chains.some((chain) => !used.has(chain)) || new Set(chains.map((one) => one.anchor)).size > 1;
  const chainsLink: Link = {
    id: 'chains',
    ...(wrong !== undefined ? broken(wrong as string) : isUnused ? broken('unused') : holds),
  };
  return conclude([{ id: 'file', state: 'holds' }, chainsLink, ...links], {
    ...facts,
    ...namesOf('requesterNames', offices.asking),
    ...namesOf('providerNames', offices.answering),
    ...(file.values ? { values: file.values.fields } : {}),
    ...(chains[0] ? { anchor: chains[0].anchor } : {}),
  });
}

const holds = { state: 'holds' } as const;
const broken = (why: string) => ({ state: 'broken', why }) as const;
const missing = (id: LinkId, where?: string): Link => ({ id, state: 'missing', ...(where ? { where } : {}) });
const isState = (chain: KeptChain) => chain.metadata['jisr_node'] !== undefined;
const secondsOf = (moment: string | undefined) => Math.floor(Date.parse(moment ?? '') / 1000);

function conclude(links: Link[], facts?: ProofVerdict['facts']): ProofVerdict {
  const firstBroken = links.find(({ state }) => state === 'broken')?.id;
  const isIncomplete = links.some(({ state }) => state === 'missing');
  return {
    state: firstBroken ? 'broken' : isIncomplete ? 'incomplete' : 'whole',
    links,
    ...(firstBroken ? { firstBroken } : {}),
    ...(facts ? { facts } : {}),
  };
}

function namesOf(member: 'requesterNames' | 'providerNames', office: KeptChain | undefined) {
  const { ar, en } = office?.metadata['jisr_office']?.['names'] ?? {};
  return typeof ar === 'string' && typeof en === 'string' ? { [member]: { ar, en } } : {};
}

function officeState(office: KeptChain | undefined, xRoadClient: string): Omit<Link, 'id'> {
  if (!office) return { state: 'missing' };
  return office.metadata['jisr_office']?.['x_road_client'] === xRoadClient ? holds : broken('x-road-client');
}

/** The question went to the address of this office at this state: else the answer would be somebody else's. */
function providerState(
  office: KeptChain | undefined,
  state: KeptChain | undefined,
  file: ProofFile,
  facts: ExchangeFacts,
): Omit<Link, 'id'> {
  if (!office || !state) return { state: 'missing' };
  const endpoint = String(state.metadata['jisr_node']?.['exchange_endpoint']).replace(/\/$/, '');
  const service = `${office.metadata['jisr_office']?.['x_road_client']}/registry/${facts.evidenceType}`;
  return file.question.target === `${endpoint}/${service}` ? holds : broken('address');
}

function stateLink(id: LinkId, state: KeptChain | undefined): Link {
  return state ? { id, state: 'holds' } : missing(id);
}

function messageLink(id: LinkId, reading: MessageReading, office: KeptChain | undefined): Link {
  if (reading.state === 'holds') return { id, state: 'holds' };
  return reading.why === 'keyid' && !office ? missing(id) : { id, ...broken(reading.why) };
}

async function bodyLink(id: LinkId, message: { headers: { 'content-digest': string }; body?: string }): Promise<Link> {
  if (message.body === undefined) return { id, state: 'absent' };
  const digest = `sha-256=:${toBase64(await sha256(utf8(message.body)))}:`;
  return { id, ...(digest === message.headers['content-digest'] ? holds : broken('digest')) };
}

/** The values against the commitment in the answering state's entry, and against the answer's own words where these are there. */
async function valuesLink(file: ProofFile, entries: EntriesByRole): Promise<Link> {
  const { values, answer } = file;
  const entry = entries.answered;
  if (answer?.body !== undefined && answer.status === 200) {
    const said = readObject(answer.body);
    const receipt = said?.['receipt'] as Record<string, unknown> | undefined;
    const isSame =
      said?.['questionId'] === entry?.opening.record['questionId'] &&
      said?.['provider'] === entry?.opening.record['provider'] &&
      receipt?.['leafHash'] === entry?.leafHash &&
      receipt?.['salt'] === entry?.opening.salt &&
      canonicalText(receipt?.['record']) === canonicalText(entry?.opening.record) &&
      (!values ||
        (receipt?.['valuesSalt'] === values.salt && canonicalText(said?.['fields']) === canonicalText(values.fields)));
    if (!isSame) return { id: 'values', ...broken('answer') };
  }
  if (!values) return { id: 'values', state: 'absent' };
  const salt = fromBase64(values.salt);
  const text = canonicalText(values.fields);
  if (!salt || salt.length < 16 || text === undefined) return { id: 'values', ...broken('form') };
  const commitment = toBase64(await sha256(salt, utf8(text)));
  return { id: 'values', ...(commitment === entry?.opening.record['valuesCommitment'] ? holds : broken('commitment')) };
}

type EntryGround = {
  /** The state in whose log the entry has to be. */
  state: KeptChain | undefined;
  states: KeptChain[];
  trust: ProofTrust;
  tools: ProofTools;
  used: Set<KeptChain>;
};

async function entryLinks(
  role: EntryRole,
  file: ProofFile,
  entries: EntriesByRole,
  { state, states, trust, tools, used }: EntryGround,
): Promise<Link[]> {
  const entry = entries[role];
  const [opening, inclusion, checkpoint, cosigned] = (['opening', 'inclusion', 'checkpoint', 'cosigned'] as const).map(
    (part) => `${role}-${part}` as const,
  ) as [LinkId, LinkId, LinkId, LinkId];
  if (!entry) return role === 'answered' ? [missing(opening)] : [{ id: opening, state: 'absent' }];
  if (!(await tools.verifyOpening(entry.leafHash, entry.opening))) return [{ id: opening, ...broken('commitment') }];
  if (!(await agreesWithMessages(role, file, entries))) return [{ id: opening, ...broken('record') }];
  const links: Link[] = [{ id: opening, state: 'holds' }];
  const node = state?.metadata['jisr_node'];
  const where = node && `${String(node['ledger_endpoint']).replace(/\/$/, '')}/proof/${entry.leafHash}`;
  if (!entry.inclusion || !node || !state)
    return [...links, missing(inclusion, where), missing(checkpoint, where), missing(cosigned, where)];

  const proof = { ...entry.inclusion, leafHash: entry.leafHash, opening: entry.opening } as Parameters<
    typeof verifyInclusionProof
  >[0];
  const verdict = await tools.verifyInclusionProof(proof, {
    logKey: String(node['ledger_key']),
    witnesses: [],
    quorum: 0,
  });
  if (!verdict.ok)
    return [
      ...links,
      { id: verdict.reason === 'log-signature-invalid' ? checkpoint : inclusion, ...broken(verdict.reason) },
    ];
  links.push({ id: inclusion, state: 'holds' }, { id: checkpoint, state: 'holds' });

  const witnesses = states.filter((one) => isState(one) && one.entityId !== state.entityId);
  const keyOf = (one: KeptChain) => String(one.metadata['jisr_node']!['witness_key']);
  const described = await tools.describeCheckpoint(proof.checkpoint, [...new Set(witnesses.map(keyOf))]);
  const cosigners = new Set<string>();
  let isKnown = true;
  for (const { name, cosignedAt } of described?.cosignatures ?? []) {
    const vouching = witnesses.filter((one) => keyOf(one).split('+')[0] === name && isValidAt(one, cosignedAt));
    if (vouching.length === 0) isKnown = false;
    for (const witness of vouching) {
      used.add(witness);
      cosigners.add(witness.entityId);
    }
  }
  // A line that nobody vouches for proves nothing, and could be anything: a file has none.
  const lines = proof.checkpoint.slice(proof.checkpoint.lastIndexOf('\n\n') + 2).split('\n').length - 1;
  if (!isKnown || lines !== 1 + cosigners.size) return [...links, { id: cosigned, ...broken('cosignature-unknown') }];
  const isEnough = cosigners.size >= trust.quorum;
  links.push(
    isEnough
      ? { id: cosigned, state: 'holds', count: cosigners.size }
      : { ...missing(cosigned, where), count: cosigners.size },
  );
  return links;
}

async function agreesWithMessages(role: EntryRole, file: ProofFile, entries: EntriesByRole): Promise<boolean> {
  const { record } = entries[role]!.opening;
  const { question, answer } = file;
  if (role === 'asked') return true;
  if (role === 'received')
    return (
      record['answerDigest'] === answer?.headers['content-digest'] &&
      (!entries.answered || record['providerLeafHash'] === entries.answered.leafHash)
    );
  if (question.body === undefined) return true;
  return record['questionDigest'] === toHex(await sha256(utf8(`${question.target}\n${question.body}`)));
}

/**
 * Noted, asked, answered, received, in this order with clocks a minute apart. A question that is asked once more after a crash
 * is signed anew for an answer given before, so only the two signatures are compared with each other.
 */
function timesState(
  asked: MessageReading,
  answered: MessageReading | undefined,
  facts: ExchangeFacts,
): Omit<Link, 'id'> {
  if (asked.state !== 'holds') return { state: 'missing' };
  const [notedAt, answeredAt, receivedAt] = [facts.askedAt, facts.answeredAt, facts.receivedAt].map(
    (moment) => moment && secondsOf(moment),
  );
  const signedAt = answered?.state === 'holds' ? answered.created : undefined;
  const pairs = [
    [notedAt, asked.created],
    [notedAt, answeredAt],
    [answeredAt, signedAt],
    [asked.created, signedAt],
    [signedAt, asked.expires],
    [signedAt, receivedAt],
  ];
  for (const [earlier, later] of pairs) {
    if (earlier === undefined || later === undefined || earlier === '' || later === '') continue;
    if (!(Number(earlier) <= Number(later) + clockSkewSeconds)) return broken('order');
  }
  return holds;
}

async function receiptLink(file: ProofFile, facts: ExchangeFacts, state: KeptChain | undefined): Promise<Link> {
  const id = 'consent-receipt';
  if (file.consentReceipt === undefined) return { id, state: 'absent' };
  const receipt = readJws(file.consentReceipt, 'consent-receipt+jwt');
  const keys = state?.metadata['jisr_node']?.['receipt_keys']?.keys;
  if (!receipt || !Array.isArray(keys) || !(await receipt.isSignedBy(keys))) return { id, ...broken('signature') };
  const { record_id, purposes } = receipt.payload;
  const covers =
    record_id === facts.consentId &&
    Array.isArray(purposes) &&
    purposes.some(
      (one) =>
        one.purpose === facts.purpose &&
        one.evidence_type === facts.evidenceType &&
        one.case_id === facts.caseId &&
        one.pii_controllers?.includes?.(facts.requester) &&
        facts.fields.every((field) =>
          one.pii_information?.some?.(
            (info: { pii_attribute: string; pii_approved: boolean }) =>
              info.pii_attribute === field && info.pii_approved,
          ),
        ),
    );
  return { id, ...(covers ? holds : broken('consent')) };
}
