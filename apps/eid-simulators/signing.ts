import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { randomToken } from '#kernel/ids';

/** The simulator's key, made at its start, and a second one that nobody publishes, for the fault `wrong-signature`. */
export type Signing = {
  jwks: { keys: JWK[] };
  /** A compact JWS (ES256). */
  sign(payload: Record<string, unknown>, isWrong: boolean): Promise<string>;
};

export async function createSigning(): Promise<Signing> {
  const right = await generateKeyPair('ES256');
  const wrong = await generateKeyPair('ES256');
  const kid = randomToken(9);
  return {
    jwks: { keys: [{ ...(await exportJWK(right.publicKey)), kid, alg: 'ES256', use: 'sig' }] },
    sign: (payload, isWrong) =>
      new SignJWT(payload)
        .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid })
        .sign(isWrong ? wrong.privateKey : right.privateKey),
  };
}
