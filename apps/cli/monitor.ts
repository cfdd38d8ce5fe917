import type { MonitoringSummary, OperationalRecord } from '#modules/exchange';
import type { CliConfig } from './config.ts';
import { asOperator } from './operator.ts';

/** The names of the filters are those of the operator's endpoint. */
export type MonitorFilters = Partial<
  Record<'since' | 'until' | 'side' | 'office' | 'evidenceType' | 'code' | 'given' | 'peer' | 'limit', string>
>;

const words = {
  none: { en: 'No exchange in this time.', ar: 'لا تبادل في هذا الوقت.' },
  flows: { en: 'Exchanges (milliseconds)', ar: 'التبادلات (بالمللي ثانية)' },
  refusals: { en: 'Refusals by code', ar: 'الرفض حسب الرمز' },
  dropped: { en: 'Records lost while the database was away', ar: 'سجلات ضاعت أثناء غياب قاعدة البيانات' },
};

/**
 * What a node saw of its exchanges: counts, percentiles and refusals, or with `list` each exchange as one line; with `json` as
 * the endpoint gives it, in the words of X-Road operational data. Exit code 2 when the node cannot be read from here.
 */
export async function monitor(
  config: CliConfig,
  options: { node?: string | undefined; list: boolean; json: boolean; filters: MonitorFilters },
): Promise<number> {
  return asOperator(config, options.node, async (access) => {
    const query = new URLSearchParams(options.filters as Record<string, string>).toString();
    const path = options.list ? '/operator/exchanges' : '/operator/exchanges/summary';
    const json = await access.send('GET', `${path}${query ? `?${query}` : ''}`);
    if (options.json) console.log(JSON.stringify(json, null, 2));
    else if (options.list)
      printRecords((json as { records: OperationalRecord[] }).records, words.none[config.language]);
    else printSummary(json as MonitoringSummary, config.language);
    return 0;
  });
}

function printRecords(records: OperationalRecord[], none: string): void {
  if (records.length === 0) console.log(none);
  for (const record of records) {
    const client = [record.clientXRoadInstance, record.clientMemberClass, record.clientMemberCode].join('/');
    const service = [record.serviceXRoadInstance, record.serviceMemberClass, record.serviceMemberCode].join('/');
    const end = record.succeeded ? 'given' : `${record.faultCode} (${record.jisr.origin})`;
    const at = new Date(record.requestInTs).toISOString();
    console.log(
      `${at}  ${record.securityServerType.padEnd(8)}  ${client} -> ${service}  ${record.serviceCode ?? '?'}  ${record.jisr.totalMs.toFixed(0)} ms  ${end}`,
    );
  }
}

function printSummary(summary: MonitoringSummary, language: CliConfig['language']): void {
  console.log(`${summary.since} … ${summary.until}`);
  console.log(words[summary.flows.length === 0 ? 'none' : 'flows'][language]);
  if (summary.flows.length === 0) return;
  console.table(
    summary.flows.map(({ p50Ms, p99Ms, maxMs, ...flow }) => ({
      ...flow,
      p50: Math.round(p50Ms),
      p99: Math.round(p99Ms),
      max: Math.round(maxMs),
    })),
  );
  if (summary.refusals.length > 0) {
    console.log(words.refusals[language]);
    console.table(summary.refusals);
  }
  if (summary.dropped > 0) console.log(`${words.dropped[language]}: ${summary.dropped}`);
}
