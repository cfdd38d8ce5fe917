import type { KeyObject } from 'node:crypto';
import { ExternalSigningKey } from 'oidc-provider';
import type { Signer } from '#kernel/keys';

/** The key store signs; the library only ever sees the public half. */
export class StoredKey extends ExternalSigningKey {
  readonly #signer: Signer;

  constructor(signer: Signer) {
    super();
    this.#signer = signer;
  }

  override get kid(): string {
    return this.#signer.kid;
  }

  override get alg(): string {
    return this.#signer.alg;
  }

  override keyObject(): KeyObject {
    return this.#signer.publicKey;
  }

  override sign(data: Uint8Array): Promise<Buffer> {
    return this.#signer.sign(data);
  }
}
