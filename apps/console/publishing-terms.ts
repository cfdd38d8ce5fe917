import { type Field, type PageContext, type PortalNeeds, textOf } from '#apps/portal';
import { latinDigits } from '#kernel/words';
import { type FeeDefinition, readAmount, type ServiceFiles, writeAmount } from '#modules/catalogue';
import { type Terms, termsOf } from '#modules/publishing';
import { words } from './pages/publishing/words.ts';

type State = PortalNeeds['state'];
const latin = (text: string) => latinDigits(text).trim();

/** What this state asks and promises, in its own currency, as kept or as just typed. */
export function termsFields(files: ServiceFiles, { code, currency }: State, form: PageContext['form']): Field[] {
  const { workingDays, fee } = termsOf(files, code);
  const held: Record<string, string> = {
    days: String(workingDays),
    fee: fee ? writeAmount(fee.amountMinor, currency.code) : '',
    alone: fee ? writeAmount(fee.refundAloneMinorMax, currency.code) : '',
    due: fee?.due ?? '',
  };
  const value = (name: string) => (form['days'] === undefined ? held[name]! : textOf(form[name]));
  const suffix = { ar: currency.code, en: currency.code };
  return [
    { name: 'days', kind: 'number', label: words.workingDays, required: true, value: value('days') },
    { name: 'fee', kind: 'number', label: words.fee, value: value('fee'), suffix },
    { name: 'alone', kind: 'number', label: words.refundAlone, value: value('alone'), suffix },
    {
      name: 'due',
      kind: 'radios',
      label: words.due,
      value: value('due'),
      choices: [
        { value: 'before-sending', label: words.dueBeforeSending },
        { value: 'before-decision', label: words.dueBeforeDecision },
      ],
    },
  ];
}

/** Reads them back. Throws an Error in plain words for what is no amount and no number of days. */
export function readTerms(form: PageContext['form'], { currency }: State): Terms {
  const days = latin(textOf(form['days']));
  if (!/^\d{1,3}$/.test(days)) throw new Error(`'${days}' is no number of working days`);
  const workingDays = Number(days);
  const amountOf = (name: string) => {
    const typed = latin(textOf(form[name]));
    const amount = typed === '' ? 0 : readAmount(typed, currency.code);
    if (amount === undefined) throw new Error(`'${typed}' is no amount in ${currency.code}`);
    return amount;
  };
  const amountMinor = amountOf('fee');
  if (amountMinor === 0) return { workingDays };
  const due: FeeDefinition['due'] = textOf(form['due']) === 'before-decision' ? 'before-decision' : 'before-sending';
  return { workingDays, fee: { amountMinor, refundAloneMinorMax: amountOf('alone'), due } };
}
