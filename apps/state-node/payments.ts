import { join } from 'node:path';
import type { HttpClient } from '#kernel/http-client';
import type { Cases, Person } from '#modules/cases';
import { openSecretFolder } from '#modules/exchange';
import { createPayments, createStripeCheckout, type Payments, type PaymentsNeeds } from '#modules/payments';
import type { NodeConfig } from './config.ts';
import type { StateDescription } from './state-folder.ts';

type Needs = Omit<PaymentsNeeds, 'findCase' | 'describeOfficer' | 'providers' | 'state' | 'timeZone' | 'publicUrl'> & {
  cases: Pick<Cases, 'findFeeCase' | 'describeFeeOfficer'>;
  http: HttpClient;
  config: NodeConfig;
  state: StateDescription;
};

/** The payments of one node, by the providers that its operator names. Their secrets are read from files, like those of registries. */
export function createPaymentsFor({ cases, http, config, state, ...needs }: Needs): Payments {
  const secrets = openSecretFolder(join(config.dataFolder, 'secrets'));
  const providers = (config.paymentProviders ?? []).map(({ isPlayMoney = false, protocol, ...settings }) =>
    createStripeCheckout(
      { ...settings, isPlayMoney },
      {
        http,
        secrets: {
          apiKey: () => secrets.read(`payment-${settings.id}-key`),
          webhookSecret: () => secrets.read(`payment-${settings.id}-messages`),
        },
      },
    ),
  );
  return createPayments({
    ...needs,
    providers,
    state: state.code,
    timeZone: state.timeZone,
    publicUrl: config.publicUrl,
    findCase: (caseId, payer) => cases.findFeeCase(caseId, payer as Person | undefined),
    describeOfficer: cases.describeFeeOfficer,
  });
}
