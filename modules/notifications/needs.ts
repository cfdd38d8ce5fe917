import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import type { HttpClient } from '#kernel/http-client';
import type { Signer } from '#kernel/keys';
import type { Language, Text } from '#kernel/languages';
import type { Log } from '#kernel/log';
import type { Ledger } from '#modules/ledger';
import type { Pace } from './templates/contract.ts';
import type { OwnWords } from './templates/rules.ts';
import type { NotificationRules, Way } from './ways/contract.ts';

/** A service as its messages name it, with its own words for some kinds. */
export type ToldService = { id: string; title: Text; words?: Record<string, OwnWords> | undefined };

export type NotificationNeeds = {
  database: Database;
  clock: Clock;
  log: Log;
  http: HttpClient;
  ledger: Pick<Ledger, 'append'>;
  /** This node's web address, without a trailing slash. */
  publicUrl: string;
  /** What the state is called in a notice: its short names. */
  stateNames: Text;
  timeZone: string;
  rules: NotificationRules;
  /** 32 bytes, kept outside the database: addresses are sealed with it. */
  key: Buffer;
  /** For notices in browsers. `http`: of its own, because a stranger's browser names the address. */
  push?: {
    http: HttpClient;
    /** ES256; the key by which browsers know this node. Another key, and every device has to be added anew. */
    signer: Signer;
    /** Browser and system in words, of a User-Agent header; empty when neither is known. */
    describeDevice(userAgent: string): string;
  };
  /** A password or token of the state, by name. Throws an Error that says where it belongs. */
  readSecret(name: string): string;
  /** The services that messages may be about. */
  listServices(): ToldService[];
  /** Where the person of a case asked, in its form, to be told about it; undefined once the case is over. `language` of those notices. */
  findContact(
    caseId: string,
  ): Promise<{ reference: string; email?: string; mobile?: string; language?: Language } | undefined>;
  /** Throws a Problem unless it is a case of that person. */
  admitPerson(person: { personId: string; homeState: string }, caseId: string): Promise<void>;
  /** Throws a Problem unless the officer's office is in charge of the case. */
  admitOfficer(officer: { personId: string; officeId: string; roles: string[] }, caseId: string): Promise<void>;
};

/** One notice on its way out of the node, as a sender gets it. */
export type Notice = {
  to: string;
  language: Language;
  /** The same at every try, so that a second one is known for the first. */
  id: string;
} & (
  | { kind: 'news'; pace: Pace; shorts: string[]; link: string; settingsUrl: string; unsubscribeUrl?: string }
  /** To an address that nobody has shown to be the person's: no name, no service, no outcome. */
  | { kind: 'case-news'; pace: Pace; reference: string; link: string; stopUrl: string }
  | { kind: 'code'; code: string; signsIn?: true }
);

/** `later`: it may work at another time. `never`: the other side said that this address will not work. `code` names no address. */
export type SendResult = { outcome: 'sent' } | { outcome: 'later' | 'never'; code: string };

export type Sender = {
  send(notice: Notice): Promise<SendResult>;
  /** Tries the connection for real. Throws when it does not stand. */
  check(): Promise<void>;
};
export type Senders = Partial<Record<Way, Sender>>;
