import { join } from 'node:path';
import type { Clock } from '#kernel/clock';
import type { Database } from '#kernel/database';
import type { Jobs } from '#kernel/jobs';
import type { Text } from '#kernel/languages';
import type { Log } from '#kernel/log';
import type { Cases } from '#modules/cases';
import type { Catalogue } from '#modules/catalogue';
import type { ExchangeDoor } from '#modules/exchange';
import { createInsights, type Insights, type NodeFact } from '#modules/insights';
import type { Ledger } from '#modules/ledger';
import type { NodeConfig } from './config.ts';
import type { StateFolder } from './state-folder.ts';

type Needs = {
  database: Database;
  clock: Clock;
  log: Log;
  jobs: Jobs;
  ledger: Ledger;
  exchange: Pick<ExchangeDoor, 'monitoring'>;
  publicUrl: string;
  config: Pick<NodeConfig, 'dataFolder'>;
  folder: StateFolder;
  catalogue: Catalogue;
  cases: Pick<Cases, 'measureServices'>;
};

/** Joins the index to what this node shows of itself: its officers, its catalogue, its eID and what was measured. */
export function createInsightsFor(needs: Needs): Insights {
  const { database, clock, log, jobs, ledger, exchange, publicUrl, config, folder, catalogue, cases } = needs;
  const insights: Insights = createInsights({
    database,
    clock,
    log,
    jobs,
    ledger,
    publicUrl,
    importsFolder: join(config.dataFolder, 'insights'),
    state: folder.state,
    measureDecided: cases.measureServices,
    listServices: () =>
      catalogue
        .listServices()
        .filter(({ isDelivered }) => isDelivered)
        .map(({ id, version, title, office }) => ({
          serviceId: id,
          version,
          title,
          officeId: office.id,
          evidenceTypes: (catalogue.describeService(id).delivery?.asked ?? []).map(({ evidenceType }) => evidenceType),
        })),
    listAsked: exchange.monitoring.listSources,
    listOfficers: () => folder.officers,
    measureFacts: () => measureFacts(needs, () => insights.listDataSets()),
  });
  return insights;
}

const text = (ar: string, en: string): Text => ({ ar, en });

/** What is so here now. What is not so is left out; nothing is said that was not counted. */
async function measureFacts(
  { catalogue, cases, folder, publicUrl }: Needs,
  listDataSets: () => unknown[],
): Promise<NodeFact[]> {
  const services = catalogue.listServices();
  const delivered = services.filter(({ isDelivered }) => isDelivered);
  const inTwo = services.filter(({ title, summary }) => title.ar && title.en && summary.ar && summary.en);
  const shown = folder.offices.flatMap(({ provides }) => provides);
  const measures = await cases.measureServices();
  const page = (path: string) => `${publicUrl}${path}`;
  const facts: NodeFact[] = [
    {
      id: 'two-languages',
      figure: inTwo.length === services.length ? services.length : 0,
      words: text('خدمات مكتوبة بالعربية والإنجليزية', 'services written in Arabic and English'),
      link: page('/services'),
    },
    {
      id: 'services-described',
      figure: services.length,
      words: text('خدمات موصوفة في الدليل', 'services described in the catalogue'),
      link: page('/services'),
    },
    {
      id: 'services-searched',
      figure: services.length,
      words: text('خدمات يصل إليها البحث', 'services that the search finds'),
      link: page('/services'),
    },
    {
      id: 'services-delivered',
      figure: delivered.length,
      words: text('خدمات تُقدَّم هنا كاملة', 'services that are given here from start to end'),
      link: page(delivered[0] ? `/services/${delivered[0].id}` : '/services'),
    },
    {
      id: 'service-measures',
      figure: measures.length,
      words: text('خدمات نُشرت قياساتها', 'services whose measures are published'),
      link: page('/insights'),
    },
    {
      id: 'own-data-shown',
      figure: shown.length,
      words: text('أنواع بيانات يرى صاحبها كل استخدام لها', 'kinds of data of which people see every use'),
      link: page('/my-data'),
    },
    {
      id: 'ways-to-sign-in',
      figure: Object.keys(folder.eid.methods).length,
      words: text('طرق دخول بالهوية الرقمية', 'ways to sign in with the digital identity'),
      link: page('/signin'),
    },
    {
      id: 'open-data-sets',
      figure: listDataSets().length,
      words: text('مجموعات بيانات منشورة ببيانات وصفية', 'data sets published with metadata'),
      link: page('/api/insights/catalogue.jsonld'),
    },
    {
      id: 'https',
      figure: publicUrl.startsWith('https://') ? 1 : 0,
      words: text('عنوان مؤمَّن للبوابة', 'secured address of the portal'),
      link: page('/'),
    },
    ...services.flatMap(({ id, title, isDelivered }): NodeFact[] => {
      const channels = catalogue.describeService(id).channels.filter(({ kind }) => kind === 'online');
      // Given here, or by its office at an address that the catalogue names; a desk alone is no online service.
      const link = isDelivered ? page(`/services/${id}`) : channels.find(({ url }) => url)?.url;
      return link
        ? [
            {
              id: `service:${id}`,
              figure: Math.max(1, channels.length),
              words: text(`قناة إلكترونية: ${title.ar}`, `online channel: ${title.en}`),
              link,
            },
          ]
        : [];
    }),
  ];
  return facts.filter(({ figure }) => figure > 0);
}
