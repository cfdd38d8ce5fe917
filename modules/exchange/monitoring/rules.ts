import { refusalOf } from '#kernel/problem';
import { findEvidenceType } from '#protocol/catalogue';
import type { OperationalRecord } from './contract.ts';

/** One exchange as this node saw it, as it is kept. Names of offices are X-Road's: `SA/GOV/moe`. */
export type Seen = {
  recordedAt: Date;
  side: 'asking' | 'answering';
  questionId?: string;
  /** The office of this node that asks, or that was asked. */
  officeId?: string;
  client?: string;
  provider?: string;
  evidenceType?: string;
  /** The other node, as host and port. */
  peer?: string;
  requestInAt: Date;
  requestOutAt?: Date;
  responseInAt?: Date;
  responseOutAt: Date;
  requestBytes?: number;
  responseBytes?: number;
  isGiven: boolean;
  status: number;
  code?: string;
  origin?: string;
  totalMs: number;
};

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const xRoadClient = /^[A-Z]{2,3}\/[A-Za-z0-9_-]{1,32}\/[A-Za-z0-9_.-]{1,64}$/;

/**
 * What a question claims in its headers and address, as far as it has the right form: a stranger decides what stands there, so
 * nothing else of it is kept.
 */
export function claimsOf(
  headers: Record<string, string | undefined>,
  service: string,
): Pick<Seen, 'questionId' | 'client' | 'evidenceType' | 'peer'> {
  const { 'x-road-id': questionId = '', 'x-road-client': client = '', 'jisr-requester': requester = '' } = headers;
  const peer = requester.length <= 512 && URL.canParse(requester) ? new URL(requester).host : '';
  return {
    ...(uuid.test(questionId) ? { questionId } : {}),
    ...(xRoadClient.test(client) ? { client } : {}),
    ...(findEvidenceType(service) ? { evidenceType: service } : {}),
    ...(peer !== '' && peer.length <= 255 ? { peer } : {}),
  };
}

/** Provider and node of the address `/r1/BH/GOV/moe/registry/degree-record` that a question is sent to. */
export function addresseeOf(url: string): Pick<Seen, 'provider' | 'peer'> {
  const { host, pathname } = new URL(url);
  const provider = pathname.split('/').slice(-5, -2).join('/');
  return { peer: host, ...(xRoadClient.test(provider) ? { provider } : {}) };
}

/** How an exchange ended that threw: a refusal has a code and says who failed, and anything else is this node's own fault. */
export function endOf(error: unknown): Pick<Seen, 'isGiven' | 'status' | 'code' | 'origin'> {
  const { status, code, origin } = refusalOf(error);
  return { isGiven: false, status, code, origin };
}

export function toOperationalRecord(seen: Seen, ownHost: string): OperationalRecord {
  const isAsking = seen.side === 'asking';
  const [clientInstance, clientClass, clientCode] = seen.client?.split('/') ?? [];
  const [serviceInstance, serviceClass, serviceCode] = seen.provider?.split('/') ?? [];
  return withoutUndefined({
    monitoringDataTs: Math.floor(seen.recordedAt.getTime() / 1_000),
    securityServerType: isAsking ? 'Client' : 'Producer',
    requestInTs: seen.requestInAt.getTime(),
    requestOutTs: seen.requestOutAt?.getTime(),
    responseInTs: seen.responseInAt?.getTime(),
    responseOutTs: seen.responseOutAt.getTime(),
    clientXRoadInstance: clientInstance,
    clientMemberClass: clientClass,
    clientMemberCode: clientCode,
    clientSecurityServerAddress: isAsking ? ownHost : seen.peer,
    serviceXRoadInstance: serviceInstance,
    serviceMemberClass: serviceClass,
    serviceMemberCode: serviceCode,
    serviceSubsystemCode: seen.provider ? 'registry' : undefined,
    serviceCode: seen.evidenceType,
    serviceType: 'REST',
    serviceSecurityServerAddress: isAsking ? seen.peer : ownHost,
    messageId: seen.questionId,
    requestSize: seen.requestBytes,
    responseSize: seen.responseBytes,
    succeeded: seen.isGiven,
    faultCode: seen.code,
    statusCode: seen.status,
    jisr: withoutUndefined({ officeId: seen.officeId, origin: seen.origin, totalMs: seen.totalMs }),
  }) as OperationalRecord;
}

function withoutUndefined(record: object): object {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}

/** What a span may tell of an exchange: its kind and its end, and no id. */
export function attributesOf({ side, evidenceType, code, origin }: Seen): Record<string, string> {
  return {
    'jisr.exchange.side': side,
    'jisr.exchange.code': code ?? 'none',
    'jisr.exchange.origin': origin ?? 'none',
    ...(evidenceType ? { 'jisr.exchange.evidence_type': evidenceType } : {}),
  };
}
