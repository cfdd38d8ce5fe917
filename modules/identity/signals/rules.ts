import { Compile } from 'typebox/compile';
import { SecurityEvent, type SecurityEventName, securityEvents } from '#protocol/security-event';

const shape = Compile(SecurityEvent);
/** Nodes of this federation may differ by so much. */
export const clockSkewMs = 60_000;
const giveUpAfterMs = 14 * 86_400_000;
const longestPauseMs = 60_000;

/** When to try again after a failed try, or undefined to give up: whoever is away for two weeks has no session left. */
export function nextTry(attempts: number, happenedAt: Date, now: Date): Date | undefined {
  if (now.getTime() - happenedAt.getTime() > giveUpAfterMs) return undefined;
  return new Date(now.getTime() + Math.min(longestPauseMs, 1_000 * 2 ** Math.min(attempts, 10)));
}

export type ReadSignal = {
  event: SecurityEventName;
  issuer: string;
  subject: string;
  at: Date;
  changeType?: string;
  credentialType?: string;
  session?: string;
  mandate?: string;
};

/** A SET for this receiver about a person of its issuer; undefined for anything else. Unknown events are told as such. */
export function readSignal(payload: unknown, audience: string, now: Date): ReadSignal | 'event-unknown' | undefined {
  if (!shape.Check(payload)) return undefined;
  const { iss, aud, iat, sub_id: subject, events } = payload;
  const [[uri, details]] = Object.entries(events) as [[string, SecurityEvent['events'][string]]];
  const at = new Date(details.event_timestamp * 1000);
  if (aud !== audience || subject.iss !== iss) return undefined;
  if (iat * 1000 > now.getTime() + clockSkewMs || at.getTime() > now.getTime() + clockSkewMs) return undefined;
  const name = (Object.keys(securityEvents) as SecurityEventName[]).find((one) => securityEvents[one] === uri);
  if (name === undefined) return 'event-unknown';
  return {
    event: name,
    issuer: iss,
    subject: subject.sub,
    at,
    ...(details.change_type === undefined ? {} : { changeType: details.change_type }),
    ...(details.credential_type === undefined ? {} : { credentialType: details.credential_type }),
    ...(details.session === undefined ? {} : { session: details.session }),
    ...(details.mandate === undefined ? {} : { mandate: details.mandate }),
  };
}

/** The card of a person, as a type of credential: whoever loses it is suspended until it is replaced. */
export const cardCredential = 'x-national-eid';

/** Whether the home state suspends the person: it does so too when it tells that their card is lost. */
export function suspends({ event, changeType, credentialType }: ReadSignal): boolean {
  const isCardLost = event === 'credential-change' && changeType === 'revoke' && credentialType === cardCredential;
  return event === 'account-disabled' || isCardLost;
}

/** Whether what was signed in until then is over. */
export function endsSessions({ event, changeType }: ReadSignal): boolean {
  if (event === 'credential-change') return changeType === 'revoke' || changeType === 'delete';
  return event === 'session-revoked' || event === 'account-disabled';
}
