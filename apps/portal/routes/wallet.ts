import { dateIn } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import type { CheckedWalletCredential, WalletCredential } from '#modules/credentials';
import { walletOwnerOf } from '../acting.ts';
import type { Draw } from '../frame.ts';
import { type PortalNeeds, stateNameOf } from '../needs.ts';
import type { CredentialCard, CredentialStatus } from '../pages/index.ts';
import { pages } from '../pages/index.ts';
import type { PageContext, PageRoute } from '../routing.ts';
import { textOf } from './sign-in.ts';
import { readableClaims } from './words.ts';

/** The person's wallet at home: what it holds, and taking in what another state's office offers. */
export function walletRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { wallet } = needs.credentials;

  const card = async (credential: WalletCredential, status: CredentialStatus): Promise<CredentialCard> => ({
    credentialId: credential.walletCredentialId,
    title: credential.typeNames,
    issuer: { names: credential.issuer.names, state: await stateNameOf(needs, credential.issuer.state) },
    issuedAt: credential.addedAt,
    ...(credential.validUntil ? { validUntil: dateIn(credential.validUntil, needs.state.timeZone) } : {}),
    status,
  });

  const showOffer = async (context: PageContext, offerUri: string, problem?: Problem) => {
    const origin = URL.canParse(offerUri) ? new URL(offerUri).origin : '';
    const issuer = (await needs.federation.listStates()).find(({ entityId }) => new URL(entityId).origin === origin);
    const unknown = { ar: 'جهة غير معروفة', en: 'An unknown office' };
    return draw(
      pages.walletOffer,
      {
        offerUri,
        issuer: issuer
          ? { names: issuer.names, state: await stateNameOf(needs, issuer.state) }
          : { names: unknown, state: { code: '', names: unknown } },
        credentials: [{ ar: 'قرار رسمي قابل للتحقق', en: 'A decision that anyone can verify' }],
        ...(problem ? { problem: problem.messages } : {}),
      },
      context,
      problem ? { status: problem.status } : {},
    );
  };

  return [
    {
      method: 'GET',
      path: '/wallet',
      access: 'person',
      handle: async (context) => {
        const { personId } = walletOwnerOf(context.caller);
        const held = await wallet.listCredentials(personId);
        const cards = held.map(async (credential) =>
          card(credential, await statusOf(personId, credential.walletCredentialId)),
        );
        return draw(pages.wallet, { credentials: await Promise.all(cards) }, context);
      },
    },
    {
      method: 'GET',
      path: '/wallet/offer',
      access: 'person',
      handle: (context) => showOffer(context, context.query['credential_offer_uri'] ?? ''),
    },
    {
      method: 'POST',
      path: '/wallet/offer',
      access: 'person',
      handle: async (context) => {
        const offerUri = textOf(context.form['credential_offer_uri']);
        try {
          const held = await wallet.acceptOffer(walletOwnerOf(context.caller).personId, offerUri);
          return { redirect: `/wallet/${held.walletCredentialId}` };
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          return showOffer(context, offerUri, error);
        }
      },
    },
    {
      method: 'GET',
      path: '/wallet/:credentialId',
      access: 'person',
      handle: async (context) => {
        const held: CheckedWalletCredential = await wallet.getCredential(
          walletOwnerOf(context.caller).personId,
          context.params['credentialId']!,
        );
        return draw(
          pages.credential,
          {
            credential: await card(held, held.status),
            claims: readableClaims(held.claims).map(({ claim, label, value }) => ({
              label,
              value,
              isSelective: claim.isDisclosable,
            })),
            raw: await wallet.readCompact(walletOwnerOf(context.caller).personId, held.walletCredentialId),
          },
          context,
        );
      },
    },
  ];

  /** The issuer may be out of reach; the wallet still opens. */
  async function statusOf(personId: string, walletCredentialId: string): Promise<CredentialStatus> {
    return (await wallet.getCredential(personId, walletCredentialId)).status;
  }
}
