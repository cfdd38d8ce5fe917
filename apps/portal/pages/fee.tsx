import type { Text } from '#kernel/languages';
import { MoneyOf } from '../components/values.tsx';
import { useSay, useTable } from '../reader.tsx';
import { paymentsTexts } from '../texts/payments.ts';

/** What one person is asked for. `fullMinor` and `because`: what it would be without an exemption, and why there is one. */
export type FeeShown = { amountMinor: number; currency: string; fullMinor?: number; because?: Text };

/** A fee as pages show it. `exemption`: what takes off a part of it, or all. */
export function feeShown({
  amountMinor,
  currency,
  fullMinor,
  exemption,
}: {
  amountMinor: number;
  currency: string;
  fullMinor?: number | undefined;
  exemption?: { text: Text } | undefined;
}): FeeShown {
  if (!exemption || fullMinor === undefined) return { amountMinor, currency };
  return { amountMinor, currency, fullMinor, because: exemption.text };
}

/** What is to pay, and with an exemption in place of what, and why. */
export function FeeOf({ fee }: { fee: FeeShown }) {
  const say = useSay();
  const t = useTable(paymentsTexts);
  const { amountMinor, currency, fullMinor, because } = fee;
  if (fullMinor === undefined || !because)
    return (
      <>
        {t('fee')}: <MoneyOf amountMinor={amountMinor} currency={currency} />
      </>
    );
  return (
    <>
      {t('youPay')}{' '}
      <b>
        <MoneyOf amountMinor={amountMinor} currency={currency} />
      </b>{' '}
      {t('insteadOf')} <MoneyOf amountMinor={fullMinor} currency={currency} />. {t('because')} {say(because)}
    </>
  );
}
