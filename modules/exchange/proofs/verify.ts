import { answerLabel, clockSkewSeconds, questionLabel } from '#protocol/exchange-message';
import type { ProofFile } from '#protocol/proof-file';
import { canonicalText, fromBase64, readObject, sha256, toBase64, utf8 } from './bytes.ts';
import { isValidAt, type KeptChain, verifyKeptChain } from './chains.ts';
import { verifyEntry } from './entries.ts';
import {
  broken,
  holds,
  isState,
  type Link,
  type LinkId,
  missing,
  type ProofTools,
  type ProofTrust,
  type ProofVerdict,
  secondsOf,
} from './links.ts';
import { type EntriesByRole, type ExchangeFacts, readFacts, readProofFile, sortEntries } from './reading.ts';
import { type FindKey, type MessageReading, readJws, readKeys, verifyMessage } from './signed.ts';

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
  const keysOf = (chain: KeptChain | undefined) => readKeys(chain?.metadata['jisr_office']?.['jwks']);
  const hasKey = (keyid: string) => (chain: KeptChain) => keysOf(chain).some(({ kid }) => kid === keyid);

  const { question, answer } = file;
  const request = { method: question.method, url: question.target, headers: question.headers };
  const offices: { asking?: KeptChain; answering?: KeptChain } = {};
  const findKeyOf =
    (side: 'asking' | 'answering', entityId: string): FindKey =>
    async (keyid, created) => {
      const chain = use(entityId, created, hasKey(keyid));
      if (chain) offices[side] = chain;
      return keysOf(chain).find(({ kid }) => kid === keyid);
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
    links.push(...(await verifyEntry(role, file, entries, { state, states: chains, trust, tools, used })));
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
  const keys = readKeys(state?.metadata['jisr_node']?.['receipt_keys']);
  if (!receipt || !(await receipt.isSignedBy(keys))) return { id, ...broken('signature') };
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
