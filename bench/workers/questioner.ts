import { Pool } from 'undici';
import { newId, randomToken } from '#kernel/ids';
import { openKeyFolder } from '#kernel/keys';
import {
  lawfulQuestionComponents,
  questionLabel,
  questionLifeSecondsMax,
  questionTag,
} from '#protocol/exchange-message';
import { contentDigest, signMessage } from '#protocol/http-signatures';
import { drive, type Order } from '../exchange/load.ts';

// Questions of one office under a law, signed ahead and then only sent, so that the node that answers is what is measured:
// `node questioner.ts <keys of the asking state> <its address> <address of the answering node> <national numbers>`.

export type QuestionerOrder = { sign: number } | Order;

const [keyFolder, ownUrl, url, numbers] = process.argv.slice(2) as [string, string, string, string];
const nationalIds = numbers.split(',');
const signer = await openKeyFolder(keyFolder).signer('office.interior');
const path = '/r1/BH/GOV/interior/registry/person-identity';
const pool = new Pool(url.replace(/\/\/[^:]+/, '//127.0.0.1'), { connections: 128 });
let signed: Array<{ headers: Record<string, string>; body: string }> = [];

async function sign(place: number) {
  const body = JSON.stringify({
    evidenceType: 'person-identity',
    fields: ['full_name_latin', 'birth_date', 'nationality'],
    purpose: 'insurance-registration',
    caseId: `SA-BENCH-${place}`,
    ground: { law: 'gcc-insurance-extension' },
    person: { nationalId: nationalIds[place % nationalIds.length]!, salt: randomToken(16) },
  });
  const headers: Record<string, string> = {
    'content-type': 'application/json; charset=utf-8',
    'content-digest': contentDigest(body),
    'x-road-client': 'SA/GOV/interior',
    'x-road-id': newId(),
    'jisr-requester': `${ownUrl}/offices/interior`,
  };
  const created = Math.floor(Date.now() / 1000);
  const signature = await signMessage({
    message: { method: 'POST', url: `${url}${path}`, headers },
    label: questionLabel,
    components: lawfulQuestionComponents,
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
