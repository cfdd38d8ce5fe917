import type { Look, Office, StateDescription } from '#apps/state-node';
import type { Clock } from '#kernel/clock';
import { plainName, type Text } from '#kernel/languages';
import type { Log } from '#kernel/log';
import type { Apps } from '#modules/apps';
import type { Cases } from '#modules/cases';
import type { Catalogue } from '#modules/catalogue';
import type { ConsentDoor } from '#modules/consent';
import type { Credentials } from '#modules/credentials';
import type { Events } from '#modules/events';
import type { ExchangeDoor } from '#modules/exchange';
import type { AppTier, Federation, KnownAnchorKeys } from '#modules/federation';
import type { Identity, RelyingParty } from '#modules/identity';
import type { Insights } from '#modules/insights';
import type { Ledger } from '#modules/ledger';
import type { Mandates } from '#modules/mandates';
import type { Matching } from '#modules/matching';
import type { Notifications } from '#modules/notifications';
import type { Offers } from '#modules/offers';
import type { Payments } from '#modules/payments';
import type { Publishing } from '#modules/publishing';
import type { Sharing } from '#modules/sharing';
import type { Signatures } from '#modules/signatures';
import type { OfficeName, StateName } from './components/values.tsx';
import type { Assets } from './look/assets.ts';

/** What the pages of one state stand on. */
export type PortalNeeds = {
  clock: Clock;
  log: Log;
  publicUrl: string;
  anchorId: string;
  /** By which the anchor is known, and was before. */
  listAnchorKeys(): Promise<KnownAnchorKeys>;
  state: StateDescription;
  look: Look;
  offices: Office[];
  /** The life events that the first page shows, by id. */
  lifeEventsFirst: string[];
  assets: Assets;
  /** What apps of others may be here. */
  appTiers: AppTier[];
  /** Said in the bar of every page when the people and registries are made up. */
  isSample: boolean;
  witnessQuorum: number;
  portal: RelyingParty;
  officeClient(officeId: string): Promise<RelyingParty>;
  federation: Federation;
  identity: Identity;
  mandates: Mandates;
  matching: Matching;
  consent: ConsentDoor;
  exchange: ExchangeDoor;
  events: Events;
  catalogue: Catalogue;
  publishing: Publishing;
  cases: Cases;
  offers: Offers;
  sharing: Sharing;
  payments: Payments;
  notifications: Notifications;
  apps: Apps;
  credentials: Credentials;
  insights: Insights;
  /** Sets a document as PDF/A. */
  makeDocument: Signatures['makeDocument'];
  /** Seals a document in the name of an office. */
  sealDocument: Signatures['sealPdf'];
  ledger: Ledger;
  /** Whether another node answers now, and how fast; remembered for a few seconds. */
  probe(entityId: string): Promise<{ status: 'up' | 'slow' | 'down'; answerMs?: number }>;
};

export function ownStateName(state: StateDescription): StateName {
  return { code: state.code, names: state.shortNames, formalNames: state.names };
}

/** The states of the federation as pages name them. The own state is known even when the anchor is not reachable. */
export async function listStateNames(needs: PortalNeeds): Promise<StateName[]> {
  const own = ownStateName(needs.state);
  try {
    const states = await needs.federation.listStates();
    const names = states.map(({ state, names: stateNames }) =>
      state === own.code ? own : { code: state, names: stateNames },
    );
    return names.some(({ code }) => code === own.code) ? names : [own, ...names];
  } catch (error) {
    needs.log.warn({ err: error }, 'the states of the federation could not be listed');
    return [own];
  }
}

export async function stateNameOf(needs: PortalNeeds, code: string): Promise<StateName> {
  return (await listStateNames(needs)).find((state) => state.code === code) ?? { code, names: { ar: code, en: code } };
}

/** An office as the federation vouches for it; its bare address when it cannot be resolved now. */
export async function officeNameOf(needs: PortalNeeds, entityId: string): Promise<{ names: Text; state: StateName }> {
  const own = needs.offices.find((office) => `${needs.publicUrl}/offices/${office.id}` === entityId);
  if (own) return { names: own.names, state: ownStateName(needs.state) };
  try {
    const found = await needs.federation.findOffice(entityId);
    const { en = '', ar = '' } = found?.office.names ?? {};
    if (found)
      return { names: { en: plainName(en), ar: plainName(ar) }, state: await stateNameOf(needs, found.office.state) };
  } catch (error) {
    needs.log.warn({ err: error }, 'an office could not be resolved for a page');
  }
  const { host } = new URL(entityId);
  return { names: { ar: host, en: host }, state: { code: '', names: { ar: '', en: '' } } };
}

const portalNames = { ar: 'البوابة الحكومية', en: 'Government portal' };

/** Who a client of a provider is: an office, or the portal of a state, or what the federation calls it. */
export async function clientNameOf(needs: PortalNeeds, clientId: string): Promise<{ names: Text; state: StateName }> {
  const older = await needs.identity.olderClients.findNames(clientId);
  if (older) return { names: older, state: { code: '', names: older } };
  const office = await officeNameOf(needs, clientId);
  if (office.state.code) return office;
  // A portal is no office: it is named beside the state that it belongs to.
  const own = clientId === `${needs.publicUrl}/portal` ? needs.state.code : undefined;
  const states = own === undefined ? await needs.federation.listStates() : [];
  const owner = own ?? states.find(({ entityId }) => clientId === `${entityId}/portal`)?.state;
  if (owner !== undefined) return { names: portalNames, state: await stateNameOf(needs, owner) };
  const { metadata } = await needs.federation.resolve(clientId, 'openid_relying_party');
  const metadataOwn = metadata['openid_relying_party'] ?? {};
  const en = String(metadataOwn['client_name'] ?? new URL(clientId).host);
  const names = { en: plainName(en), ar: plainName(String(metadataOwn['client_name#ar'] ?? en)) };
  return { names, state: { code: '', names } };
}

/** The office of this state that decides on a service. The service names it with its state, which pages say beside it. */
export function officeOfService(needs: PortalNeeds, serviceId: string, names: Text): OfficeName {
  const id = needs.catalogue.listServices().find((service) => service.id === serviceId)?.office.id ?? '';
  return officeOf(needs, { id, names });
}

/** An office or authority of this state; one of the federation by the name it has there. */
export function officeOf(
  needs: Pick<PortalNeeds, 'offices' | 'state'>,
  office: { id: string; names: Text },
): OfficeName {
  const own = needs.offices.find(({ id }) => id === office.id);
  return { names: own?.names ?? office.names, state: ownStateName(needs.state) };
}

/** The office of a state that gives an evidence type, for saying who will be asked. */
export async function findHolder(needs: PortalNeeds, stateCode: string, evidenceType: string) {
  if (stateCode === needs.state.code) {
    const own = needs.offices.find((office) => office.provides.includes(evidenceType));
    return own ? { names: own.names, state: ownStateName(needs.state) } : undefined;
  }
  try {
    const provider = await needs.exchange.findProvider(stateCode, evidenceType);
    return { names: provider.names, state: await stateNameOf(needs, stateCode) };
  } catch (error) {
    needs.log.warn({ err: error }, 'the holder of an evidence type could not be found for a page');
    return undefined;
  }
}
