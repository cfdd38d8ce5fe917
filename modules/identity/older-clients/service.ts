import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import { randomToken } from '#kernel/ids';
import type { Keys } from '#kernel/keys';
import { plainName, type Text } from '#kernel/languages';
import { problem } from '../contract.ts';
import { openSecret, sealSecret } from '../persons/rules.ts';
import { isOlderClientId, olderClientMetadata, redirectFault } from './rules.ts';
import * as store from './store.ts';

export type OlderClient = {
  clientId: string;
  names: Text;
  redirectUris: string[];
  reason: string;
  allowedAt: Date;
  endedAt?: Date;
};

export type OlderClients = {
  /** Allows one, by order of the operator. The secret is told this once and sealed at rest. */
  allow(order: {
    names: Text;
    redirectUris: string[];
    reason: string;
  }): Promise<OlderClient & { clientSecret: string }>;
  list(): Promise<OlderClient[]>;
  /** Ends one: from the next request on nobody knows it. */
  end(clientId: string): Promise<void>;
  findNames(clientId: string): Promise<Text | undefined>;
  /** Where their people go back to: a page's policy has to let a form lead there. */
  listOrigins(): Promise<string[]>;
  /** For the provider's library. */
  findMetadata(clientId: string): Promise<Record<string, unknown> | undefined>;
};

export async function createOlderClients(needs: {
  database: Database;
  clock: Clock;
  keys: Keys;
}): Promise<OlderClients> {
  const { database, clock } = needs;
  const key = await needs.keys.secret('identity.older-clients', 32);
  const find = async (clientId: string) =>
    isOlderClientId(clientId) ? store.findOlderClient(database.db, clientId) : undefined;
  const namesOf = (row: store.OlderClientRow): Text => ({ ar: row.name_ar, en: row.name_en });
  const redirectUrisOf = ({ redirect_uris: uris }: store.OlderClientRow): string[] =>
    typeof uris === 'string' ? JSON.parse(uris) : uris;
  const describe = (row: store.OlderClientRow): OlderClient => ({
    clientId: row.client_id,
    names: namesOf(row),
    redirectUris: redirectUrisOf(row),
    reason: row.reason,
    allowedAt: row.allowed_at,
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at }),
  });

  return {
    allow: async ({ names, redirectUris, reason }) => {
      const fault = redirectFault(redirectUris);
      if (fault !== undefined) throw problem('redirect-address-invalid', { number: fault });
      const clientId = `older-${randomToken().slice(0, 22)}`;
      const clientSecret = randomToken();
      const row = {
        client_id: clientId,
        name_ar: plainName(names.ar),
        name_en: plainName(names.en),
        secret: sealSecret(key, clientSecret, clientId),
        redirect_uris: JSON.stringify(redirectUris),
        reason,
        allowed_at: clock.now(),
        ended_at: null,
      };
      await store.saveOlderClient(database.db, row);
      return { ...describe(row), clientSecret };
    },
    list: async () => (await store.listOlderClients(database.db)).map(describe),
    end: async (clientId) => {
      if (!(await store.endOlderClient(database.db, clientId, clock.now()))) throw problem('older-client-unknown');
    },
    findNames: async (clientId) => {
      const row = await find(clientId);
      return row && namesOf(row);
    },
    listOrigins: async () =>
      (await store.listOlderClients(database.db))
        .filter((row) => row.ended_at === null)
        .flatMap((row) => redirectUrisOf(row).map((address) => new URL(address).origin)),
    findMetadata: async (clientId) => {
      const row = await find(clientId);
      return (
        row &&
        olderClientMetadata({
          clientId,
          secret: openSecret(key, Buffer.from(row.secret), clientId),
          name: row.name_en,
          redirectUris: redirectUrisOf(row),
        })
      );
    },
  };
}
