// Runs before `npm start` and `npm test`, under whatever Node the machine has: installs what the lock file names, once.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const [major] = process.versions.node.split('.').map(Number);
if (major < 20)
  stop(
    `Jisr needs some Node 20 or newer to set itself up; this is ${process.version}. Install Node 20+ and run the command again.`,
  );

const stamp = join(root, 'node_modules', '.jisr-setup');
const wanted = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
const isCurrent = existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
if (!isCurrent) {
  console.log('Jisr: installing dependencies (first run, about a minute) …');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0)
    stop(
      "Jisr: the dependencies could not be installed. Read npm's message above, mend it, and run the command again.",
    );
}

const node = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
const found = existsSync(node)
  ? spawnSync(node, ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' }).stdout?.trim()
  : undefined;
if (!found?.startsWith('v24.') && major !== 24)
  stop(
    `Jisr runs on Node 24, which npm brings for Linux (x64, arm64) and Windows (x64). On this machine it did not: install Node 24 and run the command again. (Found: ${found ?? 'none'}, machine: ${process.version}.)`,
  );
writeFileSync(stamp, wanted);

function stop(sentence) {
  console.error(sentence);
  process.exit(1);
}
