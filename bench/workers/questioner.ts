import { Pool } from 'undici';
import { newId, randomToken } from '#kernel/ids';
import { openKeyFolder } from '#kernel/keys';
import type { AskEvidence } from '#modules/exchange';
import { questionComponents, questionLabel, questionLifeSecondsMax, questionTag } from '#protocol/exchange-message';
import { contentDigest, signMessage } from '#protocol/http-signatures';
import { drive, type Order } from '../exchange/load.ts';

// Questions of one office, signed ahead and then only sent, so that the node that answers is what is measured:
// `node questioner.ts <keys of the asking state> <its address> <address of the answering node> <asks>`.

export type QuestionerOrder = { sign: number } | Order;

const [keyFolder, ownUrl, url, asksText] = process.argv.slice(2) as [string, string, string, string];
const asks = JSON.parse(asksText) as Array<AskEvidence & { consentId: string; accessToken: string }>;
const signer = await openKeyFolder(keyFolder).signer('office.moe');
const path = '/r1/BH/GOV/moe/registry/degree-record';
const pool = new Pool(url.replace(/\/\/[^:]+/, '//127.0.0.1'), { connections: 32 });
let signed: Array<{ headers: Record<string, string>; body: string }> = [];

async function sign(place: number) {
  const { evidenceType, fields, purpose, caseId, consentId, accessToken } = asks[place % asks.length]!;
  const body = JSON.stringify({ evidenceType, fields, purpose, caseId, consentId });
  const authorization = `DPoP ${accessToken}`;
  const headers: Record<string, string> = {
    'content-type': 'application/json; charset=utf-8',
    'content-digest': contentDigest(body),
    'x-road-client': 'SA/GOV/moe',
    'x-road-id': newId(),
    'jisr-requester': `${ownUrl}/offices/moe`,
    authorization,
    'jisr-authorization-digest': contentDigest(authorization),
  };
  const created = Math.floor(Date.now() / 1000);
  const signature = await signMessage({
    message: { method: 'POST', url: `${url}${path}`, headers },
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
  return { headers: { ...headers, ...signature }, body };
}

async function ask(): Promise<void> {
  const question = signed.pop();
  if (!question) throw new Error('more questions were answered than were signed');
  const answer = await pool.request({ method: 'POST', path, ...question });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${text}`);
}

process.on('message', async (order: QuestionerOrder) => {
  if (!('sign' in order)) return process.send!({ figures: await drive(order, ask) });
  signed = [];
  for (let place = 0; place < order.sign; place += 1) signed.push(await sign(place));
  process.send!({ signed: signed.length });
});
process.on('disconnect', () => process.exit(0));
process.send!({ ready: 'questioner' });
