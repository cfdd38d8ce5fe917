import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemClock } from '#kernel/clock';
import { newId, randomToken } from '#kernel/ids';
import { memoryKeys, openKeyFolder, type Signer } from '#kernel/keys';
import { questionComponents, questionLabel, questionLifeSecondsMax, questionTag } from '#protocol/exchange-message';
import { contentDigest, signMessage } from '#protocol/http-signatures';
import { changesBetween, faultsOf } from './attack.ts';
import type { World } from './world.ts';

type Question = {
  /** State and office that asks. */
  from: [state: string, office: string];
  /** Signs instead of that office. */
  signer?: Signer;
  questionId?: string;
  body?: string;
  /** Sent instead of the body that was signed. */
  sentBody?: string;
  token?: string;
  createdSecondsAgo?: number;
};

/** A question to the office of BH that holds degrees, signed as the protocol asks. */
export async function askByHand(world: World, question: Question) {
  const [state, office] = question.from;
  const { config } = world.federation;
  const signer =
    question.signer ?? (await openKeyFolder(join(config.dataFolder, state, 'keys')).signer(`office.${office}`));
  const url = `${world.url('bh')}/r1/BH/GOV/moe/registry/degree-record`;
  const body =
    question.body ??
    JSON.stringify({
      evidenceType: 'degree-record',
      fields: ['degree_level'],
      purpose: 'degree-recognition',
      caseId: world.markers.find((marker) => marker.startsWith('SA-'))!,
      consentId: world.ids.bh['consentId'],
    });
  const headers: Record<string, string> = {
    'content-type': 'application/json; charset=utf-8',
    'content-digest': contentDigest(body),
    'x-road-client': `${state.toUpperCase()}/GOV/${office}`,
    'x-road-id': question.questionId ?? newId(),
    'jisr-requester': `${world.url(state)}/offices/${office}`,
    authorization: `DPoP ${question.token ?? 'a.b.c'}`,
    'jisr-authorization-digest': contentDigest(`DPoP ${question.token ?? 'a.b.c'}`),
  };
  const created = Math.floor(systemClock.now().getTime() / 1000) - (question.createdSecondsAgo ?? 0);
  const signed = await signMessage({
    message: { method: 'POST', url, headers },
    label: questionLabel,
    components: questionComponents,
    params: {
      created,
      expires: created + questionLifeSecondsMax,
      nonce: randomToken(16),
      keyid: signer.kid,
      alg: 'ecdsa-p256-sha256',
      tag: questionTag,
    },
    sign: (base) => signer.sign(base),
  });
  const answer = await world.http.request({
    method: 'POST',
    url,
    headers: { ...headers, ...signed },
    body: question.sentBody ?? body,
  });
  return { ...answer, code: JSON.parse(answer.body.toString('utf8')).code as string | undefined };
}

export function attackAsAnotherState(worldOf: () => World): void {
  describe('another state', () => {
    test('gets no answer to a question, whatever it signs, and leaves no trace of one', async () => {
      const world = worldOf();
      const stranger = await memoryKeys().signer('nobody');
      const before = await world.digestOf('bh');
      const cases: Array<[string, Question]> = [
        ['requester-not-entitled', { from: ['sa', 'interior'] }],
        ['requester-not-entitled', { from: ['kw', 'interior'] }],
        ['token-invalid', { from: ['kw', 'moe'] }],
        ['token-invalid', { from: ['sa', 'moe'] }],
        ['signature-invalid', { from: ['sa', 'moe'], signer: stranger }],
        ['signature-invalid', { from: ['sa', 'moe'], sentBody: '{"evidenceType":"degree-record"}' }],
        ['signature-invalid', { from: ['sa', 'moe'], token: 'a.b.c', signer: await officeKey(world, 'kw', 'moe') }],
        ['question-expired', { from: ['sa', 'moe'], createdSecondsAgo: 600 }],
        ['requester-unverifiable', { from: ['sa', 'no-such-office'], signer: stranger }],
        ['question-malformed', { from: ['sa', 'moe'], body: '{' }],
        ['question-malformed', { from: ['sa', 'moe'], questionId: 'x' }],
        ['question-too-large', { from: ['sa', 'moe'], body: `"${'x'.repeat(100_000)}"` }],
      ];
      for (const [code, question] of cases) {
        const answer = await askByHand(world, question);
        // What does not have the form of a question is refused before its signature is looked at.
        const expected = question.sentBody ? ['signature-invalid', 'question-malformed'] : [code];
        expect(expected, JSON.stringify(question.from)).toContain(answer.code);
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect(faultsOf(world, answer)).toEqual([]);
      }
      expect(changesBetween(before, await world.digestOf('bh'))).toEqual([]);
    });

    test('gets no cosignature for a checkpoint that its own key did not sign', async () => {
      const world = worldOf();
      const { url, http } = { url: world.url('bh'), http: world.http };
      const own = (await http.request({ method: 'GET', url: `${world.url('sa')}/ledger/checkpoint` })).body.toString();
      const [origin, size, ...rest] = own.split('\n');
      const foreign = own.replace(origin!, `${new URL(world.url('kw')).host}/ledger`);
      const grown = [origin, String(Number(size) + 1), ...rest].join('\n');
      const send = async (body: string | Buffer) => {
        const answer = await http.request({ method: 'POST', url: `${url}/witness/add-checkpoint`, body });
        expect(faultsOf(world, answer)).toEqual([]);
        return `${answer.status} ${JSON.parse(answer.body.toString('utf8')).code}`;
      };
      expect(await send(`old 0\n\n${foreign}`)).toBe('403 checkpoint-signature-invalid');
      expect(await send(`old 0\n\n${grown}`)).toBe('403 checkpoint-signature-invalid');
      expect(await send(`old 0\n\nelsewhere.example/ledger\n1\n${'A'.repeat(43)}=\n\n— x AAAAAAAA\n`)).toMatch(
        /^40[034] /,
      );
      expect(await send('old -1\n\n')).toBe('400 checkpoint-malformed');
      expect(await send(Buffer.from([0xff, 0xfe, 0x00]))).toBe('400 checkpoint-malformed');
      expect(await send('x'.repeat(16_385))).toBe('413 request-too-large');
    });
  });
}

async function officeKey(world: World, state: string, office: string): Promise<Signer> {
  return openKeyFolder(join(world.federation.config.dataFolder, state, 'keys')).signer(`office.${office}`);
}
