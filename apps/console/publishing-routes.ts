import { type Draw, type PageContext, type PageRoute, type PortalNeeds, previewRoutes, textOf } from '#apps/portal';
import type { Text } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import { eligibilityFile } from '#modules/catalogue';
import { type Draft, editorRole, publisherRole, textFiles } from '#modules/publishing';
import { consolePages } from './pages/index.ts';
import type { PauseTyped } from './pages/publishing/services.tsx';
import { words } from './pages/publishing/words.ts';
import { beginningRoutes } from './publishing-beginning.ts';
import { createDraftPages, isHidden, revisionIn, type Told } from './publishing-drafts.ts';
import { draftEditRoutes } from './publishing-edits.ts';
import { placed } from './publishing-places.ts';

const officer = 'officer' as const;

/** Services of the own office as officials see them: versions, drafts, differences, tests, preview, and publishing by a second one. */
export function publishingRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { publishing, state } = needs;
  const pages = createDraftPages(needs, draw);
  const { officialIn, draftIn, headOf, drawn } = pages;

  const nameOf = async (personId: string): Promise<Text> =>
    (await needs.identity.persons.findPerson(personId))?.names ?? { ar: 'موظف', en: 'An officer' };

  const showDraft = async (context: PageContext, draft: Draft, told: Told = {}) => {
    const { against, differences } = await publishing.compareDraft(draft);
    const { service, findings } = draft.opened;
    const tables = [service?.decisions, service?.eligibility?.decisions].flatMap(
      (model) => model?.decisions.filter(({ logic }) => logic.kind === 'table') ?? [],
    );
    const texts = textFiles.filter((file) => file in draft.files);
    const steps = await Promise.all(draft.steps.map(async (step) => ({ ...step, name: await nameOf(step.by) })));
    return drawn(
      consolePages.draft,
      {
        ...headOf(draft, told),
        findings: placed(findings, `/office/drafts/${draft.draftId}`, {
          texts,
          tables: tables.map(({ name }) => name),
        }),
        tests: draft.tests,
        ...(eligibilityFile in draft.files ? { eligibilityTests: draft.eligibilityTests } : {}),
        differences,
        against,
        textFiles: texts,
        tables: tables.map(({ name }) => name),
        steps,
        may: {
          submit: draft.may.submit,
          publish: draft.may.publish,
          isPublisher: officialIn(context).roles.includes(publisherRole),
        },
        moment: textOf(context.form['moment']),
        why: textOf(context.form['why']),
      },
      context,
      told,
    );
  };

  const showService = async (context: PageContext, refused?: { problem: Text; typed: PauseTyped }) => {
    const official = officialIn(context);
    const service = await publishing.getService(official, context.params['serviceId']!);
    const pauses = await publishing.listPauses(service.serviceId);
    const [before = '', after = ''] = [context.query['before'], context.query['after']];
    const isAsked = [before, after].every((one) => service.versions.some(({ version }) => version === one));
    return draw(
      consolePages.editableService,
      {
        ...service,
        mayEdit: official.roles.includes(editorRole),
        mayPause: official.roles.includes(publisherRole),
        pauses,
        ...(refused ? { refused } : {}),
        ...(isAsked
          ? {
              compared: {
                before,
                after,
                differences: await publishing.compareVersions(official, service.serviceId, before, after),
              },
            }
          : {}),
      },
      context,
      refused ? { status: 422 } : {},
    );
  };

  const ofService = '/office/services/:serviceId';
  const ofDraft = '/office/drafts/:draftId';
  /** A step of the draft, and its page after it; a refusal is shown there. */
  const step = (name: string, take: (context: PageContext, revision: number) => Promise<unknown>): PageRoute[] => [
    {
      method: 'POST',
      path: `${ofDraft}/${name}`,
      access: officer,
      handle: async (context) => {
        try {
          await take(context, revisionIn(context));
        } catch (error) {
          if (!(error instanceof Problem) || isHidden(error)) throw error;
          return showDraft(context, await draftIn(context), { problem: error });
        }
        return showDraft({ ...context, form: {} }, await draftIn(context), { notice: words.done });
      },
    },
    {
      // The language switch of a page that a step has drawn comes by here.
      method: 'GET',
      path: `${ofDraft}/${name}`,
      access: officer,
      handle: async (context) => showDraft(context, await draftIn(context)),
    },
  ];

  return [
    {
      method: 'GET',
      path: '/office/services',
      access: officer,
      handle: async (context) =>
        draw(
          consolePages.editableServices,
          {
            services: await publishing.listServices(officialIn(context)),
            mayBegin: officialIn(context).roles.includes(editorRole),
          },
          context,
        ),
    },
    {
      method: 'GET',
      path: ofService,
      access: officer,
      handle: (context) => showService(context),
    },
    {
      method: 'POST',
      path: `${ofService}/pause`,
      access: officer,
      handle: async (context) => {
        const { reasonAr, reasonEn, from, moment } = context.form;
        const times = { from: textOf(from).trim(), moment: textOf(moment).trim() };
        const typed = { ar: textOf(reasonAr), en: textOf(reasonEn), ...times };
        const serviceId = context.params['serviceId']!;
        try {
          await publishing.pauseService(officialIn(context), serviceId, {
            reason: { ar: typed.ar, en: typed.en },
            ...(typed.from ? { startsAt: momentIn(typed.from, state.timeZone) } : {}),
            ...(typed.moment ? { endsAt: momentIn(typed.moment, state.timeZone) } : {}),
          });
        } catch (error) {
          if (!(error instanceof Problem) || error.status !== 422) throw error;
          return showService(context, { problem: error.messages, typed });
        }
        return { redirect: `/office/services/${serviceId}` };
      },
    },
    {
      method: 'POST',
      path: `${ofService}/resume`,
      access: officer,
      handle: async (context) => {
        const serviceId = context.params['serviceId']!;
        await publishing.resumeService(officialIn(context), serviceId, new Date(textOf(context.form['pause'])));
        return { redirect: `/office/services/${serviceId}` };
      },
    },
    ...(['pause', 'resume'] as const).map(
      // The language switch of a page that a refusal has drawn comes by here.
      (step): PageRoute => ({
        method: 'GET',
        path: `${ofService}/${step}`,
        access: officer,
        handle: async (context) => {
          const { serviceId } = await publishing.getService(officialIn(context), context.params['serviceId']!);
          return { redirect: `/office/services/${serviceId}` };
        },
      }),
    ),
    {
      method: 'POST',
      path: `${ofService}/draft`,
      access: officer,
      handle: async (context) => {
        const from = textOf(context.form['from']);
        const serviceId = context.params['serviceId']!;
        const draftId = await publishing.openDraft(officialIn(context), serviceId, from || undefined);
        return { redirect: `/office/drafts/${draftId}` };
      },
    },
    {
      method: 'GET',
      path: `${ofService}/draft`,
      access: officer,
      handle: async (context) => {
        const { serviceId } = await publishing.getService(officialIn(context), context.params['serviceId']!);
        return { redirect: `/office/services/${serviceId}` };
      },
    },
    {
      method: 'GET',
      path: ofDraft,
      access: officer,
      handle: async (context) => showDraft(context, await draftIn(context)),
    },
    ...step('submit', (context, revision) =>
      publishing.submitDraft(officialIn(context), context.params['draftId']!, revision),
    ),
    ...step('discard', (context, revision) =>
      publishing.discardDraft(officialIn(context), context.params['draftId']!, revision),
    ),
    ...step('return', (context, revision) =>
      publishing.returnDraft(officialIn(context), context.params['draftId']!, revision, textOf(context.form['why'])),
    ),
    ...step('publish', (context, revision) => {
      const moment = textOf(context.form['moment']).trim();
      return publishing.publishDraft(officialIn(context), context.params['draftId']!, {
        revision,
        against: textOf(context.form['against']),
        ...(moment ? { inForceFrom: momentIn(moment, state.timeZone) } : {}),
      });
    }),
    ...beginningRoutes(needs, pages, draw),
    ...draftEditRoutes(needs, pages),
    ...previewRoutes({
      ...{ state, offices: needs.offices, publicUrl: needs.publicUrl, clock: needs.clock, draw },
      makeDocument: needs.makeDocument,
      path: `${ofDraft}/preview`,
      access: officer,
      open: async (context) => {
        const draft = await draftIn(context);
        const { service, findings } = draft.opened;
        const isOffered = service?.definition.offeredBy.some((offering) => offering.state === state.code);
        const { title } = headOf(draft);
        return {
          at: `/office/drafts/${draft.draftId}/preview`,
          title,
          findings,
          backHref: `/office/drafts/${draft.draftId}`,
          ...(service && isOffered ? { service, details: needs.catalogue.describeDraft(service) } : {}),
        };
      },
    }),
  ];
}

/** "2026-12-01 08:00" by the clocks of the state; an invalid date for anything else, which the module refuses. */
function momentIn(text: string, timeZone: string): Date {
  const latin = text.replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x660));
  const found = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2})$/.exec(latin);
  if (!found) return new Date(Number.NaN);
  const asUtc = new Date(`${found[1]}T${found[2]}:00Z`);
  if (Number.isNaN(asUtc.getTime())) return asUtc;
  // What the zone shows at that moment, less the moment itself, is how far it is from UTC.
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  }).formatToParts(asUtc);
  const part = (name: string) => parts.find(({ type }) => type === name)!.value;
  const shown = `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:00Z`;
  return new Date(2 * asUtc.getTime() - new Date(shown).getTime());
}
