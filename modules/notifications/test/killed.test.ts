import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newId } from '#kernel/ids';
import { readMail, startMailServer } from './mail-server.ts';
import { decided, openMessages } from './world.ts';

test('a process that is killed after the mail left and before it noted that sends it once more, under the same id', {
  timeout: 120_000,
}, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'jisr-killed-'));
  const server = await startMailServer();
  const rules = {
    keptDays: 365,
    email: {
      host: 'localhost',
      port: server.port,
      security: 'starttls' as const,
      user: 'node',
      secret: 'smtp',
      certificates: [server.certificate],
      from: { address: 'no-reply@sa.example', names: { ar: 'البوابة', en: 'Portal' } },
    },
  };
  const personId = newId();
  const first = await openMessages('2026-11-29T09:00:00Z', dataDir);
  const messages = first.open(rules);
  await messages.addAddress(personId, 'email', 'mortal@example.com', 'en');
  await messages.confirmAddress(personId, 'email', /\d{6}/.exec(readMail(server.taken[0]!.raw).parts[0]!.text)![0]);
  await messages.sendDue();
  await first.tell(messages, decided(personId));
  await first.stop();
  server.taken.length = 0;

  const script = join(import.meta.dirname, 'mortal-sender.ts');
  const child = spawn(process.execPath, [script, dataDir, '2026-11-29T09:00:01Z', JSON.stringify(rules)], {
    stdio: 'ignore',
  });
  // The server has the whole mail and has not yet said so.
  server.hear(() => void child.kill('SIGKILL'));
  const [, signal] = await new Promise<[number | null, string | null]>((resolve) =>
    child.on('exit', (code, by) => resolve([code, by])),
  );
  expect(signal).toBe('SIGKILL');
  server.hear(() => undefined);

  const again = await openMessages('2026-11-29T09:01:00Z', dataDir);
  const after = again.open(rules);
  await after.sendDue();
  expect(server.taken).toHaveLength(1);
  again.clock.advance(120_000);
  await after.sendDue();
  again.clock.advance(600_000);
  await after.sendDue();
  const ids = server.taken.map(({ raw }) => readMail(raw).headers['message-id']);
  const { messageId } = (await after.mailbox.list(personId)).messages[0]!;
  expect(ids).toEqual([`<${messageId}.email@sa.example>`, `<${messageId}.email@sa.example>`]);
  await again.stop();
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
});
