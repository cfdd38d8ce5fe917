import type { Caller } from '#kernel/contract';
import { latinDigits } from '#kernel/words';
import type { ServiceMeasures } from '#modules/cases';
import { Audience, type ServiceDetails, type ServiceSummary, type Wanted } from '#modules/catalogue';
import type { StateName } from '../components/values.tsx';
import { callerOf, type Draw } from '../frame.ts';
import { findHolder, listStateNames, officeOf, type PortalNeeds } from '../needs.ts';
import type { AskedEvidence, ElsewhereRowView, HomeView, ServiceRowView, TimeNeeded } from '../pages/index.ts';
import { pages } from '../pages/index.ts';
import type { PageContext, PageRoute } from '../routing.ts';
import { findOwn, isForVisitor } from './for-me.ts';
import { textOf } from './sign-in.ts';

const pageSize = 20;
const eventIcons = {
  'work-abroad': 'work',
  'new-baby': 'birth',
  'start-business': 'business',
  'study-abroad': 'study',
} as const;

/** The catalogue as pages: finding a service, and reading what it is. */
export function serviceRoutes(needs: PortalNeeds, draw: Draw): PageRoute[] {
  const { catalogue } = needs;

  return [
    {
      method: 'GET',
      path: '/services',
      access: 'anyone',
      handle: (context) => showList(context, context.query),
    },
    {
      // Whom it is for comes with the form, so that no address and no log has it.
      method: 'POST',
      path: '/services/for-me',
      access: 'person',
      handle: async (context) => {
        const { form, caller } = context;
        const given = Object.fromEntries(
          ['q', 'event', 'theme', 'for', 'age', 'page'].map((name) => [name, textOf(form[name])]),
        );
        if (textOf(form['as']) === 'typed' || caller.kind !== 'person') return showList(context, given, true);
        const { age, audience } = await findOwn(needs, caller);
        return showList(context, { ...given, for: audience ?? '', age: age?.toString() ?? '' }, true);
      },
    },
    {
      // The language switch after a press comes by here.
      method: 'GET',
      path: '/services/for-me',
      access: 'anyone',
      handle: async () => ({ redirect: '/services' }),
    },
    {
      method: 'GET',
      path: '/services/:serviceId/process',
      access: 'anyone',
      handle: async (context) => {
        const { version } = context.query;
        const process = await needs.cases.describeProcess(context.params['serviceId']!, version || undefined);
        const asked = version ? `?${new URLSearchParams({ version })}` : '';
        return draw(
          pages.process,
          { process, jsonHref: `/api/services/${process.serviceId}/process${asked}` },
          context,
        );
      },
    },
    {
      method: 'GET',
      path: '/services/:serviceId',
      access: 'anyone',
      handle: async (context) => {
        const elsewhere = catalogue.listElsewhere().find(({ id }) => id === context.params['serviceId']);
        if (elsewhere)
          return draw(pages.elsewhereService, elsewhereRow(elsewhere, await listGivers()), context, { status: 404 });
        const details = catalogue.describeService(context.params['serviceId']!);
        return details.delivery
          ? draw(pages.service, await deliveredView(details, details.delivery, context), context)
          : draw(pages.describedService, describedView(details), context);
      },
    },
  ];

  async function showList(context: PageContext, given: Record<string, string>, isForMe = false) {
    const query = (given['q'] ?? '').slice(0, 200).trim();
    const wanted = readWanted(given);
    const isVisiting = isForMe && wanted.audience === 'visitor';
    const { audience: _, ...others } = wanted;
    const asked = isVisiting ? others : wanted;
    const fitting = [...catalogue.listServices(asked), ...(isVisiting ? [] : catalogue.listElsewhere(asked))].filter(
      (service) => !isVisiting || isForVisitor(service),
    );
    const ids = new Set(fitting.map(({ id }) => id));
    const found = query
      ? catalogue
          .search(query, context.language)
          .map((hit) => hit.service)
          .filter(({ id }) => ids.has(id))
      : fitting;
    const measures = await needs.cases.measureServices();
    const count = Math.max(1, Math.ceil(found.length / pageSize));
    const givers = await listGivers();
    const page = Math.min(count, Math.max(1, Number.parseInt(given['page'] ?? '1', 10) || 1));
    const { kind } = await callerOf(needs, context);
    return draw(
      pages.searchResults,
      {
        query,
        wanted,
        ...(kind === 'person' ? { forMe: isForMe ? ('chosen' as const) : ('offered' as const) } : {}),
        lifeEvents: catalogue.listLifeEvents().map(({ id, names }) => ({ id, names })),
        themes: catalogue.listThemes(),
        services: found
          .slice((page - 1) * pageSize, page * pageSize)
          .map((service) =>
            service.givenIn.includes(needs.state.code)
              ? serviceRow(needs, service, measures)
              : elsewhereRow(service, givers),
          ),
        total: found.length,
        page,
        pages: count,
        suggestions: shownLifeEvents(needs).map(({ title, href }) => ({ words: title, href })),
      },
      context,
    );
  }

  /** Where the portals of the other states are; their names alone while the federation cannot be asked. */
  async function listGivers(): Promise<Giver[]> {
    const names = await listStateNames(needs);
    const known = await needs.federation.listStates().catch(() => []);
    return names.map((state) => {
      const portal = known.find((one) => one.state === state.code)?.entityId;
      return portal === undefined ? { state } : { state, portal };
    });
  }

  function describedView(details: ServiceDetails) {
    return {
      ...sharedFacts(needs, details),
      whoMayApply: [details.whoMayApply],
      needed: details.requirements.map(({ id, names, evidence }) => ({ id, names, evidence })),
      channels: details.channels,
      feeText: details.cost.text,
      timeText: details.serviceLevel.text,
    };
  }

  /** Whether the message that it opens is asked for; whoever acts for another asks for nothing of their own. */
  async function openingOf(caller: Caller, serviceId: string) {
    if (caller.kind !== 'person') return { opening: { isAwaited: false } };
    if (caller.actingFor) return {};
    return { opening: { isAwaited: await needs.offers.isAwaited(caller.personId, serviceId) } };
  }

  async function deliveredView(
    details: ServiceDetails,
    delivery: NonNullable<ServiceDetails['delivery']>,
    context: PageContext,
  ) {
    const states = await listStateNames(needs);
    const caller = await callerOf(needs, context);
    const wanted = (context.query['home'] ?? (caller.kind === 'person' ? caller.homeState : '')).toUpperCase();
    const home = states.find((state) => state.code === wanted)?.code;
    // Of this state's own records only what it really reads for people of other states.
    const readHere = (item: (typeof delivery.asked)[number]) =>
      needs.matching.mayRead({
        office: needs.catalogue.listServices().find(({ id }) => id === details.id)?.office.id ?? '',
        purpose: delivery.purpose.id,
        evidenceType: item.evidenceType,
        fields: item.fields.map(({ name }) => name),
      });
    const shown = delivery.asked.filter((item) => item.providedBy === 'home-state' || readHere(item));
    const asked = shown.map(async (item): Promise<AskedEvidence> => {
      const from = item.providedBy === 'this-state' ? needs.state.code : home;
      const holder = from ? await findHolder(needs, from, item.evidenceType) : undefined;
      return {
        evidence: item.evidenceNames,
        why: item.why,
        ...(holder ? { holder } : {}),
        fields: item.fields.map((field) => ({ label: field.names, isRequired: field.essential })),
      };
    });
    const measured = (await needs.cases.measureServices()).find(({ serviceId }) => serviceId === details.id);
    const { availability } =
      (await needs.insights.measureServices()).find(({ serviceId }) => serviceId === details.id) ?? {};
    return {
      ...sharedFacts(needs, details, measured),
      ...(measured?.satisfaction && measured.ratings
        ? { satisfaction: { stars: measured.satisfaction, count: measured.ratings } }
        : {}),
      ...(availability ? { availability: { percent: availability.percent } } : {}),
      serviceId: details.id,
      ...(details.pause ? { pause: details.pause, ...(await openingOf(caller, details.id)) } : {}),
      ...(details.nextPause ? { nextPause: details.nextPause } : {}),
      whoMayApply: [details.whoMayApply, delivery.beforeYouStart],
      hasEligibilityCheck: delivery.hasEligibilityCheck,
      asked: await Promise.all(asked),
      youAnswer: delivery.pages.map((page) => page.title),
      homeStates: states,
      ...(home ? { homeStateCode: home } : {}),
    };
  }
}

/** What a page says of a service whether it is given here or not. */
export function sharedFacts(
  needs: Pick<PortalNeeds, 'offices' | 'state'>,
  details: ServiceDetails,
  measured?: ServiceMeasures,
) {
  return {
    title: details.title,
    summary: details.summary,
    office: officeOf(needs, details.office),
    results: [details.outcome, ...details.outputs.map((output) => output.title)],
    fee: feeOf(needs, details),
    exemptions: details.delivery?.feeExemptions ?? [],
    time: timeOf(details, measured),
    laws: details.legalBasis.map((law) => ({
      title: law.article
        ? { ar: `${law.title.ar}، ${law.article.ar}`, en: `${law.title.en}, ${law.article.en}` }
        : law.title,
    })),
    version: details.versionLabel,
  };
}

export function serviceRow(
  needs: PortalNeeds,
  service: ServiceSummary,
  measures: readonly ServiceMeasures[],
): ServiceRowView {
  return {
    serviceId: service.id,
    title: service.title,
    summary: service.summary,
    office: officeOf(needs, service.office),
    fee: feeOf(needs, service),
    time: timeOf(
      service,
      measures.find(({ serviceId }) => serviceId === service.id),
    ),
    isShared: service.isShared,
    isDelivered: service.isDelivered,
    ...(service.pause ? { isPaused: true } : {}),
    ...(service.pause?.endsAt ? { opensAt: service.pause.endsAt } : {}),
    ...(service.nextPause && !service.pause ? { closesAt: service.nextPause.startsAt } : {}),
  };
}

/** What the first page shows of what happens in a life: only what a service here helps with. */
export function shownLifeEvents({ catalogue, lifeEventsFirst }: PortalNeeds): HomeView['lifeEvents'] {
  const events = catalogue.listLifeEvents();
  return lifeEventsFirst.flatMap((id) => {
    const event = events.find((one) => one.id === id);
    const serviceCount = catalogue.listServices({ lifeEvent: id }).length;
    if (!event || serviceCount === 0) return [];
    const icon = eventIcons[id as keyof typeof eventIcons] ?? 'document';
    return [{ id, title: event.names, summary: event.summary, serviceCount, icon, href: `/services?event=${id}` }];
  });
}

type Giver = { state: StateName; portal?: string };

function elsewhereRow({ id, title, summary, givenIn }: ServiceSummary, givers: readonly Giver[]): ElsewhereRowView {
  return {
    serviceId: id,
    title,
    summary,
    givenBy: givers
      .filter(({ state }) => givenIn.includes(state.code))
      .map(({ state, portal }) => (portal === undefined ? { state } : { state, href: `${portal}/services/${id}` })),
  };
}

function timeOf({ workingDays }: ServiceSummary, measured: ServiceMeasures | undefined): TimeNeeded {
  return {
    promisedWorkingDays: workingDays,
    ...(measured
      ? {
          automaticPercent: measured.atOncePercent,
          halfWorkingDays: measured.medianWorkingDays,
          p90WorkingDays: measured.p90WorkingDays,
        }
      : {}),
    ...(measured?.officerMedianWorkingDays === undefined
      ? {}
      : { medianWorkingDays: measured.officerMedianWorkingDays }),
  };
}

function feeOf({ state }: Pick<PortalNeeds, 'state'>, { costMinor }: ServiceSummary) {
  return costMinor === 0 ? null : { amountMinor: costMinor, currency: state.currency.code };
}

/** What the filters of the page say; what is not known there is as if nothing was chosen. */
function readWanted(query: Record<string, string>): Wanted {
  const { event, theme, for: audience, age } = query;
  const typed = latinDigits(age ?? '').trim();
  const years = /^\d{1,3}$/.test(typed) ? Number(typed) : undefined;
  return {
    ...(event ? { lifeEvent: event } : {}),
    ...(theme ? { theme } : {}),
    ...(Audience.enum.includes(audience as Audience) ? { audience: audience as Audience } : {}),
    ...(years !== undefined && years <= 150 ? { age: years } : {}),
  };
}
