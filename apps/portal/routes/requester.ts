import { officeNameOf, type PortalNeeds, stateNameOf } from '../needs.ts';

const portalNames = { ar: 'البوابة الحكومية', en: 'Government portal' };

/** Whoever asks for a sign-in, as people know it: an office, a state's portal, or a service by the name it gives itself. */
export async function requesterOf(needs: PortalNeeds, clientId: string) {
  const office = await officeNameOf(needs, clientId);
  if (office.state.code) return office;
  // A portal is no office: it is named beside the state that it belongs to.
  const states = await needs.federation.listStates();
  const owner = states.find(({ entityId }) => clientId === `${entityId}/portal`);
  if (owner) return { names: portalNames, state: await stateNameOf(needs, owner.state) };
  const { metadata } = await needs.federation.resolve(clientId, 'openid_relying_party');
  const own = metadata['openid_relying_party'] ?? {};
  const en = String(own['client_name'] ?? new URL(clientId).host);
  const names = { en, ar: String(own['client_name#ar'] ?? en) };
  return { names, state: { code: '', names } };
}
