import { join } from 'node:path';

/** Where the command line looks unless told otherwise. */
export function readCliConfig(language = process.env['LANG'] ?? '') {
  const root = join(import.meta.dirname, '..', '..');
  return {
    root,
    dataFolder: process.env['JISR_DATA'] ?? join(root, '.data', 'federation'),
    nodeUrl: process.env['JISR_NODE'],
    language: language.startsWith('ar') ? ('ar' as const) : ('en' as const),
  };
}
export type CliConfig = ReturnType<typeof readCliConfig>;

/** Where `jisr sandbox` answers on this machine. */
export function readSandboxUrl(): string {
  return `http://sandbox.localhost:${4009 + Number(process.env['JISR_PORT_OFFSET'] ?? 0)}`;
}
