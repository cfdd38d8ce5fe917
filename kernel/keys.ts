import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  sign as nodeSign,
  verify as nodeVerify,
  randomBytes,
} from 'node:crypto';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { newId } from './ids.ts';

/** ML-DSA-44 (FIPS 204) is safe against quantum computers; its keys are JWKs of the type AKP (draft-ietf-cose-dilithium). */
export type Algorithm = 'ES256' | 'Ed25519' | 'ML-DSA-44';
export type JWK = JsonWebKey & { kid?: string; alg?: string; use?: string; pub?: string };

/** A private key that signs and is never handed out: a file here, an HSM elsewhere. */
export type Signer = {
  name: string;
  /** RFC 7638 thumbprint of the public key. */
  kid: string;
  alg: Algorithm;
  publicJwk: JWK;
  publicKey: KeyObject;
  /** ES256: 64 bytes r‖s (IEEE P1363, as JOSE and RFC 9421 want it); Ed25519: 64 bytes; ML-DSA-44: 2420 bytes. */
  sign(data: Uint8Array): Promise<Buffer>;
};

export type Keys = {
  /** The named key, made at first use. */
  signer(name: string, alg?: Algorithm): Promise<Signer>;
  /** A key for libraries that sign with Web Crypto; not extractable. Same key as `signer(name)` with ES256. */
  cryptoKeyPair(name: string): Promise<CryptoKeyPair>;
  /** The named secret, made at first use; 32 bytes unless told otherwise. */
  secret(name: string, bytes?: number): Promise<Buffer>;
  /** The signing keys that were made so far. */
  list(): Promise<KeyDescription[]>;
};

/** What may be told of a key. `isExposed`: another account than the node's own can read it. */
export type KeyDescription = { name: string; alg: Algorithm; madeAt?: Date; isExposed: boolean };

type Saved = { file: string; madeAt?: Date; isExposed: boolean };
type Store = {
  find(name: string): string | undefined;
  /** Returns what is kept under the name from now on: of two who save at once, what the first saved. */
  save(name: string, content: string): string;
  list(): Saved[];
};

/** Keys in files that only this account can read. Made at first use, so that a key never travels. */
export function openKeyFolder(folder: string): Keys {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  const at = (name: string) => join(folder, safeName(name));
  return keysOn({
    find: (name) => (existsSync(at(name)) ? readFileSync(at(name), 'utf8') : undefined),
    save: (name, content) => {
      const half = `${at(name)}.${newId()}.new`;
      writeFileSync(half, content, { mode: 0o600, flag: 'wx' });
      try {
        // A link, and not a rename: of two processes that start at once, the second takes the key of the first.
        linkSync(half, at(name));
      } catch (error) {
        if ((error as { code?: string }).code !== 'EEXIST') throw error;
      } finally {
        rmSync(half, { force: true });
      }
      return readFileSync(at(name), 'utf8');
    },
    list: () =>
      readdirSync(folder)
        .filter((file) => file.endsWith('.pem'))
        .map((file) => {
          const { mtime, mode } = statSync(join(folder, file));
          return { file, madeAt: mtime, isExposed: process.platform !== 'win32' && (mode & 0o077) !== 0 };
        }),
  });
}

/** Keys that end with the process. */
export function memoryKeys(): Keys {
  const contents = new Map<string, string>();
  return keysOn({
    find: (name) => contents.get(name),
    save: (name, content) => {
      contents.set(name, content);
      return content;
    },
    list: () =>
      [...contents.keys()].filter((file) => file.endsWith('.pem')).map((file) => ({ file, isExposed: false })),
  });
}

function keysOn(store: Store): Keys {
  const privateKey = (name: string, alg: Algorithm): KeyObject => {
    const file = `${name}.${alg.toLowerCase()}.pem`;
    const saved = store.find(file);
    if (saved !== undefined) return createPrivateKey(saved);
    const { privateKey: made } = generate[alg]();
    return createPrivateKey(store.save(file, made.export({ type: 'pkcs8', format: 'pem' }) as string));
  };
  return {
    signer: async (name, alg = 'ES256') => signerOf(name, alg, privateKey(name, alg)),
    cryptoKeyPair: async (name) => {
      const key = privateKey(name, 'ES256');
      const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
      return {
        privateKey: await crypto.subtle.importKey(
          'pkcs8',
          new Uint8Array(key.export({ type: 'pkcs8', format: 'der' })),
          algorithm,
          false,
          ['sign'],
        ),
        publicKey: await crypto.subtle.importKey(
          'spki',
          new Uint8Array(createPublicKey(key).export({ type: 'spki', format: 'der' })),
          algorithm,
          true,
          ['verify'],
        ),
      };
    },
    secret: async (name, bytes = 32) => {
      const file = `${name}.secret`;
      const saved = store.find(file);
      if (saved !== undefined) return Buffer.from(saved, 'base64url');
      return Buffer.from(store.save(file, randomBytes(bytes).toString('base64url')), 'base64url');
    },
    list: async () =>
      store.list().flatMap(({ file, ...rest }) => {
        const alg = algorithms.find((one) => file.endsWith(`.${one.toLowerCase()}.pem`));
        return alg ? [{ name: file.slice(0, -`.${alg}.pem`.length), alg, ...rest }] : [];
      }),
  };
}

const generate = {
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  Ed25519: () => generateKeyPairSync('ed25519'),
  'ML-DSA-44': () => generateKeyPairSync('ml-dsa-44'),
};
const algorithms = Object.keys(generate) as Algorithm[];
const keyTypes = { ES256: 'ec', Ed25519: 'ed25519', 'ML-DSA-44': 'ml-dsa-44' };
const signatureLengths = { ES256: 64, Ed25519: 64, 'ML-DSA-44': 2420 };

function signerOf(name: string, alg: Algorithm, key: KeyObject): Signer {
  const publicKey = createPublicKey(key);
  const bare = publicKey.export({ format: 'jwk' }) as JWK;
  const kid = jwkThumbprint(bare);
  return {
    name,
    kid,
    alg,
    publicKey,
    publicJwk: { ...bare, kid, alg, use: 'sig' },
    // A plain KeyObject and a conversion here: on Node 24 an options object costs more than the conversion does.
    sign: async (data) => (alg === 'ES256' ? derToP1363(nodeSign('sha256', data, key)) : nodeSign(null, data, key)),
  };
}

/** Checks a signature made as `Signer.sign` makes it. False for a wrong key, a wrong length, or changed data. */
export function verifySignature(
  key: JWK | KeyObject,
  alg: Algorithm,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (signature.length !== signatureLengths[alg]) return false;
  const publicKey = 'kty' in key ? publicKeyOf(key) : (key as KeyObject);
  if (publicKey.asymmetricKeyType !== keyTypes[alg]) return false;
  if (alg === 'ES256' && publicKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return false;
  return alg === 'ES256'
    ? nodeVerify('sha256', data, publicKey, p1363ToDer(signature))
    : nodeVerify(null, data, publicKey, signature);
}

const imported = new WeakMap<object, KeyObject>();

/** Importing costs as much as verifying does, so each JWK object is imported once. */
export function publicKeyOf(jwk: JWK): KeyObject {
  const known = imported.get(jwk);
  if (known) return known;
  const { kty, crv, x, y, alg, pub } = jwk;
  const bare = kty === 'AKP' ? { kty, alg, pub } : { kty, crv, x, ...(y ? { y } : {}) };
  const key = createPublicKey({ key: bare as JsonWebKey, format: 'jwk' });
  imported.set(jwk, key);
  return key;
}

/** RFC 7638 section 3: SHA-256 over the required members in lexical order, base64url. */
export function jwkThumbprint(jwk: JWK): string {
  const required =
    jwk.kty === 'AKP'
      ? { alg: jwk.alg, kty: jwk.kty, pub: jwk.pub }
      : jwk.kty === 'EC'
        ? { crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y }
        : { crv: jwk.crv, kty: jwk.kty, x: jwk.x };
  return createHash('sha256').update(JSON.stringify(required)).digest('base64url');
}

/** ECDSA P-256 signature from ASN.1 DER (X9.62) to 64 bytes r‖s. */
export function derToP1363(der: Uint8Array): Buffer {
  const out = Buffer.alloc(64);
  let at = 2;
  for (const end of [32, 64]) {
    if (der[at] !== 0x02) throw new TypeError('not an ECDSA signature in DER');
    const length = der[at + 1]!;
    const integer = der.subarray(at + 2, at + 2 + length);
    const digits = integer[0] === 0 ? integer.subarray(1) : integer;
    out.set(digits, end - digits.length);
    at += 2 + length;
  }
  return out;
}

/** ECDSA P-256 signature from 64 bytes r‖s to ASN.1 DER (X9.62). */
export function p1363ToDer(raw: Uint8Array): Buffer {
  const integers = [raw.subarray(0, 32), raw.subarray(32, 64)].map((half) => {
    let start = 0;
    while (start < 31 && half[start] === 0) start += 1;
    const digits = half.subarray(start);
    const padded = digits[0]! & 0x80 ? Buffer.concat([Buffer.of(0), digits]) : Buffer.from(digits);
    return Buffer.concat([Buffer.of(0x02, padded.length), padded]);
  });
  const body = Buffer.concat(integers);
  return Buffer.concat([Buffer.of(0x30, body.length), body]);
}

function safeName(name: string): string {
  if (!/^[a-z0-9][a-z0-9.-]*$/.test(name)) throw new TypeError(`not a key name: ${name}`);
  return name;
}
