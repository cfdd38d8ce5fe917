import type { CDPSession, Page } from 'playwright-core';

/** A phone's or laptop's own authenticator, as Chromium plays it: it keeps passkeys and verifies its owner (WebAuthn Level 3 section 11). */
export type VirtualAuthenticator = {
  /** Whether the owner passes the lock of the device from now on. */
  letPass(isVerified: boolean): Promise<void>;
  credentials(): Promise<Array<{ credentialId: string; signCount: number; rpId?: string }>>;
  /** Takes the device out of the browser's reach. */
  remove(): Promise<void>;
};

export async function addAuthenticator(page: Page): Promise<VirtualAuthenticator> {
  const session: CDPSession = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    letPass: async (isUserVerified) => {
      await session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
    },
    credentials: async () =>
      (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials.map(
        ({ credentialId, signCount, rpId }) => ({ credentialId, signCount, ...(rpId ? { rpId } : {}) }),
      ),
    remove: async () => {
      await session.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
    },
  };
}
