import { type Draw, type Field, type PageContext, type PageRoute, type PortalNeeds, textOf } from '#apps/portal';
import type { Text } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import { latinDigits } from '#kernel/words';
import { Audience, readAmount, writeAmount } from '#modules/catalogue';
import { type Beginning, channelKinds, type Facts, levels, refuseSetting } from '#modules/publishing';
import { findPurpose } from '#protocol/catalogue';
import { consolePages } from './pages/index.ts';
import { audienceNames, channelNames, levelNames, serviceWords as words } from './pages/publishing/service-words.ts';
import { type DraftPages, isHidden } from './publishing-drafts.ts';
import { listIn } from './publishing-plain.ts';

type Posted = PageContext['form'];
const officer = 'officer' as const;
const path = '/office/new-service';

/** What a service is, as fields that a new one and one in a draft have in common. `typed`: what was posted, which stands there again. */
export function factFields(
  catalogue: Pick<PortalNeeds['catalogue'], 'listThemes' | 'listLifeEvents'>,
  facts: Partial<Facts>,
  typed: Posted | undefined,
): Field[] {
  const held = (name: string, value: string) => (typed ? textOf(typed[name]) : value);
  const several = (name: string, values: readonly string[]) => (typed ? listIn(typed, name) : [...values]);
  const named = ({ id, names }: { id: string; names: Text }) => ({ value: id, label: names });
  return [
    {
      name: 'theme',
      kind: 'choice',
      label: words.theme,
      required: true,
      value: held('theme', facts.theme ?? ''),
      choices: catalogue.listThemes().map(named),
    },
    {
      name: 'lifeEvents',
      kind: 'checkboxes',
      label: words.lifeEvents,
      required: true,
      value: several('lifeEvents', facts.lifeEvents ?? []),
      choices: catalogue.listLifeEvents().map(named),
    },
    {
      name: 'audience',
      kind: 'checkboxes',
      label: words.audience,
      required: true,
      value: several('audience', facts.audience ?? []),
      choices: Audience.enum.map((value) => ({ value, label: audienceNames.get(value)! })),
    },
    {
      name: 'channels',
      kind: 'checkboxes',
      label: words.channels,
      required: true,
      value: several(
        'channels',
        (facts.channels ?? []).map(({ kind }) => kind),
      ),
      choices: channelKinds.map((value) => ({ value, label: channelNames[value] })),
    },
    {
      name: 'assurance',
      kind: 'radios',
      label: words.assurance,
      required: true,
      value: held('assurance', facts.assurance ?? 'substantial'),
      choices: levels.map((value) => ({ value, label: levelNames[value] })),
    },
  ];
}

/** Reads them back; the module refuses what no service can be. */
export const factsIn = (form: Posted) => ({
  theme: textOf(form['theme']),
  lifeEvents: listIn(form, 'lifeEvents'),
  audience: Audience.enum.filter((one) => listIn(form, 'audience').includes(one)),
  channels: channelKinds.flatMap((kind) => {
    const url = textOf(form[`url.${kind}`]).trim();
    return listIn(form, 'channels').includes(kind) ? [{ kind, ...(url ? { url } : {}) }] : [];
  }),
  assurance: levels.find((level) => level === textOf(form['assurance'])) ?? 'substantial',
});

export function beginningFields(
  { state, catalogue }: Pick<PortalNeeds, 'state' | 'catalogue'>,
  beginning: Beginning,
  typed: Posted | undefined,
): Field[] {
  const { chosen, purposes } = beginning;
  const held = (name: string, value: string) => (typed ? textOf(typed[name]) : value);
  const { code } = state.currency;
  const amount = chosen && chosen.amountMinor > 0 ? writeAmount(chosen.amountMinor, code) : '';
  return [
    {
      name: 'id',
      kind: 'latin',
      label: words.shortName,
      hint: words.shortNameHint,
      required: true,
      value: held('id', ''),
    },
    { name: 'ar', kind: 'text', label: words.nameAr, required: true, value: held('ar', '') },
    { name: 'en', kind: 'latin', label: words.nameEn, required: true, value: held('en', '') },
    ...(chosen
      ? []
      : [
          {
            name: 'purpose',
            kind: 'choice' as const,
            label: words.purpose,
            hint: words.purposeHint,
            required: true,
            value: held('purpose', ''),
            choices: purposes.map((value) => ({ value, label: findPurpose(value)!.names })),
          },
        ]),
    ...factFields(catalogue, chosen?.facts ?? {}, typed),
    {
      name: 'cost',
      kind: 'number',
      label: words.cost,
      value: held('cost', amount),
      suffix: { ar: code, en: code },
    },
    {
      name: 'days',
      kind: 'number',
      label: words.workingDays,
      required: true,
      value: held('days', String(chosen?.workingDays ?? '')),
    },
  ];
}

/** The page on which an official begins a service that there is not yet. */
export function beginningRoutes(
  needs: Pick<PortalNeeds, 'state' | 'catalogue' | 'publishing'>,
  { officialIn }: DraftPages,
  draw: Draw,
): PageRoute[] {
  const { publishing, state } = needs;

  const show = (context: PageContext, from: string, problem?: Problem) => {
    const beginning = publishing.describeBeginning(officialIn(context), from || undefined);
    const source = beginning.services.find(({ serviceId }) => serviceId === from);
    return draw(
      consolePages.newService,
      {
        start: {
          name: 'from',
          kind: 'choice',
          label: words.start,
          hint: words.startHint,
          value: from,
          choices: beginning.services.map(({ serviceId, title }) => ({ value: serviceId, label: title })),
        },
        ...(source ? { begunFrom: source } : {}),
        office: beginning.office,
        fields: beginningFields(needs, beginning, problem ? context.form : undefined),
        ...(problem ? { problem: problem.messages } : {}),
      },
      context,
      problem ? { status: problem.status } : {},
    );
  };

  return [
    { method: 'GET', path, access: officer, handle: async (context) => show(context, context.query['from'] ?? '') },
    {
      method: 'POST',
      path,
      access: officer,
      handle: async (context) => {
        const { form } = context;
        const given = (name: string) => textOf(form[name]).trim();
        const from = given('from');
        try {
          const typed = latinDigits(given('cost'));
          const amountMinor = typed === '' ? 0 : readAmount(typed, state.currency.code);
          if (amountMinor === undefined)
            throw refuseSetting('amount-wrong', { typed: typed.slice(0, 40), currency: state.currency.code });
          const days = latinDigits(given('days'));
          const draftId = await publishing.beginService(officialIn(context), {
            id: given('id'),
            title: { ar: given('ar'), en: given('en') },
            ...(from ? { from } : { purpose: given('purpose') }),
            ...factsIn(form),
            workingDays: /^\d{1,3}$/.test(days) ? Number(days) : Number.NaN,
            amountMinor,
          });
          return { redirect: `/office/drafts/${draftId}` };
        } catch (error) {
          if (!(error instanceof Problem) || isHidden(error)) throw error;
          return show(context, from, error);
        }
      },
    },
  ];
}
