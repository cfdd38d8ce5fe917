import pg from 'pg';

/**
 * Who has a turn keeps it until it is released or the process ends, however it ends: then the next who asks has it. It saves
 * work and keeps order; it is no lock, for whoever was cut off from the database learns of it late.
 */
export type Turn = {
  /** Takes the turn; false when another process has it. Ask before each piece of such work. */
  take(): Promise<boolean>;
  isHeld(): boolean;
  release(): Promise<void>;
};

const turnTimeoutMs = 5_000;

/**
 * Turns as advisory locks of one connection, which is kept: the server lets go of them when it ends. Asking does not wait at the
 * server, because a statement that waits holds back its clean-up of old rows. A machine that vanished is noticed in 5 s.
 */
export function createTurns(url: string): { of(name: string): Turn; close(): Promise<void> } {
  let connection: Promise<pg.Client> | undefined;
  let held = new Set<string>();

  const open = (): Promise<pg.Client> => {
    const client = new pg.Client({
      connectionString: url,
      application_name: `jisr-turns ${process.pid}`,
      connectionTimeoutMillis: turnTimeoutMs,
      query_timeout: turnTimeoutMs,
      keepAlive: true,
    });
    const opened = (async () => {
      await client.connect();
      await client.query('set tcp_keepalives_idle = 2; set tcp_keepalives_interval = 1; set tcp_keepalives_count = 3');
      return client;
    })();
    const lose = () => {
      if (connection !== opened) return;
      connection = undefined;
      held = new Set();
    };
    client.on('error', lose);
    client.on('end', lose);
    opened.catch(lose);
    connection = opened;
    return opened;
  };
  // One after the other: the driver lets nobody ask on a connection that is answering.
  let line: Promise<unknown> = Promise.resolve();
  const ask = (statement: string, name: string): Promise<boolean> => {
    const asking = line.then(() => askNow(statement, name));
    line = asking.catch(() => undefined);
    return asking;
  };
  const askNow = async (statement: string, name: string): Promise<boolean> => {
    const asked = connection ?? open();
    const client = await asked;
    try {
      const { rows } = await client.query(`select ${statement}(hashtextextended($1, 0)) as is_done`, [name]);
      return rows[0].is_done === true && connection === asked;
    } catch (error) {
      // What became of the lock is not known: without this connection there is none.
      client.end().catch(() => client.connection.stream.destroy());
      throw error;
    }
  };

  return {
    of: (name) => {
      let taking: Promise<boolean> | undefined;
      const take = async () => {
        if (await ask('pg_try_advisory_lock', name)) held.add(name);
        return held.has(name);
      };
      return {
        isHeld: () => held.has(name),
        take: async () => {
          if (held.has(name)) return true;
          // Once at a time: a lock that is taken twice has to be let go of twice.
          taking ??= take().finally(() => {
            taking = undefined;
          });
          return taking;
        },
        release: async () => {
          if (!held.delete(name)) return;
          try {
            await ask('pg_advisory_unlock', name);
          } catch {
            // The database is away: the connection has been let go of, and the turn with it.
          }
        },
      };
    },
    close: async () => {
      try {
        await (await connection)?.end();
      } catch {
        // It could not be opened, or is gone already: there is nothing to let go of.
      }
    },
  };
}
