import { readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Type } from 'typebox';
import {
  assetRoutes,
  bareFrame,
  buildAssets,
  mountPages,
  type PageRoute,
  previewRoutes,
  renderPage,
  renderRefusal,
} from '#apps/portal';
import { Look, Office, readChecked, readNeighbourLooks, StateDescription } from '#apps/state-node';
import { systemClock } from '#kernel/clock';
import { createHttpServer } from '#kernel/http';
import type { Language } from '#kernel/languages';
import { silentLog } from '#kernel/log';
import { describeDraft, inspectFolder } from '#modules/catalogue';
import { createDocuments } from '#modules/signatures';
import type { CliConfig } from './config.ts';
import { createDocumentCheck } from './service-documents.ts';

const usualPort = 4100;

/**
 * Shows a service's folder on this machine as people will see it, until Ctrl-C. Exit code 2 without a folder, 1 when the folder cannot be read or the port
 * is taken.
 */
export async function previewService(config: CliConfig, words: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: { language: { type: 'string' }, port: { type: 'string' }, state: { type: 'string' } },
  });
  const port = Number(values.port ?? usualPort);
  const [folder] = positionals;
  if (!folder || !Number.isInteger(port) || port < 1 || port > 65_535) {
    console.error('Name the folder of the service, and a free port if not 4100: service preview <folder> --port N');
    return 2;
  }
  const language: Language = (values.language ?? config.language) === 'ar' ? 'ar' : 'en';
  try {
    const preview = await startPreview(config, { folder: resolve(folder), port, language, state: values.state });
    console.log(`${preview.url}\nShows ${folder} as it is at each request. Ctrl-C stops it.`);
    await new Promise<void>((stop) => {
      process.once('SIGINT', stop);
      process.once('SIGTERM', stop);
    });
    await preview.stop();
    return 0;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') console.error(`Port ${port} is taken: choose another with --port.`);
    else if (code === 'ENOENT' || code === 'ENOTDIR') console.error(`There is no such folder: ${folder}`);
    else console.error(message);
    return 1;
  }
}

/** Serves the preview on loopback. Without `state` (ISO 3166-1 alpha-2) it is the first that offers the service. */
export async function startPreview(
  { root }: Pick<CliConfig, 'root'>,
  { folder, port, language, state }: { folder: string; port: number; language: Language; state?: string | undefined },
): Promise<{ url: string; stop(): Promise<void> }> {
  readdirSync(folder);
  const stateFolder = await findState(join(root, 'states'), folder, state);
  const description = readChecked(join(stateFolder, 'state.json'), StateDescription);
  const offices = readChecked(join(stateFolder, 'offices.json'), Type.Array(Office));
  const assets = await buildAssets(readChecked(join(stateFolder, 'look.json'), Look), readNeighbourLooks(stateFolder));
  const publicUrl = `http://127.0.0.1:${port}`;
  const frame = { state: description, assets, isSample: true };
  const server = createHttpServer({
    publicUrl,
    log: silentLog,
    clock: systemClock,
    identify: async () => ({ kind: 'anyone' }),
    renderProblem: (problem, facts) => renderRefusal(problem, facts, frame),
  });
  const name = basename(folder);
  const findUnsettable = createDocumentCheck();
  const routes = previewRoutes({
    state: description,
    offices,
    publicUrl,
    clock: systemClock,
    makeDocument: createDocuments({ clock: systemClock }).make,
    path: '/preview',
    access: 'anyone',
    draw: async (page, view, context, { status = 200, preview } = {}) => ({
      status,
      html: renderPage(page, view, {
        ...bareFrame(frame, context.language, context.facts.path, context.cookies['digits']),
        ...(preview ? { preview } : {}),
      }),
    }),
    open: async () => {
      const { service, findings, vocabulary } = await inspectFolder(folder, description.code, join(root, 'services'));
      const unset = service && findings.length === 0 ? await findUnsettable(service) : [];
      const isOffered = service?.definition.offeredBy.some((offering) => offering.state === description.code);
      return {
        at: '/preview',
        title: { ar: name, en: name },
        findings: [...findings, ...unset],
        ...(service && isOffered ? { service, details: describeDraft(service, vocabulary, description.code) } : {}),
      };
    },
  });
  const home = { method: 'GET', path: '/', access: 'anyone', handle: async () => ({ redirect: '/preview' }) } as const;
  mountPages(
    server,
    [home, ...assetRoutes(assets), ...routes].map(
      (route): PageRoute => ({
        ...route,
        // The language of the command, until somebody chooses another on the page.
        handle: (context) => route.handle(context.cookies['lang'] ? context : { ...context, language }),
      }),
    ),
    async () =>
      `default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  );
  await server.listen({ port, host: '127.0.0.1' });
  return { url: `${publicUrl}/preview`, stop: () => server.close() };
}

/** The folder of the state for whose people it is shown. */
async function findState(states: string, folder: string, wanted: string | undefined): Promise<string> {
  const offered =
    (await inspectFolder(folder, '', join(states, '..', 'services'))).service?.definition.offeredBy.map(
      (offering) => offering.state,
    ) ?? [];
  const code = (wanted ?? offered[0] ?? '').toUpperCase();
  const found = readdirSync(states, { withFileTypes: true }).find(
    (entry) => entry.isDirectory() && entry.name === code.toLowerCase(),
  );
  if (!found) throw new Error(`There is no state ${code} among ${states}.`);
  return join(states, found.name);
}
