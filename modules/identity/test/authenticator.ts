import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

type Made = { id: Buffer; privateKey: KeyObject; userHandle: Buffer; rpId: string };

/** What a device may do that an honest one does not. */
export type Misdeeds = {
  origin?: string;
  rpId?: string;
  /** Claims no user verification. */
  isUnverified?: boolean;
  counter?: number;
  challenge?: string;
  userHandle?: Buffer;
  type?: string;
};

/**
 * A WebAuthn authenticator in software, for answers that no browser would let a page make (WebAuthn Level 3 sections 6.1 and
 * 6.5, attestation `none`).
 */
export function createAuthenticator(origin: string) {
  const rpId = new URL(origin).hostname;
  let counter = 0;
  let made: Made | undefined;

  const clientData = (type: string, challenge: string, misdeeds: Misdeeds) =>
    Buffer.from(
      JSON.stringify({
        type: misdeeds.type ?? type,
        challenge: misdeeds.challenge ?? challenge,
        origin: misdeeds.origin ?? origin,
        crossOrigin: false,
      }),
    );
  const authenticatorData = (flags: number, misdeeds: Misdeeds, attested = Buffer.alloc(0)) => {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(misdeeds.counter ?? ++counter);
    const given = misdeeds.isUnverified ? flags & ~0x04 : flags;
    return Buffer.concat([
      createHash('sha256')
        .update(misdeeds.rpId ?? rpId)
        .digest(),
      Buffer.from([given]),
      count,
      attested,
    ]);
  };

  return {
    /** Answers `PublicKeyCredentialCreationOptionsJSON`. */
    add(options: { challenge: string; user: { id: string } }, misdeeds: Misdeeds = {}): string {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const id = randomBytes(16);
      made = { id, privateKey, userHandle: Buffer.from(options.user.id, 'base64url'), rpId };
      const { x, y } = publicKey.export({ format: 'jwk' });
      const coseKey = Buffer.concat([
        // A map of five: kty EC2, alg ES256, crv P-256, x, y (RFC 9053 section 7.1.1).
        Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]),
        Buffer.from(x!, 'base64url'),
        Buffer.from([0x22, 0x58, 0x20]),
        Buffer.from(y!, 'base64url'),
      ]);
      const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, coseKey]);
      const authData = authenticatorData(0x45, misdeeds, attested);
      const attestationObject = Buffer.concat([
        Buffer.from([0xa3]),
        text('fmt'),
        text('none'),
        text('attStmt'),
        Buffer.from([0xa0]),
        text('authData'),
        Buffer.from([0x58, authData.length]),
        authData,
      ]);
      return JSON.stringify({
        id: id.toString('base64url'),
        rawId: id.toString('base64url'),
        type: 'public-key',
        response: {
          clientDataJSON: clientData('webauthn.create', options.challenge, misdeeds).toString('base64url'),
          attestationObject: attestationObject.toString('base64url'),
          transports: ['internal'],
        },
        clientExtensionResults: {},
      });
    },
    /** Answers `PublicKeyCredentialRequestOptionsJSON`. */
    answer(options: { challenge: string }, misdeeds: Misdeeds = {}): string {
      if (!made) throw new Error('this authenticator holds no passkey yet');
      const client = clientData('webauthn.get', options.challenge, misdeeds);
      const authData = authenticatorData(0x05, misdeeds);
      const signature = sign(
        'sha256',
        Buffer.concat([authData, createHash('sha256').update(client).digest()]),
        made.privateKey,
      );
      const id = made.id.toString('base64url');
      return JSON.stringify({
        id,
        rawId: id,
        type: 'public-key',
        response: {
          clientDataJSON: client.toString('base64url'),
          authenticatorData: authData.toString('base64url'),
          signature: signature.toString('base64url'),
          userHandle: (misdeeds.userHandle ?? made.userHandle).toString('base64url'),
        },
        clientExtensionResults: {},
      });
    },
    get credentialId(): string {
      return made!.id.toString('base64url');
    },
  };
}

function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 + value.length]), Buffer.from(value)]);
}
