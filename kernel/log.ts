import { type DestinationStream, type Logger, pino } from 'pino';

export type Log = Logger;

/**
 * A JSON log without personal data: callers pass ids of things, codes and counts. Bodies, cookies, tokens and addresses
 * that a person typed are never passed, and the usual places they hide in are cut out here once more.
 */
export function createLog(options: { name: string; level?: string; destination?: DestinationStream }): Log {
  return pino(
    {
      name: options.name,
      level: options.level ?? 'info',
      redact: {
        paths: [
          'headers',
          'body',
          'cookies',
          'query',
          'url',
          'personId',
          '*.headers',
          '*.body',
          '*.personId',
          '*.nationalId',
        ],
        remove: true,
      },
      serializers: { err: serializeError },
    },
    options.destination as DestinationStream,
  );
}

export const silentLog: Log = pino({ level: 'silent' });

/** Database errors quote the offending row in `detail`; only name, code and stack leave the process. */
function serializeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: typeof error };
  const code = (error as { code?: unknown }).code;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { name: error.name, ...(typeof code === 'string' ? { code } : {}), stack: frames.slice(0, 12).join('\n') };
}
