import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eicar } from './samples.ts';

export type Clamd = { address: string; stop(): Promise<void> };

/** A double at the edge, true to clamd's protocol (INSTREAM, VERSION) and its limit of a stream: it finds the EICAR file and nothing else. */
export async function startClamdDouble(port = 0): Promise<Clamd & { port: number }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    let held = Buffer.alloc(0);
    let content: Buffer | undefined;
    socket.on('data', (data) => {
      held = Buffer.concat([held, data]);
      if (content === undefined) {
        const end = held.indexOf(0);
        if (end < 0) return;
        const command = held.toString('latin1', 0, end);
        held = held.subarray(end + 1);
        if (command === 'zVERSION') return socket.end('ClamAV 1.4.6/27000/Sun Nov 22 09:00:00 2026\0');
        if (command !== 'zINSTREAM') return socket.end('UNKNOWN COMMAND\0');
        content = Buffer.alloc(0);
      }
      while (held.length >= 4) {
        const length = held.readUInt32BE(0);
        if (length === 0) return socket.end(content.includes(eicar) ? 'stream: Eicar-Test FOUND\0' : 'stream: OK\0');
        if (content.length + length > 26_214_400) return socket.end('INSTREAM size limit exceeded. ERROR\0');
        if (held.length < 4 + length) return;
        content = Buffer.concat([content, held.subarray(4, 4 + length)]);
        held = held.subarray(4 + length);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const at = (server.address() as AddressInfo).port;
  return {
    address: `tcp://127.0.0.1:${at}`,
    port: at,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const program = '/usr/sbin/clamd';

/** The real clamd (Debian's clamav-daemon), with one signature of our own; undefined where it is not installed. */
export async function startClamd(): Promise<Clamd | undefined> {
  if (!existsSync(program)) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'jisr-clamd-'));
  const socket = join(folder, 'clamd.ctl');
  // An extended signature (ClamAV's .ndb): any target, any offset, the bytes of the EICAR file.
  writeFileSync(join(folder, 'own.ndb'), `Eicar-Test-Own:0:*:${Buffer.from(eicar).toString('hex')}\n`);
  const settings = ['Foreground yes', `DatabaseDirectory ${folder}`, `LocalSocket ${socket}`, 'StreamMaxLength 25M'];
  writeFileSync(join(folder, 'clamd.conf'), `${settings.join('\n')}\n`);
  const child = spawn(program, ['-c', join(folder, 'clamd.conf')], { stdio: 'ignore' });
  for (let attempt = 0; attempt < 100 && !existsSync(socket); attempt += 1) await sleep(100);
  return {
    address: `unix:${socket}`,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await Promise.race([ended, sleep(3_000)]);
      child.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
