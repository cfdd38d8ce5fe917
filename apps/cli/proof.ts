import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JWK } from '#kernel/keys';
import {
  detailOfLink,
  linesOfFacts,
  nameOfLink,
  type ProofTrust,
  readAuthorities,
  sentenceOfVerdict,
  stateMarks,
  verdictTitles,
  verifyProof,
} from '#modules/exchange';
import { findEvidenceType, findPurpose } from '#protocol/catalogue';
import { type DocumentReference, documentRule } from '#protocol/document';
import type { CliConfig } from './config.ts';

export type ProofOptions = {
  anchor: string | undefined;
  quorum: string | undefined;
  stamped: boolean;
  document: string | undefined;
};

const exitCodes = { whole: 0, broken: 1, incomplete: 3 } as const;

/**
 * Checks a proof file without a network and says each link in a line. Exit code 0: every link holds; 1: one does not; 3:
 * nothing is wrong, but the proof is not complete; 2: it could not be told whom to trust, or a file could not be read. With a
 * document, code 0 also means that it is, byte for byte, one that the answer named.
 */
export async function verifyProofFileHere(config: CliConfig, text: string, options: ProofOptions): Promise<number> {
  const say = (words: { ar: string; en: string }) => words[config.language];
  const trust = readTrust(config, options);
  if (typeof trust === 'string') {
    console.error(trust);
    return 2;
  }
  const verdict = await verifyProof(text, trust);
  console.log(`${say(verdictTitles[verdict.state])}. ${say(sentenceOfVerdict(verdict))}\n`);
  for (const link of verdict.links) {
    const detail = detailOfLink(link);
    console.log(`${stateMarks[link.state]} ${say(nameOfLink(link.id))}${detail ? `: ${say(detail)}` : ''}`);
    if (link.state === 'missing' && link.where) console.log(`    ${link.where}`);
  }
  if (verdict.links.some(({ id, why }) => id === 'chains' && why === 'anchor-not-trusted'))
    console.log(`\n${say(otherAnchor)}`);
  const { facts } = verdict;
  if (facts && verdict.state !== 'broken') {
    const evidence = findEvidenceType(facts.evidenceType)?.names;
    const purpose = findPurpose(facts.purpose)?.names;
    console.log('');
    for (const { label, value } of linesOfFacts(facts)) console.log(`${say(label)}: ${say(value)}`);
    console.log(`${evidence ? say(evidence) : facts.evidenceType} · ${purpose ? say(purpose) : facts.purpose}`);
    console.log(facts.values ? JSON.stringify(facts.values, null, 2) : facts.fields.join(', '));
  }
  if (options.document === undefined || verdict.state === 'broken') return exitCodes[verdict.state];
  const named = await findDocument(options.document, facts?.evidenceType, facts?.values);
  console.log('');
  if (named.isNamed) console.log(`✓ ${say(named.words)}`);
  else console.error(`✗ ${say(named.words)}`);
  return named.isNamed ? exitCodes[verdict.state] : named.code;
}

/** Nothing may be wrong with the file: the reader's copy of the anchor may be older, or younger, than it. */
const otherAnchor = {
  ar: 'تنتهي سلاسل الملف بمفتاح لمرساة الثقة ليس بين المفاتيح التي تثق بها. إن كانت الأمانة العامة قد غيّرت مفتاحها فاطلب منها ملف المرساة من جديد، وفيه المفاتيح السابقة (أو GET /api/federation/anchor من عقدة تثق بها).',
  en: 'The chains in the file end at a key of the anchor that is none of those that you trust. If the secretariat has changed its key, get the file of the anchor from it anew, which has the former ones too (or GET /api/federation/anchor of a node that you trust).',
};

type Named = { words: { ar: string; en: string } } & ({ isNamed: true } | { isNamed: false; code: 1 | 2 });

/** Whether a file is one of the documents that the proved values name, read in pieces, however large it is. */
async function findDocument(file: string, evidenceType = '', values?: Record<string, unknown>): Promise<Named> {
  if (!values)
    return {
      isNamed: false,
      code: 2,
      words: {
        ar: 'لا قيم في هذا الملف، فلا يقول أي وثيقة أُجيب بها. استخدم الملف مع القيم.',
        en: 'This file has no values, so it does not say which document was answered. Use the file with values.',
      },
    };
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const part of createReadStream(file) as AsyncIterable<Buffer>) {
      hash.update(part);
      size += part.length;
    }
  } catch (error) {
    const { message } = error as Error;
    return {
      isNamed: false,
      code: 2,
      words: { ar: `تعذّرت قراءة ${file}: ${message}`, en: `${file} cannot be read: ${message}` },
    };
  }
  const digest = `sha-256=:${hash.digest('base64')}:`;
  const fields = findEvidenceType(evidenceType)?.fields ?? {};
  const found = Object.entries(values).find(([name, value]) => {
    const reference = value as Partial<DocumentReference> | null;
    return documentRule(fields[name]) !== undefined && reference?.digest === digest && reference.size === size;
  });
  if (!found)
    return {
      isNamed: false,
      code: 1,
      words: {
        ar: `${file} ليس وثيقة من هذا الجواب: تغيّر منه شيء، أو هو ملف آخر.`,
        en: `${file} is no document of this answer: something of it was changed, or it is another file.`,
      },
    };
  const { names } = fields[found[0]]!;
  return {
    isNamed: true,
    words: {
      ar: `${file} هو «${names.ar}» في هذا الجواب، بايتًا ببايت.`,
      en: `${file} is the “${names.en}” of this answer, byte for byte.`,
    },
  };
}

/** A file with keys, a thumbprint, or the anchor of the sample federation on this machine. */
function readTrust(config: CliConfig, { anchor, quorum, stamped }: ProofOptions): ProofTrust | string {
  const wanted = quorum === undefined ? 2 : Number(quorum);
  if (!Number.isSafeInteger(wanted) || wanted < 0) return 'How many states must have cosigned is a number: --quorum 2';
  const common = { quorum: wanted, needsStamps: stamped };
  if (anchor === undefined) {
    const known = findSampleAnchor(config);
    return known
      ? { ...known, ...common }
      : 'Say whom you trust: --anchor anchor.json (its keys as JSON), or --anchor and the thumbprint of its key.';
  }
  if (existsSync(anchor)) {
    const read = readAnchor(readFileSync(anchor, 'utf8'));
    return read ? { ...read, ...common } : `${anchor} holds no keys: {"entityId": "…", "keys": [ … ]} is needed.`;
  }
  if (!/^[A-Za-z0-9_-]{43}$/.test(anchor))
    return `${anchor} is neither a file nor the thumbprint of a key (RFC 7638, 43 characters).`;
  return { anchor: { thumbprints: [anchor] }, ...common };
}

/** `timeStampAuthorities` beside the keys are the only ones that count then. */
function readAnchor(text: string): Pick<ProofTrust, 'anchor' | 'authorities'> | undefined {
  try {
    const { entityId, keys, timeStampAuthorities } = JSON.parse(text) as Record<string, unknown>;
    if (!Array.isArray(keys) || keys.length === 0) return undefined;
    return {
      anchor: { ...(typeof entityId === 'string' ? { entityId } : {}), keys: keys as JWK[] },
      ...(timeStampAuthorities === undefined ? {} : { authorities: readAuthorities(timeStampAuthorities) }),
    };
  } catch {
    return undefined;
  }
}

function findSampleAnchor(config: CliConfig): ReturnType<typeof readAnchor> {
  if (!existsSync(config.dataFolder)) return undefined;
  for (const name of readdirSync(config.dataFolder).sort()) {
    const file = join(config.dataFolder, name, 'node.json');
    if (!existsSync(file)) continue;
    const { anchor } = JSON.parse(readFileSync(file, 'utf8')) as { anchor?: object };
    if (anchor) return readAnchor(JSON.stringify(anchor));
  }
  return undefined;
}
