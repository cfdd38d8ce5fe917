import { join } from 'node:path';
import type { Clock } from '#kernel/clock';
import type { Database, Tx } from '#kernel/database';
import { createHttpClient, type HttpClient } from '#kernel/http-client';
import type { Jobs } from '#kernel/jobs';
import type { Keys } from '#kernel/keys';
import { formatDate, type Text } from '#kernel/languages';
import type { Log } from '#kernel/log';
import type { Apps } from '#modules/apps';
import type { ApplicantNews, Cases, ToldCase, ToldContact } from '#modules/cases';
import { amountInWords, type Catalogue } from '#modules/catalogue';
import { openSecretFolder } from '#modules/exchange';
import { deviceOf } from '#modules/identity';
import type { Ledger } from '#modules/ledger';
import {
  type AddressWay,
  createNotifications,
  type NotificationNeeds,
  type Notifications,
} from '#modules/notifications';
import type { NodeConfig } from './config.ts';
import type { Officers } from './officers.ts';
import type { StateFolder } from './state-folder.ts';

/**
 * Facts of cases and of their fees that people are told of, each by the kind of message of the same name. They are heard by name: one that nobody
 * announces is told from the day on which somebody does.
 */
const toldFacts = [
  'case-submitted',
  'case-decided',
  'case-withdrawn',
  'case-information-requested',
  'case-information-reminded',
  'case-information-given',
  'case-information-not-given',
  'case-appealed',
  'case-appeal-decided',
  'case-corrected',
  'case-reopened',
  'case-cancelled',
  'case-consent-lost',
  'case-message-written',
  'case-partner-answered',
  'case-draft-ending',
  'case-renewal-due',
  'case-source-back',
  'payment-received',
  'payment-refunded',
];

const newsWords: Record<ApplicantNews, Text> = {
  answered: { ar: 'أجاب المتقدّم عما طلبته الجهة.', en: 'The applicant has answered what the office asked for.' },
  'not-answered': {
    ar: 'انقضت المهلة ولم يجب المتقدّم عما طلبته الجهة.',
    en: 'The applicant did not answer in time what the office asked for.',
  },
  wrote: { ar: 'كتب المتقدّم رسالة إلى الجهة.', en: 'The applicant has written to the office.' },
  withdrew: {
    ar: 'سحب المتقدّم طلبه، فلم يعد في قائمتك.',
    en: 'The applicant has withdrawn the application, which is in your list no more.',
  },
  'consent-lost': {
    ar: 'سحب المتقدّم موافقته، فيتوقف الطلب حتى موافقة جديدة.',
    en: 'The applicant has withdrawn consent; the application stands still until there is a new one.',
  },
  'consent-given': {
    ar: 'أعطى المتقدّم موافقة جديدة، فيمكن المضي في الطلب.',
    en: 'The applicant has given a new consent; the application can go on.',
  },
  'consent-not-given': {
    ar: 'لم تصل موافقة جديدة في المهلة، فانتهى الطلب ولم يعد في قائمتك.',
    en: 'No new consent came in time; the application has ended and is in your list no more.',
  },
};
const isApplicantNews = (news: string): news is ApplicantNews => Object.hasOwn(newsWords, news);

/** Messages to people, and what they hear of: facts of cases come from the queue, after their transaction and at least once. */
export async function createNotifying(needs: {
  config: NodeConfig;
  folder: StateFolder;
  officers: Officers;
  database: Database;
  clock: Clock;
  log: Log;
  http: HttpClient;
  keys: Keys;
  jobs: Jobs;
  ledger: Ledger;
  catalogue: Catalogue;
  cases: Cases;
  /** Apps that follow an application hear the same facts, and need no queue of their own for it. */
  apps: Pick<Apps, 'tellCase'>;
}): Promise<Notifications> {
  const { config, folder, database, clock, log, http, keys, jobs, ledger, catalogue, cases, apps } = needs;
  const { state } = folder;
  const secrets = openSecretFolder(join(config.dataFolder, 'secrets'));
  const notifications = createNotifications({
    database,
    clock,
    log,
    http,
    ledger,
    publicUrl: config.publicUrl,
    stateNames: state.shortNames,
    timeZone: state.timeZone,
    rules: folder.notifications,
    key: await keys.secret('notifications'),
    ...(folder.notifications.push ? { push: await pushFor(config, keys) } : {}),
    readSecret: (name) => secrets.read(name),
    listServices: () =>
      catalogue
        .listDelivered()
        .map(({ id, definition, notifications: words }) => ({ id, title: definition.title, words })),
    findContact: (caseId) => cases.findContact(caseId),
    admitPerson: async (person, caseId) => {
      await cases.getMyCase(person, caseId);
    },
    admitOfficer: async (officer, caseId) => {
      await cases.getCaseForOfficer(officer, caseId);
    },
  });
  for (const fact of toldFacts)
    jobs.hear(fact, 'notifications', async (data, jobId) => {
      const told = await cases.getToldCase(String(data['caseId']));
      // Nothing to go on with: the draft went meanwhile, or the person was faster.
      if (fact === 'case-source-back' && !(await cases.isWaitingForSource(told.caseId))) return;
      // A year later it is a reminder, and no news of that application: it goes where the person chose for everything.
      const contact = fact === 'case-renewal-due' ? undefined : await cases.findContact(told.caseId);
      await database.transaction((tx) => tellCase(tx, fact, told, data, jobId, waysOf(contact)));
    });

  // The person was warned; an app that shows the draft has to hear that it is gone.
  jobs.hear('case-expired', 'apps', async (data, jobId) => {
    const { personId, caseId } = await cases.getToldCase(String(data['caseId']));
    const source = `case-expired:${jobId}`;
    await database.transaction((tx) => apps.tellCase(tx, { personId, caseId, fact: 'case-expired', source }));
  });

  // Of a death the office is told, and never whoever died.
  jobs.hear('case-stopped', 'notifications', async (data, jobId) => {
    const { caseId, officeId, serviceId, homeState, reference } = await cases.getToldCase(String(data['caseId']));
    const supervisors = (await needs.officers.list()).filter(
      (officer) => officer.officeId === officeId && cases.mayDo(officer, 'supervise', { serviceId, state: homeState }),
    );
    await database.transaction(async (tx) => {
      for (const { personId } of supervisors)
        await notifications.tell(tx, {
          personId,
          kind: 'case-stopped',
          source: `case-stopped:${jobId}`,
          serviceId,
          values: { reference },
          link: `/office/cases/${caseId}`,
        });
    });
  });

  // Whoever was given a case by a supervisor; taken over meanwhile, whoever has it knows.
  jobs.hear('case-assigned', 'notifications', async (data, jobId) => {
    const { caseId, officerId, serviceId, reference } = await cases.getToldCase(String(data['caseId']));
    if (officerId === undefined) return;
    await database.transaction((tx) =>
      notifications.tell(tx, {
        personId: officerId,
        kind: 'case-assigned',
        source: `case-assigned:${jobId}`,
        serviceId,
        values: { reference },
        link: `/office/cases/${caseId}`,
      }),
    );
  });

  // Whoever has a case in hand, of what its applicant did; once until they look. A system of the office follows the queue instead.
  jobs.hear('case-applicant-acted', 'notifications', async (data) => {
    const [officerId, news, seen] = [String(data['officerId']), String(data['news']), String(data['seen'])];
    const { caseId, officeId, serviceId, reference } = await cases.getToldCase(String(data['caseId']));
    const officer = await needs.officers.find(officerId);
    if (officer?.officeId !== officeId || !isApplicantNews(news)) return;
    await database.transaction((tx) =>
      notifications.tell(tx, {
        personId: officerId,
        kind: 'case-applicant-acted',
        source: `case-applicant-acted:${caseId}:${news}:${seen}`,
        serviceId,
        values: { reference, news: newsWords[news] },
        link: `/office/cases/${caseId}`,
      }),
    );
  });

  async function tellCase(
    tx: Tx,
    fact: string,
    told: ToldCase,
    data: Record<string, unknown>,
    jobId: string,
    contactWays: AddressWay[],
  ) {
    const { caseId, reference, serviceId } = told;
    // The end of a draft is announced once more after a restart; anything else that is announced anew has happened anew.
    const isEnding = fact === 'case-draft-ending';
    const source = isEnding ? `${fact}:${caseId}:${String(data['keptUntil'])}` : `${fact}:${jobId}`;
    await apps.tellCase(tx, { personId: told.personId, caseId, fact, source });
    const endsOn = new Date(`${String(data['keptUntil'])}T12:00:00Z`);
    const money = (language: 'ar' | 'en') =>
      amountInWords(Number(data['amountMinor']), String(data['currency']), language);
    const values: Record<string, string | Text> =
      fact === 'payment-refunded'
        ? { reference, amount: { ar: money('ar'), en: money('en') } }
        : { reference, ...(fact === 'case-decided' ? told.inPart : {}) };
    const day = (language: 'ar' | 'en') => formatDate(endsOn, language, { timeZone: 'UTC' });
    const inPart = fact === 'case-decided' ? told.inPart : undefined;
    const people = toldPeople(told);
    for (const personId of people)
      await notifications.tell(tx, {
        personId,
        // Whoever filled the form in reads it: a child and a company have no mailbox that anybody opens.
        contactWays: personId === people.at(-1) ? contactWays : [],
        kind: inPart ? 'case-decided-in-part' : fact === 'case-submitted' && told.isUnpaid ? 'case-sent-unpaid' : fact,
        source,
        serviceId,
        caseId,
        values: isEnding ? { day: { ar: day('ar'), en: day('en') } } : values,
        link: personId === told.personId ? `/cases/${caseId}` : '/acting',
      });
  }
  return notifications;
}

/** Browsers name the addresses of push services, so the way there reaches the public net alone, but for a federation on one machine. */
async function pushFor(config: NodeConfig, keys: Keys): Promise<NonNullable<NotificationNeeds['push']>> {
  return {
    http: createHttpClient({ ...(config.loadSamples ? {} : { isPublicOnly: true }) }),
    signer: await keys.signer('notifications.push', 'ES256'),
    describeDevice: (userAgent) => {
      const { browser, system } = deviceOf(userAgent, undefined);
      return [browser, system].filter(Boolean).join(', ');
    },
  };
}

function waysOf(contact: ToldContact | undefined): AddressWay[] {
  return [...(contact?.email ? (['email'] as const) : []), ...(contact?.mobile ? (['sms'] as const) : [])];
}

/** A child and a company sign in nowhere: whoever a register names for them is told too. Whoever has only the person's own word is not. */
function toldPeople({ personId, representative }: ToldCase): string[] {
  const isOfRegister = representative !== undefined && representative.kind !== 'agent';
  return isOfRegister ? [personId, representative.personId] : [personId];
}
