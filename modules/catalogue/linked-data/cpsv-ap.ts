import type { Text } from '#kernel/languages';
import { findAgreedState } from '#protocol/states';
import type { Vocabulary } from '../descriptions/contract.ts';
import { findOffer, type Listing } from '../listings.ts';

export type PublishedBy = {
  state: { code: string; names: Text; currency: { code: string; decimals: number } };
  publicUrl: string;
};

type Node = { '@id': string; '@type': string | string[] } & Record<string, unknown>;

// Written out, so that no reader has to fetch anything to understand the file.
const context = {
  adms: 'http://www.w3.org/ns/adms#',
  cpsv: 'http://purl.org/vocab/cpsv#',
  cv: 'http://data.europa.eu/m8g/',
  dcat: 'http://www.w3.org/ns/dcat#',
  dct: 'http://purl.org/dc/terms/',
  eli: 'http://data.europa.eu/eli/ontology#',
  foaf: 'http://xmlns.com/foaf/0.1/',
  org: 'http://www.w3.org/ns/org#',
  skos: 'http://www.w3.org/2004/02/skos/core#',
  xsd: 'http://www.w3.org/2001/XMLSchema#',
};
const authorityTables = 'http://publications.europa.eu/resource/authority';
const languages = [
  { id: `${authorityTables}/language/ARA`, names: { ar: 'العربية', en: 'Arabic' } },
  { id: `${authorityTables}/language/ENG`, names: { ar: 'الإنجليزية', en: 'English' } },
];
const completed = 'http://purl.org/adms/status/Completed';
const audienceNames = new Map<string, Text>([
  ['citizen', { ar: 'مواطن', en: 'Citizen' }],
  ['resident', { ar: 'مقيم', en: 'Resident' }],
  ['visitor', { ar: 'زائر', en: 'Visitor' }],
  ['business', { ar: 'منشأة', en: 'Business' }],
]);
const channelNames: Record<string, Text> = {
  online: { ar: 'موقع إلكتروني', en: 'Website' },
  app: { ar: 'تطبيق', en: 'Mobile application' },
  phone: { ar: 'هاتف', en: 'Telephone' },
  desk: { ar: 'مكتب خدمة', en: 'Service desk' },
};

/** The services of a state as a CPSV-AP 3.2 graph in JSON-LD 1.1; it holds to the profile's published SHACL shapes. */
export function catalogueOf(listings: readonly Listing[], vocabulary: Vocabulary, by: PublishedBy): object {
  const nodes = new Map<string, Node>();
  const add = (node: Node) => {
    nodes.set(node['@id'], node);
    return { '@id': node['@id'] };
  };
  const ids = idsUnder(by.publicUrl);
  const concept = (id: string, names: Text) =>
    add({ '@id': id, '@type': 'skos:Concept', 'skos:prefLabel': said(names) });
  // As the EU's authority table of countries writes them.
  const alpha3 = findAgreedState(by.state.code)?.alpha3;
  const place = add({
    '@id': alpha3 ? `${authorityTables}/country/${alpha3}` : ids.part('place', by.state.code),
    '@type': 'dct:Location',
    'skos:prefLabel': said(by.state.names),
  });
  const spoken = languages.map(({ id, names }) =>
    add({ '@id': id, '@type': 'dct:LinguisticSystem', 'skos:prefLabel': said(names) }),
  );
  const status = concept(completed, { ar: 'منشورة', en: 'Completed' });
  const currency = concept(`${authorityTables}/currency/${by.state.currency.code}`, {
    ar: by.state.currency.code,
    en: by.state.currency.code,
  });
  const themeOf = (id: string) =>
    concept(ids.part('theme', id), vocabulary.themes.find((theme) => theme.id === id)!.names);
  const events = vocabulary.lifeEvents.filter(({ id }) => listings.some(({ lifeEvents }) => lifeEvents.includes(id)));
  for (const event of events)
    add({
      '@id': ids.part('life-event', event.id),
      '@type': ['cv:Event', 'cv:LifeEvent'],
      'dct:identifier': event.id,
      'dct:title': said(event.names),
      'dct:description': said(event.summary),
      'cv:hasRelatedService': listings
        .filter(({ lifeEvents }) => lifeEvents.includes(event.id))
        .map(({ id }) => ({ '@id': ids.service(id) })),
    });

  for (const listing of listings) {
    const { authority, channels, cost, serviceLevel } = findOffer(listing, by.state.code)!;
    const own = (kind: string, id: string) => ids.part(kind, `${listing.id}/${id}`);
    const office = add({
      '@id': ids.part('organisation', authority.id),
      '@type': ['cv:PublicOrganisation', 'org:Organization'],
      'dct:identifier': authority.id,
      'skos:prefLabel': said(authority.names),
      'dct:spatial': place,
    });
    const laws = listing.legalBasis.map(({ id, title, article }) =>
      add({
        '@id': ids.part('law', id),
        '@type': 'eli:LegalResource',
        'dct:identifier': id,
        'dct:title': said(title),
        ...(article ? { 'dct:description': said(article) } : {}),
      }),
    );
    const requirements = listing.requirements.map(({ id, names, evidence, evidenceType }) => {
      const requirementId = own('requirement', id);
      const proof = add({
        '@id': own('evidence', id),
        '@type': 'cv:Evidence',
        'dct:identifier': `${listing.id}/${id}`,
        'dct:title': said(evidence),
        'cv:supportsRequirement': { '@id': requirementId },
        ...(evidenceType
          ? {
              'dct:conformsTo': add({
                '@id': ids.part('evidence-type', evidenceType),
                '@type': 'cv:EvidenceType',
                'dct:identifier': evidenceType,
                'dct:title': said(evidence),
              }),
            }
          : {}),
      });
      add({
        '@id': requirementId,
        '@type': 'cv:Requirement',
        'dct:identifier': `${listing.id}/${id}`,
        'dct:title': said(names),
        'cv:hasSupportingEvidence': proof,
      });
      return { requirement: { '@id': requirementId }, proof };
    });
    const ways = channels.map(({ kind, text, url }, at) =>
      add({
        '@id': own('channel', String(at + 1)),
        '@type': 'cv:Channel',
        'dct:identifier': `${listing.id}/${at + 1}`,
        'dct:type': concept(ids.part('channel-kind', kind), channelNames[kind]!),
        'dct:description': said(text),
        'cv:ownedBy': office,
        ...(url ? { 'foaf:page': add({ '@id': url, '@type': 'foaf:Document' }) } : {}),
      }),
    );
    add({
      '@id': ids.service(listing.id),
      '@type': 'cpsv:PublicService',
      'dct:identifier': listing.id,
      'dct:title': said(listing.title),
      'dct:description': said(listing.summary),
      'adms:status': status,
      'cv:hasCompetentAuthority': office,
      'cv:thematicArea': themeOf(listing.theme),
      'cv:isGroupedBy': listing.lifeEvents.map((id) => ({ '@id': ids.part('life-event', id) })),
      'dct:audience': listing.audience.map((id) => concept(ids.part('audience', id), audienceNames.get(id)!)),
      'dct:language': spoken,
      'dct:spatial': place,
      'dcat:keyword': [
        ...listing.keywords.ar.map((word) => ({ '@value': word, '@language': 'ar' })),
        ...listing.keywords.en.map((word) => ({ '@value': word, '@language': 'en' })),
      ],
      'cv:holdsRequirement': requirements.map(({ requirement }) => requirement),
      'cpsv:hasInput': requirements.map(({ proof }) => proof),
      'cv:hasChannel': ways,
      'cv:hasCost': add({
        '@id': own('cost', by.state.code),
        '@type': 'cv:Cost',
        'dct:identifier': `${listing.id}/${by.state.code}`,
        'cv:hasValue': {
          '@value': (cost.amountMinor / 10 ** by.state.currency.decimals).toFixed(by.state.currency.decimals),
          '@type': 'xsd:double',
        },
        'cv:currency': currency,
        'dct:description': said(cost.text),
        'cv:isDefinedBy': office,
      }),
      'cv:processingTime': { '@value': `P${calendarDays(serviceLevel.workingDays)}D`, '@type': 'xsd:duration' },
      'cpsv:produces': listing.outputs.map(({ id, title }) =>
        add({
          '@id': own('output', id),
          '@type': 'cv:Output',
          'dct:identifier': `${listing.id}/${id}`,
          'dct:title': said(title),
        }),
      ),
      'cv:hasLegalResource': laws,
      ...(listing.howDecided
        ? {
            'cpsv:follows': add({
              '@id': own('rule', listing.version),
              '@type': 'cpsv:Rule',
              'dct:identifier': `${listing.id}/${listing.version}`,
              'dct:title': said(listing.title),
              'dct:description': said(listing.howDecided),
              'cpsv:implements': laws,
            }),
          }
        : {}),
    });
  }
  const publisher = add({
    '@id': ids.part('publisher', by.state.code),
    '@type': 'foaf:Agent',
    'dct:identifier': by.state.code,
    'dct:title': said(by.state.names),
  });
  add({
    '@id': `${by.publicUrl}/api/catalogue.jsonld`,
    '@type': 'dcat:Dataset',
    'dct:title': said({ ar: 'دليل الخدمات العامة', en: 'Catalogue of public services' }),
    'dct:description': said({
      ar: `الخدمات العامة في ${by.state.names.ar}`,
      en: `Public services of ${by.state.names.en}`,
    }),
    'dct:publisher': publisher,
    'dct:hasPart': listings.map(({ id }) => ({ '@id': ids.service(id) })),
    'dcat:landingPage': add({ '@id': `${by.publicUrl}/services`, '@type': 'foaf:Document' }),
  });
  return { '@context': context, '@graph': [...nodes.values()] };
}

const idsUnder = (publicUrl: string) => ({
  service: (id: string) => `${publicUrl}/services/${id}`,
  part: (kind: string, id: string) => `${publicUrl}/api/catalogue.jsonld#${kind}/${id}`,
});

const said = ({ ar, en }: Text) => [
  { '@value': ar, '@language': 'ar' },
  { '@value': en, '@language': 'en' },
];

/** The profile knows calendar days only: five working days are a week, and a week begun counts whole. */
const calendarDays = (workingDays: number) => Math.ceil(workingDays / 5) * 7;
