import { describe, expect, test } from 'vitest';
import { memoryKeys } from '#kernel/keys';
import { parseAddCheckpoint } from '../add-checkpoint.ts';
import { fromBase64, toBase64, utf8 } from '../encoding.ts';
import { checkNoteSignature, parseCheckpointText, parseNote, parseVerifierKey } from '../note.ts';

// The example in the documentation of Go's golang.org/x/mod/sumdb/note, made by software that is not ours.
const goKey = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const goNote = `If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`;

describe('signed notes', () => {
  test('a note signed by other software verifies with its verifier key', async () => {
    const key = await parseVerifierKey(goKey);
    expect(key?.name).toBe('PeterNeumann');
    expect(await checkNoteSignature(parseNote(goNote)!, key!)).toEqual({ state: 'valid' });
  });

  test('one changed letter makes the signature invalid, and another key is passed over', async () => {
    const key = (await parseVerifierKey(goKey))!;
    const changed = parseNote(goNote.replace('answer', 'Answer'))!;
    expect(await checkNoteSignature(changed, key)).toEqual({ state: 'invalid' });
    expect(await checkNoteSignature(parseNote(goNote)!, { ...key, name: 'somebody-else' })).toEqual({
      state: 'absent',
    });
  });

  test('a verifier key whose id does not belong to it is not read', async () => {
    expect(await parseVerifierKey(goKey.replace('c74f20a3', 'c74f20a4'))).toBeUndefined();
    expect(await parseVerifierKey(goKey.replace('PeterNeumann', 'PeterNeuman'))).toBeUndefined();
    expect(await parseVerifierKey('')).toBeUndefined();
  });

  test.each([
    ['without signatures', 'text\n'],
    ['with a control character', goNote.replace('answer', 'an\tswer')],
    ['with a carriage return', goNote.replaceAll('\n', '\r\n')],
    ['without the last newline', goNote.slice(0, -1)],
    ['with padding left out', goNote.replace('AM=', 'AM')],
    ['with a hyphen for the dash', goNote.replace('— ', '- ')],
  ])('a note %s is not read', (_, note) => {
    expect(parseNote(note)).toBeUndefined();
  });
});

describe('checkpoints', () => {
  const root = toBase64(new Uint8Array(32));
  test('origin, size and root are read, and extension lines are allowed', () => {
    expect(parseCheckpointText(`bh.example/ledger\n12\n${root}\nextension\n`)).toMatchObject({
      origin: 'bh.example/ledger',
      size: 12,
    });
  });
  test.each([
    ['a leading zero', `o\n012\n${root}\n`],
    ['a size beyond what a number holds', `o\n9007199254740993\n${root}\n`],
    ['a short root', `o\n1\nAAAA\n`],
    ['no origin', `\n1\n${root}\n`],
    ['an empty extension line', `o\n1\n${root}\n\n`],
  ])('%s is refused', (_, text) => {
    expect(parseCheckpointText(text)).toBeUndefined();
  });
});

describe('add-checkpoint bodies', () => {
  const root = toBase64(new Uint8Array(32));
  const note = `o\n1\n${root}\n\n— o ${toBase64(new Uint8Array(68))}\n`;
  test('a well-formed body is read', () => {
    expect(parseAddCheckpoint(utf8(`old 0\n\n${note}`))).toMatchObject({
      oldSize: 0,
      hashes: [],
      checkpoint: { size: 1 },
    });
    expect(parseAddCheckpoint(utf8(`old 1\n${`${root}\n`.repeat(63)}\n${note}`))?.hashes).toHaveLength(63);
  });
  test.each([
    ['more than 63 proof lines', `old 1\n${`${root}\n`.repeat(64)}\n${note}`],
    ['no old size', `\n${note}`],
    ['an old size with a sign', `old +1\n\n${note}`],
    ['a proof line that is no hash', `old 1\nAAAA\n\n${note}`],
    ['no checkpoint', 'old 0\n\n'],
    ['nothing', ''],
  ])('%s is refused', (_, body) => {
    expect(parseAddCheckpoint(utf8(body))).toBeUndefined();
  });
  test('bytes that are no UTF-8 are refused', () => {
    expect(parseAddCheckpoint(Uint8Array.of(0xff, 0xfe, 10, 10))).toBeUndefined();
  });
});

test('base64 has one form only', () => {
  expect(fromBase64('AA==')).toEqual(Uint8Array.of(0));
  for (const other of ['AB==', 'AA', 'AA=', 'A A=', 'AA==\n', '_-==']) expect(fromBase64(other)).toBeUndefined();
});

test('a key of another algorithm cannot sign a ledger', async () => {
  const { createLedger } = await import('../index.ts');
  const es256 = await memoryKeys().signer('ledger', 'ES256');
  expect(() =>
    createLedger({ logSigner: es256, witnessSigner: es256, origin: 'a', witnessName: 'b' } as never),
  ).toThrow(/Ed25519/);
});
