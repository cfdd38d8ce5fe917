import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

const settings = `
[req]
distinguished_name = dn
prompt = no
[dn]
CN = Foreign time-stamps
[ca]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
[stamping]
basicConstraints = CA:false
extendedKeyUsage = critical, timeStamping
[not-critical]
basicConstraints = CA:false
extendedKeyUsage = timeStamping
[other-purpose]
basicConstraints = CA:false
extendedKeyUsage = critical, timeStamping, codeSigning
[no-purpose]
basicConstraints = CA:false
[tsa]
default_tsa = authority
[authority]
dir = .
serial = serial
crypto_device = builtin
default_policy = 1.2.3.4.1
digests = sha256, sha384
signer_digest = sha256
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`;

/** A time-stamping authority that is all openssl: its own root, key and \`openssl ts -reply\`. */
export function openOpensslAuthority(key: 'rsa' | 'ec', essDigest = 'sha256') {
  const folder = mkdtempSync(join(tmpdir(), 'jisr-openssl-tsa-'));
  const run = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe', timeout: 20_000 });
  writeFileSync(
    join(folder, 'tsa.cnf'),
    settings.replace('ess_cert_id_alg = sha256', `ess_cert_id_alg = ${essDigest}`),
  );
  writeFileSync(join(folder, 'serial'), '01\n');
  const certify = (name: string, extensions: string) =>
    run(
      ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'root.pem', '-CAkey', 'root.key', '-CAcreateserial'],
      ...['-days', '20', '-extfile', 'tsa.cnf', '-extensions', extensions, '-out', `${name}.pem`],
    );
  const newKey = key === 'rsa' ? ['rsa:2048'] : ['ec', '-pkeyopt', 'ec_paramgen_curve:P-384'];
  const request = (name: string, subject: string) =>
    run(
      'req',
      '-new',
      '-newkey',
      ...newKey,
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      subject,
      '-config',
      'tsa.cnf',
    );
  request('root', '/CN=Foreign root');
  run(
    'x509',
    '-req',
    '-in',
    'root.csr',
    '-signkey',
    'root.key',
    '-days',
    '30',
    '-extfile',
    'tsa.cnf',
    '-extensions',
    'ca',
    '-out',
    'root.pem',
  );
  request('own', '/CN=Foreign time-stamps');
  certify('own', 'stamping');
  const read = (name: string) => readFileSync(join(folder, name));
  return {
    root: read('root.pem').toString(),
    certificate: read('own.pem').toString(),
    reply(query: Buffer): Buffer {
      writeFileSync(join(folder, 'query.tsq'), query);
      run(
        'ts',
        '-reply',
        '-config',
        'tsa.cnf',
        '-queryfile',
        'query.tsq',
        '-signer',
        'own.pem',
        '-inkey',
        'own.key',
        '-out',
        'reply.tsr',
      );
      return read('reply.tsr');
    },
    /** A certificate of this root for a private key in a file; `extensions` names what it may do. */
    certify(keyFile: string, extensions: 'stamping' | 'not-critical' | 'other-purpose' | 'no-purpose'): string {
      run('req', '-new', '-key', keyFile, '-out', 'other.csr', '-subj', '/CN=Other', '-config', 'tsa.cnf');
      certify('other', extensions);
      return read('other.pem').toString();
    },
    /** What openssl itself finds of a token over some text. */
    judge(token: Buffer, text: string, root: string): string {
      writeFileSync(join(folder, 'token.der'), token);
      writeFileSync(join(folder, 'text.txt'), text);
      writeFileSync(join(folder, 'judge-root.pem'), root);
      const args = ['ts', '-verify', '-data', 'text.txt', '-token_in', '-in', 'token.der', '-CAfile', 'judge-root.pem'];
      const { stdout, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8', timeout: 20_000 });
      return stdout + stderr;
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
export type OpensslAuthority = ReturnType<typeof openOpensslAuthority>;
