import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeContract, operatorContract } from '#apps/state-node';
import type { Contract } from '#kernel/contract';
import { describeContract } from '#kernel/openapi';
import { appAccess, appsContract } from '#modules/apps';
import { casesContract } from '#modules/cases';
import { catalogueContract } from '#modules/catalogue';
import { consentContract } from '#modules/consent';
import { credentialsContract } from '#modules/credentials';
import { eventsContract } from '#modules/events';
import { exchangeContract } from '#modules/exchange';
import { federationContract } from '#modules/federation';
import { contract as identityContract } from '#modules/identity';
import { insightsContract } from '#modules/insights';
import { ledgerContract } from '#modules/ledger';
import { mandatesContract } from '#modules/mandates';
import { matchingContract } from '#modules/matching';
import { notificationsContract } from '#modules/notifications';
import { offersContract } from '#modules/offers';
import { paymentsContract } from '#modules/payments';
import { publishingContract } from '#modules/publishing';
import { sharingContract } from '#modules/sharing';
import { signaturesContract } from '#modules/signatures';
import type { CliConfig } from './config.ts';

const contracts = [
  nodeContract,
  operatorContract,
  ledgerContract,
  federationContract,
  identityContract,
  mandatesContract,
  matchingContract,
  consentContract,
  exchangeContract,
  eventsContract,
  catalogueContract,
  publishingContract,
  casesContract,
  paymentsContract,
  offersContract,
  sharingContract,
  notificationsContract,
  insightsContract,
  signaturesContract,
  credentialsContract,
  appsContract,
] as unknown as Contract[];

/** Writes one OpenAPI 3.1 file per contract, or (with `check`) names the files that are not current. */
export async function openapi(config: CliConfig, check: boolean): Promise<number> {
  const folder = join(config.root, 'openapi');
  mkdirSync(folder, { recursive: true });
  const wanted = new Map(
    contracts.map((contract) => [`${contract.module}.json`, describeContract(contract, appAccess)]),
  );
  const present = readdirSync(folder);
  const stale = [
    ...[...wanted].filter(
      ([name, text]) => !present.includes(name) || readFileSync(join(folder, name), 'utf8') !== text,
    ),
    ...present.filter((name) => !wanted.has(name)).map((name) => [name, undefined] as const),
  ];
  if (check) {
    for (const [name] of stale) console.error(`openapi/${name} is not current. Run: npm run openapi`);
    return stale.length === 0 ? 0 : 1;
  }
  for (const [name, text] of stale)
    if (text === undefined) rmSync(join(folder, name));
    else writeFileSync(join(folder, name), text);
  console.log(`openapi/: ${wanted.size} files, ${stale.length} changed`);
  return 0;
}
