import type { SampleNode } from './launcher.ts';
import type { SamplePerson } from './phone.ts';

/** What the launcher prints when every node answers: addresses, health, and whom one can sign in as. */
export function printTable(facts: {
  health: Array<{ node: SampleNode; isHealthy: boolean }>;
  people: SamplePerson[];
  phoneUrl: string;
  paymentsUrl: string;
  embedded: boolean;
  /** Processes of each state's node. */
  workers: number;
  seconds: number;
}): void {
  const lines: string[] = [''];
  lines.push('  Jisr (جسر): the sample federation', '');
  lines.push(row([8, 28, 9], ['node', 'address', 'health']));
  for (const { node, isHealthy } of facts.health)
    lines.push(row([8, 28, 9], [node.id, node.publicUrl, isHealthy ? 'ok' : 'NO ANSWER']) + node.names.en);
  if (facts.workers > 1)
    lines.push(`  Each state: ${facts.workers} processes behind its address. What they share: docs/operations.md`);
  lines.push('', row([6, 28, 16, 22], ['state', 'sign in as (all invented)', 'national number', 'password', 'shows']));
  for (const person of facts.people)
    lines.push(
      row([6, 28, 16, 22], [person.state, person.names.en, person.nationalId, person.password, person.shows.en]),
    );
  lines.push('', `  One-time codes, as their phones would show them:  ${facts.phoneUrl}`);
  lines.push(`  Fees are paid with play money, and what can go wrong is switched there:  ${facts.paymentsUrl}`);
  lines.push(
    '  Begin in Saudi Arabia with Fatima\u2019s degree, in a second terminal without a browser:  npm run demo',
  );
  if (facts.embedded)
    lines.push(
      '  Embedded databases: for trying out (they survive kill -9, not a power cut). PostgreSQL: set DATABASE_URL.',
    );
  lines.push(
    `  Ready in ${facts.seconds.toFixed(1)} s. Ctrl-C stops it; it goes on where it was. npm run reset clears it.`,
    '',
  );
  console.log(lines.join('\n'));
}

function row(widths: number[], cells: string[]): string {
  return `  ${cells.map((cell, at) => (widths[at] ? cell.padEnd(widths[at]!) : cell)).join(' ')}`;
}
