import { type Field, type PageContext, type PortalNeeds, textOf } from '#apps/portal';
import type { Text } from '#kernel/languages';
import { latinDigits } from '#kernel/words';
import { type FeeDefinition, readAmount, type ServiceFiles, writeAmount } from '#modules/catalogue';
import { type ExemptionTerms, percentOf, refuseSetting, type Terms, termsOf } from '#modules/publishing';
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

type Group = { title?: Text; fields: Field[] };

/** What takes off a part of the fee, each with how much; a new one where the rules have a table of them. */
export function exemptionGroups(files: ServiceFiles, form: PageContext['form']): Group[] {
  const fee = feeIn(files);
  if (!fee) return [];
  const isTyped = form['days'] !== undefined;
  const value = (name: string, held: string) => (isTyped ? textOf(form[name]) : held);
  const share = (name: string, held: string): Field => ({
    name,
    kind: 'number',
    label: words.takesOff,
    hint: words.takesOffHint,
    value: value(name, held),
    suffix: { ar: '٪', en: '%' },
  });
  const known = fee.exemptions.map((exemption): Group => {
    const { id, text } = exemption;
    const percent = percentOf(exemption);
    return {
      title: text,
      fields: [
        ...(percent === undefined ? [] : [share(`off.${id}`, String(percent))]),
        {
          name: `gone.${id}`,
          kind: 'checkbox',
          label: words.removeExemption,
          ...(isTyped && form[`gone.${id}`] !== undefined ? { value: 'yes' } : {}),
        },
      ],
    };
  });
  if (!fee.decision) return known;
  return [
    ...known,
    {
      title: words.addExemption,
      fields: [
        { name: 'new-id', kind: 'latin', label: words.name, hint: words.exemptionHint, value: value('new-id', '') },
        { name: 'new-ar', kind: 'text', label: words.labelAr, value: value('new-ar', '') },
        { name: 'new-en', kind: 'latin', label: words.labelEn, value: value('new-en', '') },
        share('new-off', ''),
      ],
    },
  ];
}

const feeIn = (files: ServiceFiles): FeeDefinition | undefined =>
  files['fee.json'] ? JSON.parse(files['fee.json']) : undefined;

/** Reads them back, beside the files as they were seen. Refuses what is no amount, no share and no number of days. */
export function readTerms(files: ServiceFiles, form: PageContext['form'], { currency }: State): Terms {
  const given = (name: string) => textOf(form[name]).trim();
  const days = latin(given('days'));
  if (!/^\d{1,3}$/.test(days)) throw refuseSetting('days-wrong');
  const workingDays = Number(days);
  const amountOf = (name: string) => {
    const typed = latin(given(name));
    const amount = typed === '' ? 0 : readAmount(typed, currency.code);
    if (amount === undefined)
      throw refuseSetting('amount-wrong', { typed: typed.slice(0, 40), currency: currency.code });
    return amount;
  };
  const amountMinor = amountOf('fee');
  if (amountMinor === 0) return { workingDays };
  const due: FeeDefinition['due'] = given('due') === 'before-decision' ? 'before-decision' : 'before-sending';
  const percent = (name: string) => (given(name) === '' ? 100 : Number(latin(given(name))));
  const exemptions: ExemptionTerms[] = (feeIn(files)?.exemptions ?? []).flatMap(({ id }) =>
    given(`gone.${id}`) === 'yes' ? [] : [{ id, percent: percent(`off.${id}`) }],
  );
  if (given('new-id') !== '')
    exemptions.push({
      id: given('new-id'),
      percent: percent('new-off'),
      text: { ar: given('new-ar'), en: given('new-en') },
    });
  return { workingDays, fee: { amountMinor, refundAloneMinorMax: amountOf('alone'), due, exemptions } };
}
