import { parse } from 'csv-parse/sync';
import { readAmount, writeAmount } from '#modules/catalogue';
import { currencyCodes } from '#protocol/states';
import type { Reconciliation } from '../contract.ts';
import { problem } from '../problems.ts';
import type { Movement } from './rules.ts';

const columns = ['kind', 'reference', 'currency', 'amount'] as const;

/**
 * Reads a settlement file: RFC 4180 with the columns kind (payment or refund), reference, currency, and amount in the currency's own
 * decimals (`5.000`); others are passed over. Throws `settlement-unreadable` with the line.
 */
export function readSettlement(text: string): Movement[] {
  let lines: string[][];
  try {
    lines = parse(text, { bom: true, skip_empty_lines: true, relax_quotes: false });
  } catch (error) {
    throw problem('settlement-unreadable', { why: (error as { code?: string }).code ?? 'csv' });
  }
  const [header = [], ...rows] = lines;
  const missing = columns.filter((name) => !header.includes(name));
  if (missing.length > 0) throw problem('settlement-unreadable', { why: `column ${missing.join(', ')}` });
  return rows.map((cells, at) => {
    const cell = (name: (typeof columns)[number]) => cells[header.indexOf(name)]!.trim();
    const [kind, ref, currency] = [cell('kind'), cell('reference'), cell('currency')];
    const amountMinor = currencyCodes.includes(currency) ? readAmount(cell('amount'), currency) : undefined;
    if ((kind !== 'payment' && kind !== 'refund') || ref === '' || amountMinor === undefined)
      throw problem('settlement-unreadable', { why: `line ${at + 2}` });
    return { kind, ref, money: { amountMinor, currency } };
  });
}

/** A report as CSV (RFC 4180), for a spreadsheet. No cell begins with a sign that a spreadsheet would compute. */
export function writeReconciliation({ day, provider, rows }: Reconciliation): string {
  const amount = (minor: number | undefined, currency: string) =>
    minor === undefined ? '' : writeAmount(minor, currency);
  const cell = (text: string) => (/^[=+\-@\t\r]|[",\r\n]/.test(text) ? `"'${text.replaceAll('"', '""')}"` : text);
  const lines = rows.map(({ kind, ref, currency, oursMinor, theirsMinor, verdict }) =>
    [day, provider, kind, ref, currency, amount(oursMinor, currency), amount(theirsMinor, currency), verdict]
      .map(cell)
      .join(','),
  );
  return ['day,provider,kind,reference,currency,ours,theirs,verdict', ...lines, ''].join('\r\n');
}
