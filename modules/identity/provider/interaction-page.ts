import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Language, Text } from '#kernel/languages';
import type { AssuranceLevel } from '#protocol/assurance';
import type { EvidenceDetail, RefusalReason } from '../contract.ts';
import type { StandingRecovery } from '../methods/recovery/service.ts';
import type { ChosenMandate } from '../needs.ts';
import type { UpstreamSteps } from './interaction-upstream.ts';
import type { OfferedWays } from './interaction-ways.ts';

export type InteractionPage = {
  uid: string;
  prompt: 'login' | 'represent' | 'consent';
  /** True when the password was right and the one-time code is still to come. */
  isCodeAwaited: boolean;
  /** Where the code can come as a text message: to the number that ends so. */
  message?: { hint: string; isSent: boolean };
  clientId: string;
  clientNames: Text;
  /** The authorization request's parameters, as pushed by the client. */
  params: Record<string, unknown>;
  /** What the client asks for, already within its trust mark; empty for a plain sign-in. */
  authorizationDetails: EvidenceDetail[];
  language?: Language;
  /** What the sign-in page offers; what could never be enough for this request is not in it. */
  ways: OfferedWays;
  /** eIDs of the state that one can sign in with instead. */
  upstreams: Array<{ id: string; names: Text; asksNumber: boolean }>;
  /** Shown while the app of an eID asks the person; its number, where it has one, is picked there. */
  pushed?: { names: Text; number?: string };
  /** Shown while the person's phone is asked to approve, to be typed there. */
  phoneNumber?: string;
  /** The home person, once signed in. */
  personId?: string;
  /** Set when the person is signed in, but more weakly than is needed now. */
  stepUpTo?: AssuranceLevel;
  /** Set when nothing but going back is left; `refuse` then tells the client this reason. */
  ended?: EndedInteraction;
  /** For whom the home person acts, once that is known; `mandate` is what the client calls it. */
  acting?: ChosenMandate & { mandate: string };
};

/**
 * Why an interaction cannot succeed any more; with `loa_unmet`, how the person was proofed and how to get further: by one of `ways`, or by
 * a stronger proofing where there are none.
 */
export type EndedInteraction = {
  reason: RefusalReason;
  /** The way was too weak, or its eID said so, and another one may be enough: `tryAgain` leads there. */
  mayTryAgain?: true;
  unmet?: { needed: AssuranceLevel; reached?: AssuranceLevel; proofing: Text; raise?: Text; ways: Text[] };
};

/** After a right password: the code is next, the sign-in is done, or it can never be what is needed. */
export type LoginStep = { next: 'code' } | { next: 'done'; redirectUrl: string } | { next: 'end' };

/**
 * What a page at `{publicUrl}/eid-pages/interaction/:uid` needs. The cookie of an interaction has that path, so forms must
 * post to it or below it. Every function takes Node's raw request and response; refusals are Problems.
 */
export type Interactions = UpstreamSteps & {
  get(req: IncomingMessage, res: ServerResponse): Promise<InteractionPage>;
  /** First step; leaves a marker on the server, bound to this interaction, unless the password is all that is needed. */
  login(req: IncomingMessage, res: ServerResponse, form: { nationalId: string; password: string }): Promise<LoginStep>;
  /** Sends a code as a text message, between the steps. Refuses `message-not-possible`, and as the sender does. */
  sendMessage(req: IncomingMessage, res: ServerResponse, form: { language: Language }): Promise<void>;
  /** Second step, by either code; answers where to send the browser. */
  confirmCode(req: IncomingMessage, res: ServerResponse, form: { code: string }): Promise<{ redirectUrl: string }>;
  /** What the browser hands to `navigator.credentials.get`: the person chooses one of their passkeys for this site. */
  askPasskey(req: IncomingMessage, res: ServerResponse): Promise<object>;
  /** A passkey alone is a full sign-in; answers where to send the browser. */
  answerByPasskey(
    req: IncomingMessage,
    res: ServerResponse,
    form: { answer: string },
  ): Promise<{ redirectUrl: string }>;
  /** Makes the person's phone ask. The answer is the same for a number that nobody has, or that no phone belongs to. */
  askPhone(req: IncomingMessage, res: ServerResponse, form: { nationalId: string }): Promise<void>;
  peekPhone(req: IncomingMessage, res: ServerResponse): Promise<'waiting' | 'answered'>;
  /** Goes on with what the phone answered, which may be a refusal; undefined while it has not. */
  finishByPhone(req: IncomingMessage, res: ServerResponse): Promise<{ redirectUrl: string } | undefined>;
  /** Calls the request off; the person takes another way. */
  stopPhone(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** After a sign-in, on its way back: what an officer began for this person, and where to go on. */
  findRecovery(
    req: IncomingMessage,
    res: ServerResponse,
  ): Promise<{ recovery?: StandingRecovery; continueUrl: string }>;
  /** The person who has just signed in says that it was not them. */
  cancelRecovery(req: IncomingMessage, res: ServerResponse): Promise<{ redirectUrl: string }>;
  /** For whom: under a mandate, or for oneself without one. Refuses as mandates do. */
  choose(req: IncomingMessage, res: ServerResponse, mandateId: string | undefined): Promise<{ redirectUrl: string }>;
  approve(
    req: IncomingMessage,
    res: ServerResponse,
    consent: { consentId: string; grantedDetails: EvidenceDetail[]; accessTokenUntil: Date },
  ): Promise<{ redirectUrl: string }>;
  /** Back to the choice of ways, after one that was too weak, where `mayTryAgain` says so. Refuses `interaction-expired`. */
  tryAgain(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** Ends the interaction without a grant. What ended it before goes before `reason`. */
  refuse(req: IncomingMessage, res: ServerResponse, reason: RefusalReason): Promise<{ redirectUrl: string }>;
};

/**
 * How long a person may take for one interaction. The provider keeps it longer, and a relying party of this house its flow too, so
 * that it can be told.
 */
export const interactionMs = 1_500_000;

export function interactionUrl(publicUrl: string, uid: string): string {
  return `${publicUrl}/eid-pages/interaction/${uid}`;
}
