import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { writeAmount } from '#modules/catalogue';
import { type Reconciliation, writeReconciliation } from '#modules/payments';
import type { CliConfig } from './config.ts';
import { asOperator } from './operator.ts';

const usage = `jisr payments: a day's fees beside the books of the payment provider

  npm run jisr -- payments reconcile <node> --day 2026-11-29
      --provider <id>           the provider of that name; without it, the one that takes new payments
      --file <settlement.csv>   a file of the provider's, in place of its list: columns kind, reference, currency, amount
      --csv <report.csv>        writes every line to a file, for a spreadsheet

  A day is one of the state's own calendar. Exit code 1 when the two books differ. The node has to run.
`;
const text = { type: 'string' } as const;

/** Compares a day of a node with its provider. Exit code 0 when the books agree, 1 when they differ, 2 when nothing was compared. */
export async function operatePayments(config: CliConfig, words: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: { day: text, provider: text, file: text, csv: text },
  });
  const [action, node] = positionals;
  const { day, provider, file, csv } = values;
  if (action !== 'reconcile' || !node || !/^\d{4}-\d{2}-\d{2}$/.test(day ?? '')) {
    console.error(usage);
    return 2;
  }
  return asOperator(config, node, async (access) => {
    const query = new URLSearchParams({ day: day!, ...(provider ? { provider } : {}) });
    const path = `/operator/payments/reconciliation?${query}`;
    const report = (await (file === undefined
      ? access.send('GET', path)
      : access.send('POST', path, { settlement: readFileSync(file, 'utf8') }))) as Reconciliation;
    if (csv !== undefined) writeFileSync(csv, writeReconciliation(report));
    for (const line of linesOf(report)) console.log(line);
    return report.isEven ? 0 : 1;
  });
}

/** What each difference means, below the lines that show one. */
const meanings: Record<Exclude<Reconciliation['rows'][number]['verdict'], 'agrees'>, string> = {
  'missing-here':
    'the provider has it and this node has not: look the reference up at the provider before anything is given back',
  'missing-there': 'this node has it and the provider has not, in this list: it may be settled on a later day',
  'amount-differs':
    'both have it with other amounts; several lines of one reference are added up, so it may have been taken twice',
};

function linesOf({ day, provider, rows, totals, isEven }: Reconciliation): string[] {
  const money = (minor: number | undefined, currency: string) =>
    (minor === undefined ? '-' : `${minor < 0 ? '-' : ''}${writeAmount(Math.abs(minor), currency)}`).padStart(14);
  const differing = rows.filter(({ verdict }) => verdict !== 'agrees');
  return [
    `${day}, ${provider}: ${rows.length} movements, ${isEven ? 'all agree' : `${differing.length} differ`}`,
    ...totals.map(
      ({ currency, oursMinor, theirsMinor }) =>
        `  ${currency}  here ${money(oursMinor, currency)}   there ${money(theirsMinor, currency)}`,
    ),
    ...differing.map(
      ({ verdict, kind, ref, currency, oursMinor, theirsMinor }) =>
        `  ${verdict.padEnd(14)} ${kind.padEnd(8)} ${currency} ${money(oursMinor, currency)} ${money(theirsMinor, currency)}  ${ref}`,
    ),
    ...Object.entries(meanings).flatMap(([verdict, meaning]) =>
      differing.some((row) => row.verdict === verdict) ? [`  ${verdict}: ${meaning}`] : [],
    ),
  ];
}
