import MiniSearch from 'minisearch';
import { newStemmer } from 'snowball-stemmers';
import { latinDigits } from './forms/values.ts';
import type { Service } from './services.ts';

const arabic = newStemmer('arabic');
const english = newStemmer('english');

// Words that carry no meaning in a question, in written Arabic, Gulf dialects and English; in normalised spelling.
const silent = new Set(
  `في من علي الي عن مع هل ما ماذا كيف اين متي لماذا هذا هذه ذلك التي الذي ان او ثم قد لا لم لن كل بعد قبل عند عندي لدي انا انت هو هي احتاج اريد ارغب
   ابي ابغي ابا اباي ودي اشلون شلون شنو ايش وش وين ليش عشان علشان حق مال مالي حقي شي اسوي اقدر يمكن لازم عطني الحصول طلب اطلب خدمه خدمات
   a an the of in on to for from my me i we you your is are be do does how what where when which can need want would like get with and or at by it this that please
   about service services apply application request`
    .split(/\s+/)
    .filter(Boolean),
);

/**
 * One spelling for what people write in many: hamza seats, ta marbuta, alef maqsura, tatweel, vowel signs, presentation
 * forms and digits of either script.
 */
export function normaliseWords(text: string): string {
  return latinDigits(text.normalize('NFKC'))
    .toLowerCase()
    .replace(/[\u064b-\u065f\u0670\u06d6-\u06ed\u0640]/g, '')
    .replace(/[أإآٱ]/g, 'ا')
    .replace(/ؤ/g, 'و')
    .replace(/ئ/g, 'ي')
    .replace(/ى/g, 'ي')
    .replace(/ی/g, 'ي')
    .replace(/ک/g, 'ك')
    .replace(/ة/g, 'ه')
    .replace(/ء/g, '')
    .replace(/['’]s\b/g, '');
}

function wordsIn(text: string): string[] {
  return normaliseWords(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}

function stem(word: string): string {
  return /\p{Script=Arabic}/u.test(word) ? arabic.stem(word) : english.stem(word);
}

export type Search = { find(question: string): Array<{ serviceId: string; score: number }> };

const questionLengthMax = 200;

/** An index over services, built once per set of services. A question about something else finds nothing. */
export function createSearch(services: Service[], state: string): Search {
  const index = new MiniSearch<Record<string, string>>({
    fields: ['title', 'keywords', 'events', 'outcome', 'summary'],
    tokenize: wordsIn,
    processTerm: (term) => (silent.has(term) ? null : stem(term)),
    searchOptions: {
      boost: { title: 4, keywords: 3, events: 2, outcome: 1 },
      fuzzy: (term) => (term.length > 3 ? 0.2 : false),
      prefix: (term) => term.length > 3,
      combineWith: 'OR',
    },
  });
  index.addAll(services.map((service) => describe(service, state)));
  return {
    find: (question) => {
      const terms = new Set(
        wordsIn(question.slice(0, questionLengthMax))
          .filter((word) => !silent.has(word))
          .map(stem),
      );
      if (terms.size === 0) return [];
      return index
        .search(question.slice(0, questionLengthMax))
        .filter((hit) => {
          // One word of a long question that happens to fit is not an answer to it.
          const fits = Object.values(hit.match).some(
            (fields) => fields.includes('title') || fields.includes('keywords'),
          );
          return fits && new Set(hit.queryTerms).size / terms.size >= 0.34;
        })
        .map((hit) => ({ serviceId: String(hit.id), score: Math.round(hit.score * 1000) / 1000 }));
    },
  };
}

function describe(service: Service, state: string): Record<string, string> {
  const { definition } = service;
  const both = (text: { ar: string; en: string }) => `${text.ar} ${text.en}`;
  const office = definition.offeredBy.find((offering) => offering.state === state);
  return {
    id: service.id,
    title: both(definition.title),
    keywords: [...definition.keywords.ar, ...definition.keywords.en].join(' '),
    events: definition.lifeEvents.map((event) => both(event.names)).join(' '),
    outcome: both(definition.outcome),
    summary: `${both(definition.summary)} ${office ? both(office.names) : ''}`,
  };
}
