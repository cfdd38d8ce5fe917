import type { RawAnswer } from '#kernel/contract';
import type { Language } from '#kernel/languages';
import { readGrants } from '#modules/consent';
import type { Office } from '#modules/federation';
import { findEvidenceType } from '#protocol/catalogue';
import { problem } from '../contract.ts';
import { jsonType } from '../messages.ts';
import type { ExchangeNeeds, OwnOffice } from '../needs.ts';
import type { Providers } from '../providers.ts';
import { subsystem as registrySubsystem } from '../rules.ts';
import type { ServiceAddress } from './addresses.ts';
import { describeService } from './openapi.ts';

type Needs = Pick<ExchangeNeeds, 'federation' | 'state' | 'publicUrl'> & { providers: Providers };

const metaservices = ['listMethods', 'allowedMethods', 'getOpenAPI'];

export function isMetaservice(service: string): boolean {
  return metaservices.includes(service);
}

/** X-Road service metadata protocol for REST: answered from the federation's metadata and the catalogue, for every state. */
export async function answerMetaservice(
  needs: Needs,
  address: ServiceAddress,
  caller: OwnOffice,
  query: URLSearchParams,
): Promise<object> {
  const producer = await needs.providers.findProducer(address);
  if (address.subsystem !== registrySubsystem) {
    const { instance, memberClass, member, subsystem } = address;
    throw problem('member-unknown', { member: [instance, memberClass, member, subsystem].join('/') });
  }
  const services = producer.office.provides.filter((service) => findEvidenceType(service) !== undefined);
  if (address.service === 'getOpenAPI') {
    const type = services.includes(query.get('serviceCode') ?? '') && findEvidenceType(query.get('serviceCode')!);
    if (!type) throw problem('service-not-found');
    return describeService(needs.publicUrl, address, producer.office.names, type);
  }
  const allowed = address.service === 'listMethods' ? services : await listAllowed(needs, caller, services);
  return { service: allowed.map((service) => describeMethod({ ...address, service })) };
}

/** What the office of the caller is certified to ask for; the person's consent is still to come. */
async function listAllowed(needs: Needs, caller: OwnOffice, services: string[]): Promise<string[]> {
  const office = await needs.federation.findOffice(caller.entityId);
  if (!office) return [];
  const { trustMarks, superior } = office.resolved;
  const grants = readGrants(trustMarks.filter(({ issuer }) => issuer === superior));
  return services.filter((service) => grants.some((grant) => grant.evidence_type === service));
}

function describeMethod({ instance, memberClass, member, subsystem, service }: ServiceAddress) {
  return {
    member_class: memberClass,
    member_code: member,
    object_type: 'SERVICE',
    service_code: service,
    service_type: 'OPENAPI',
    subsystem_code: subsystem,
    xroad_instance: instance,
    endpoint_list: [
      { method: 'GET', path: '/' },
      { method: 'POST', path: '/' },
    ],
  };
}

type ClientEntry = {
  id: {
    object_type: 'MEMBER' | 'SUBSYSTEM';
    xroad_instance: string;
    member_class: string;
    member_code: string;
    subsystem_code?: string;
  };
  name: string;
};

/** `listClients` (X-Road service metadata protocol section 2): JSON when the caller asks for it, XML else. */
export async function listClients(
  needs: Needs,
  of: { instance: string | undefined; accept: string; language: Language },
): Promise<RawAnswer> {
  const offices = await needs.providers.listProducers(of.instance ?? needs.state);
  const member = offices.flatMap((office) => entriesOf(office, of.language));
  return of.accept.includes('application/json')
    ? { bytes: JSON.stringify({ member }), contentType: jsonType }
    : { bytes: writeXml(member), contentType: 'text/xml; charset=utf-8' };
}

function entriesOf({ office }: Office, language: Language): ClientEntry[] {
  const [instance, memberClass, member] = office.x_road_client.split('/') as [string, string, string];
  const id = { xroad_instance: instance, member_class: memberClass, member_code: member };
  const name = office.names[language];
  return [
    { id: { object_type: 'MEMBER', ...id }, name },
    ...(office.provides.length > 0
      ? [{ id: { object_type: 'SUBSYSTEM' as const, ...id, subsystem_code: registrySubsystem }, name }]
      : []),
  ];
}

function writeXml(members: ClientEntry[]): string {
  const element = (name: string, text: string) => `<${name}>${escapeXml(text)}</${name}>`;
  const written = members.map(({ id, name }) =>
    [
      `<ns2:member><ns2:id ns1:objectType="${id.object_type}">`,
      element('ns1:xRoadInstance', id.xroad_instance),
      element('ns1:memberClass', id.member_class),
      element('ns1:memberCode', id.member_code),
      ...(id.subsystem_code ? [element('ns1:subsystemCode', id.subsystem_code)] : []),
      `</ns2:id>${element('ns2:name', name)}</ns2:member>`,
    ].join(''),
  );
  const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
  const spaces = 'xmlns:ns1="http://x-road.eu/xsd/identifiers" xmlns:ns2="http://x-road.eu/xsd/xroad.xsd"';
  return `${head}\n<ns2:clientList ${spaces}>${written.join('')}</ns2:clientList>\n`;
}

function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
