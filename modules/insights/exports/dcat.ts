import type { Text } from '#kernel/languages';
import type { Source } from '../tables/sources.ts';

export type DcatNeeds = { publicUrl: string; state: { code: string; names: Text }; modified: string };

// Written out, so that no reader has to fetch anything to understand the file.
const context = {
  dcat: 'http://www.w3.org/ns/dcat#',
  dcatap: 'http://data.europa.eu/r5r/',
  dct: 'http://purl.org/dc/terms/',
  foaf: 'http://xmlns.com/foaf/0.1/',
  xsd: 'http://www.w3.org/2001/XMLSchema#',
};
const authority = 'http://publications.europa.eu/resource/authority';
const said = (text: Text) => [
  { '@language': 'ar', '@value': text.ar },
  { '@language': 'en', '@value': text.en },
];
const link = (id: string) => ({ '@id': id });

/** The module's data sets as a DCAT-AP 3 catalogue in JSON-LD 1.1: what is given out here, and whose figures it is made of. */
export function dcatCatalogue(sources: readonly Source[], { publicUrl, state, modified }: DcatNeeds) {
  const api = `${publicUrl}/api/insights`;
  const publisher = { '@id': `${publicUrl}/#publisher`, '@type': 'foaf:Agent', 'foaf:name': said(state.names) };
  const date = { '@type': 'xsd:date', '@value': modified };
  const distribution = (id: string, title: Text, url: string, mediaType: string, conformsTo?: string) => ({
    '@id': `${api}/catalogue.jsonld#${id}`,
    '@type': 'dcat:Distribution',
    'dct:title': said(title),
    'dcat:accessURL': link(url),
    'dcat:downloadURL': link(url),
    'dcat:mediaType': link(`https://www.iana.org/assignments/media-types/${mediaType}`),
    ...(conformsTo ? { 'dct:conformsTo': link(conformsTo) } : {}),
  });
  const sdmx = (id: string, flow: string) => {
    const all = `${api}/sdmx/data/dataflow/JISR/${flow}/1.0/all`;
    return [
      distribution(`${id}-json`, { ar: 'SDMX-JSON', en: 'SDMX-JSON' }, all, 'application/json', 'https://sdmx.org'),
      distribution(
        `${id}-sdmx-csv`,
        { ar: 'SDMX-CSV', en: 'SDMX-CSV' },
        `${all}?format=csv`,
        'text/csv',
        'https://sdmx.org',
      ),
    ];
  };
  const cited = sources.map((source) => ({
    '@id': `${api}/catalogue.jsonld#source-${source.id}`,
    '@type': 'dcat:Dataset',
    'dct:title': said(source.title),
    'dct:description': said(source.terms),
    'dct:publisher': {
      '@id': `${api}/catalogue.jsonld#publisher-${source.id}`,
      '@type': 'foaf:Agent',
      'foaf:name': said(source.publisher),
    },
    'dcat:landingPage': link(source.url),
    ...(source.licence ? { 'dct:license': link(source.licence) } : {}),
  }));
  const series = {
    '@id': `${api}/catalogue.jsonld#egdi`,
    '@type': 'dcat:Dataset',
    'dct:title': said({
      ar: 'مؤشر تطور الحكومة الإلكترونية 2003–2024',
      en: 'E-Government Development Index 2003–2024',
    }),
    'dct:description': said({
      ar: 'القيم والترتيب كما نشرتها الأمم المتحدة، لكل دولة عضو وكل سنة مسح، ومع كل قيمة مصدرها.',
      en: 'Values and ranks as the United Nations published them, for every member state and survey year, each with its source.',
    }),
    'dct:publisher': link(publisher['@id']),
    'dct:language': [link(`${authority}/language/ARA`), link(`${authority}/language/ENG`)],
    'dcat:theme': link(`${authority}/data-theme/GOVE`),
    'dct:accrualPeriodicity': link(`${authority}/frequency/BIENNIAL`),
    'dct:source': cited.map((one) => link(one['@id'])),
    'dct:modified': date,
    'dcat:distribution': [
      ...sdmx('egdi', 'EGDI'),
      distribution('egdi-scores', { ar: 'CSV', en: 'CSV' }, `${api}/scores.csv`, 'text/csv'),
    ],
  };
  const services = {
    '@id': `${api}/catalogue.jsonld#services`,
    '@type': 'dcat:Dataset',
    'dct:title': said({ ar: 'قياسات الخدمات', en: 'Measures of services' }),
    'dct:description': said({
      ar: 'ما قيس في آخر اثني عشر شهرًا لكل خدمة: مدة القرار، والقرار الفوري، وما كان لأشخاص من دول أخرى، والرضا، ونسبة فترات الدقائق الخمس التي أمكن فيها التقديم كما رصدتها العقدة نفسها، وعدد الصفحات التي لم يجد الفحص الآلي فيها عائقًا. تُحجب الأرقام التي تقوم على أقل من عشر حالات.',
      en: 'What the last twelve months showed of every service: time to decision, decided at once, for people of other states, satisfaction, the share of five-minute intervals in which it could be applied for, as the node itself observed it, and the pages in which a machine found no barrier. Figures of fewer than ten cases are withheld.',
    }),
    'dct:publisher': link(publisher['@id']),
    'dcat:theme': link(`${authority}/data-theme/GOVE`),
    'dct:language': [link(`${authority}/language/ARA`), link(`${authority}/language/ENG`)],
    'dct:accrualPeriodicity': link(`${authority}/frequency/CONT`),
    'dct:modified': date,
    'dcat:distribution': [
      ...sdmx('services', 'SERVICES'),
      distribution('services-csv', { ar: 'CSV', en: 'CSV' }, `${api}/services.csv`, 'text/csv'),
    ],
  };
  return {
    '@context': context,
    '@graph': [
      {
        '@id': `${api}/catalogue.jsonld`,
        '@type': 'dcat:Catalog',
        'dct:title': said({ ar: `بيانات المؤشرات: ${state.names.ar}`, en: `Data on insights: ${state.names.en}` }),
        'dct:description': said({
          ar: 'البيانات التي تُحسب منها صفحات المؤشرات.',
          en: 'The data that the pages on insights are computed from.',
        }),
        'dct:publisher': link(publisher['@id']),
        'dct:modified': date,
        'dcat:dataset': [series, services, ...cited].map((one) => link(one['@id'])),
      },
      publisher,
      series,
      services,
      ...cited,
    ],
  };
}
