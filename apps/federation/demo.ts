import { join } from 'node:path';
import { createHttpClient } from '#kernel/http-client';
import { formatProofText, verifyInclusionProof } from '#modules/ledger';
import { readLauncherConfig } from './config.ts';
import { apply, degreeAnswers, type JourneyNeeds, signIn, waitForDocument } from './journey.ts';
import {
  isWorthShowing,
  prepareEmbeddedDatabases,
  prepareFederation,
  type RunningFederation,
  type SampleNode,
  spawnNodes,
  startInTurn,
  waitForHealth,
  waitUntilAcquainted,
} from './launcher.ts';
import { samplePeople } from './phone.ts';
import { initialiseTemplate } from './template.ts';
import { createVisitor, titleOf, type Visitor } from './visitor.ts';

const journey = 'degree-recognition';
// Its nodes run beside others on this machine: their operator addresses take any free port.
const config = { ...readLauncherConfig(join(import.meta.dirname, '..', '..')), operatorPortOf: () => 0 };
const http = createHttpClient({ timeoutMs: 30_000 });
const startedAt = performance.now();
/** What this demo started itself and stops at its end. */
const own: RunningFederation[] = [];

try {
  const facts = await run();
  console.log(
    JSON.stringify({
      journey,
      ok: true,
      seconds: Number(((performance.now() - startedAt) / 1000).toFixed(1)),
      ...facts,
    }),
  );
} catch (error) {
  console.error(error);
  console.log(JSON.stringify({ journey, ok: false, error: (error as Error).message }));
  process.exitCode = 1;
} finally {
  await Promise.all(own.map((one) => one.stop()));
  await http.close();
}

async function run() {
  const nodes = await prepareFederation(config);
  await ensureRunning(nodes);
  const url = (id: string) => nodes.find((node) => node.id === id)!.publicUrl;
  const person = samplePeople(config.statesFolder).find(({ key }) => key === 'fatima')!;
  const visitor = createVisitor(http, 'en');
  visitor.onHop = ({ method, url: address, status }) => {
    const { host, pathname } = new URL(address);
    console.log(`      ${String(status)} ${method.padEnd(4)} ${host}${pathname}`);
  };
  const needs: JourneyNeeds = {
    visitor,
    person,
    homeUrl: url('bh'),
    serviceUrl: url('sa'),
    homeState: 'BH',
    serviceId: journey,
    leaveOut: ['degree-record/gpa', 'degree-record/gpa_scale'],
    tell: (step) => console.log(`  → ${step}`),
  };

  heading('1. She finds the service in the Saudi portal');
  const found = await visitor.open(`${url('sa')}/services?q=${encodeURIComponent('معادلة شهادة')}`);
  expect(found.html.querySelectorAll(`a[href*="/services/${journey}"]`).length > 0, 'the search finds the service');

  heading('2. She signs in with the Bahraini eID');
  await signIn(needs, url('sa'), `/services/${journey}`);

  heading('3. to 5. She consents, the two nodes exchange, she answers the rest and sends it');
  const page = await apply(needs, degreeAnswers);
  const caseUrl = page.url;

  await tellWhatCrossed(visitor, caseUrl.replace('/cases/', '/api/cases/'));

  heading('6. The decision arrives as a sealed PDF and as a credential in her wallet');
  await waitForDocument(visitor, caseUrl);
  const pdf = (await visitor.open(`${caseUrl}/document.pdf`)).body;
  const genuine = await verify(url('ae'), pdf);
  expect(genuine.ok, `another state's node accepts the PDF (${genuine.code})`);
  const changed = Buffer.from(pdf);
  changed[Math.floor(changed.length / 2)]! ^= 1;
  const refused = await verify(url('ae'), changed);
  expect(!refused.ok, `and refuses it with one bit changed: ${refused.sentence.en}`);
  await visitor.open(caseUrl);
  await visitor.submit('/wallet');
  if (visitor.current().url.includes('/signin')) {
    // Her wallet is at home, where she has not opened the portal yet: the identity session makes this one click.
    await visitor.submit('/signin', { state: 'BH' });
  }
  const held = await visitor.submit('/wallet/offer');
  expect(held.status === 200 && /\/wallet\/[0-9a-f-]{36}$/.test(held.url), `the wallet holds "${titleOf(held)}"`);

  heading('7. At home: every use of her data, proved, and the consent withdrawn');
  const mine = await visitor.open(`${url('bh')}/my-data`);
  const proofLinks = mine.html.querySelectorAll('a[href*="/proof"]').map((link) => link.getAttribute('href')!);
  expect(proofLinks.length > 0, 'my data lists the uses');
  const proofUrl = new URL(proofLinks[0]!, mine.url).href;
  const proof = await waitForProof(visitor, proofUrl);
  console.log(
    proof.text
      .split('\n')
      .map((line) => `      | ${line}`)
      .join('\n'),
  );
  expect(proof.ok, `the proof holds; cosigned by ${proof.cosignedBy.join(', ')}`);

  heading('8. She applies again, and takes her consent back before the office has asked');
  await visitor.open(`${url('sa')}/services/${journey}`);
  await visitor.submit('/start');
  await visitor.submit('/evidence');
  const receipt = await visitor.submit('/consent', { decision: 'allow' });
  const onward = receipt.html.querySelector('a[href*="/eid/auth/"]')!.getAttribute('href')!;
  const consents = await visitor.open(`${url('bh')}/my-data`);
  await visitor.open(consents.html.querySelector('a[href$="/withdraw"]')!.getAttribute('href')!);
  await visitor.submit('/withdraw');
  const failed = await visitor.open(onward);
  const told = failed.html.querySelector('main [role=status], main [role=alert]')?.text.trim() ?? '';
  expect(/withdr/i.test(told), `the very next question is refused: ${told}`);
  return {
    case: new URL(caseUrl).pathname.split('/').at(-1),
    pdfBytes: pdf.length,
    cosignedBy: proof.cosignedBy.length,
  };
}

/** Uses what runs already; otherwise starts a federation of its own and stops it at the end. */
async function ensureRunning(nodes: SampleNode[]): Promise<void> {
  if (await waitForHealth(nodes[0]!, http, 500)) return;
  heading('0. Nothing is running here: starting a federation for this demo');
  if (!config.databaseUrl) await prepareEmbeddedDatabases(nodes, config.dataFolder, initialiseTemplate);
  const start = (node: SampleNode) => {
    const one = spawnNodes(
      [node],
      config,
      (id, line) => {
        if (isWorthShowing(line, 50)) console.log(`[${id}] ${line}`);
      },
      (id) => console.error(`The node ${id} ended by itself.`),
    );
    own.push(one);
  };
  const health = await startInTurn(nodes, start, http);
  expect(
    health.every(({ isHealthy }) => isHealthy),
    'every node answers',
  );
  expect(await waitUntilAcquainted(nodes, http, 180_000), 'and every state knows the others');
}

type CaseEvidence = {
  evidence: Array<{
    evidenceType: string;
    questionId: string;
    providerOffice: string;
    fields: Array<{ name: string }>;
    receipts: {
      theirs: { leafHash: string };
      own: { leafHash: string };
      signatures: Record<'question' | 'answer', Record<string, string>>;
    };
  }>;
};

/** Names of fields and signatures; the values are the person's. */
async function tellWhatCrossed(visitor: Visitor, address: string): Promise<void> {
  const { evidence } = JSON.parse((await visitor.fetchJson(address)).body.toString('utf8')) as CaseEvidence;
  console.log('\n  What crossed the border:');
  for (const one of evidence) {
    console.log(`    question ${one.questionId} to ${one.providerOffice}`);
    console.log(`      asked   ${one.evidenceType}: ${one.fields.map((field) => field.name).join(', ')}`);
    for (const side of ['question', 'answer'] as const)
      for (const [name, value] of Object.entries(one.receipts.signatures[side]))
        if (/signature|digest/i.test(name))
          console.log(`      ${side.padEnd(8)} ${name}: ${value.slice(0, 140)}${value.length > 140 ? '…' : ''}`);
    console.log(`      in the log of the answering state as ${one.receipts.theirs.leafHash}`);
    console.log(`      in the log of the asking state as    ${one.receipts.own.leafHash}`);
  }
}

type Report = { ok: boolean; code: string; sentence: { en: string } };

async function verify(nodeUrl: string, content: Buffer): Promise<Report> {
  const answer = await http.request({
    method: 'POST',
    url: `${nodeUrl}/api/verify`,
    headers: { 'content-type': 'application/octet-stream' },
    body: content,
  });
  return JSON.parse(answer.body.toString('utf8')) as Report;
}

async function waitForProof(visitor: ReturnType<typeof createVisitor>, proofUrl: string) {
  for (let attempt = 0; attempt < 60; attempt += 1) {
    const { body } = await visitor.fetchJson(proofUrl);
    const { proof, ...policy } = JSON.parse(body.toString('utf8'));
    if (proof) {
      // The very function that the browser runs.
      const verdict = await verifyInclusionProof(proof, policy);
      if (verdict.ok) return { ok: true, cosignedBy: verdict.cosignedBy, text: formatProofText(proof) };
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return { ok: false, cosignedBy: [] as string[], text: '' };
}

function heading(text: string): void {
  console.log(`\n${text}`);
}

function expect(isTrue: boolean, what: string): void {
  if (!isTrue) throw new Error(`not so: ${what}`);
  console.log(`  ✓ ${what}`);
}
