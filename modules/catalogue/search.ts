import MiniSearch, { type SearchResult } from 'minisearch';
import { newStemmer } from 'snowball-stemmers';
import { splitWords } from '#kernel/words';
import type { Concepts } from './descriptions/contract.ts';
import type { Listing } from './listings.ts';

const arabic = newStemmer('arabic');
const english = newStemmer('english');

// Words that carry no meaning in a question, in written Arabic, Gulf dialects and English; in normalised spelling.
const silent = new Set(
  `في من علي الي عن مع هل ما ماذا كيف اين متي لماذا هذا هذه ذلك التي الذي ان او ثم قد لا لم لن كل بعد قبل عند عندي لدي انا انت هو هي احتاج اريد ارغب
   ابي ابغي ابا اباي ودي اشلون شلون شنو ايش وش وين ليش عشان علشان حق مال مالي حقي شي اسوي اقدر يمكن لازم عطني الحصول طلب اطلب خدمه خدمات
   الحين منو شو شن نبي نبغي ودنا عندنا بعدها انه اني انك احنا نحن هم لي له لها لنا اللي الين مب مو مش موب هني هناك جديد يديد يديده اول بس
   اجراءات الاجراءات الشهر السنه هالسنه هالشهر اليوم بكره الياي القادم كم سعر رسوم بكم احد واحد
   a an the of in on to for from my me i we you your is are be do does how what where when which can need want would like get with and or at by it this that please
   about service services apply application request pls please help there any have has had was been will if not no so now new next someone cant don't im
   steps fee fees cost price much many long days day year yr month them they their she he his her who whom`
    .split(/\s+/)
    .filter(Boolean),
);

const stems = new Map<string, string>();
const stemsMax = 50_000;

/** The stemmers take longer than everything else that is done to a word, and people say the same words again and again. */
function stem(word: string): string {
  const known = stems.get(word);
  if (known !== undefined) return known;
  const found = /\p{Script=Arabic}/u.test(word) ? arabic.stem(word) : english.stem(word);
  if (stems.size >= stemsMax) stems.clear();
  stems.set(word, found);
  return found;
}

/** What a question means to the index: its own words, each with the words that say the same. */
type Meant = { words: string[]; likeOf: Map<string, Set<string>> };

/** Which words stand for which, by stem. A phrase counts where all of its words are said, and is never looked for itself. */
function readSynonyms(groups: readonly string[][]) {
  return groups.map((group) => {
    const members = group.map((member) => [...new Set(meaningfulWords(member))]).filter((words) => words.length > 0);
    return { members, single: members.flatMap((words) => (words.length === 1 ? words : [])) };
  });
}

/** The words of a question but those that say nothing, in normalised spelling. */
export function spokenWords(question: string): string[] {
  return splitWords(question).filter((word) => !silent.has(word));
}

function meaningfulWords(text: string): string[] {
  return spokenWords(text).map(stem);
}

const questionLengthMax = 200;
const hitsMax = 200;
const synonymWeight = 0.4;
/** How much of a question must be answered, and what a word counts for that only resembles one of a service. */
const fittingMin = 0.34;
const resemblance = 0.6;
/** A word that at most this many services use says which of them is meant, however long the question around it. */
const tellingMax = 3;
/** One word of a short question has to be more than that: "best burger restaurant" asks for no licence. */
const longFrom = 4;

export type Search = { find(question: string): Array<{ serviceId: string; score: number }> };

/** An index, built once per set of services. A question about something else finds nothing. */
export function createSearch(listings: readonly Listing[], concepts: Concepts): Search {
  const index = new MiniSearch<Record<string, string>>({
    fields: ['title', 'keywords', 'events'],
    tokenize: splitWords,
    processTerm: (term) => (silent.has(term) ? null : stem(term)),
    searchOptions: {
      boost: { title: 4, keywords: 3, events: 2 },
      combineWith: 'OR',
    },
  });
  const described = listings.map((listing) => describe(listing, concepts));
  index.addAll(described);
  const synonyms = readSynonyms(concepts.synonyms);
  const usedBy = countServices(described);

  const understand = (question: string): Meant => {
    const words = [...new Set(meaningfulWords(question.slice(0, questionLengthMax)))];
    const likeOf = new Map<string, Set<string>>();
    for (const { members, single } of synonyms)
      for (const member of members)
        if (member.every((word) => words.includes(word)))
          for (const word of member) likeOf.set(word, new Set([...(likeOf.get(word) ?? []), ...single]));
    return { words, likeOf };
  };

  const isAnswer = ({ words, likeOf }: Meant, hit: SearchResult): boolean => {
    const places = Object.entries(hit.match);
    // A life event alone groups services, and names none.
    if (!places.some(([, fields]) => fields.includes('title') || fields.includes('keywords'))) return false;
    const said = new Set(places.map(([word]) => word));
    const isExact = (word: string) => said.has(word) || [...(likeOf.get(word) ?? [])].some((like) => said.has(like));
    const weights = words.map((word) => (isExact(word) ? 1 : hit.queryTerms.includes(word) ? resemblance : 0));
    // One word of a long question that happens to fit is not an answer to it, unless the word is a telling one.
    return (
      weights.reduce<number>((sum, weight) => sum + weight, 0) / words.length >= fittingMin ||
      (words.length >= longFrom &&
        words.some((word) => word.length > 2 && said.has(word) && (usedBy.get(word) ?? tellingMax + 1) <= tellingMax))
    );
  };

  return {
    find: (question) => {
      const meant = understand(question);
      if (meant.words.length === 0) return [];
      const own = new Set(meant.words);
      const all = new Set([...meant.words, ...[...meant.likeOf.values()].flatMap((like) => [...like])]);
      return index
        .search([...all].join(' '), {
          tokenize: (text) => text.split(' '),
          processTerm: (term) => term,
          boostTerm: (term) => (own.has(term) ? 1 : synonymWeight),
          // Slips are forgiven in what was said, and not sought in what was only meant.
          fuzzy: (term) => (own.has(term) && term.length > 3 ? 0.2 : false),
          prefix: (term) => own.has(term) && term.length > 3,
        })
        .slice(0, hitsMax)
        .filter((hit) => isAnswer(meant, hit))
        .map((hit) => ({ serviceId: String(hit.id), score: Math.round(hit.score * 1000) / 1000 }));
    },
  };
}

/** How many services say a word in their title or among their keywords. */
function countServices(described: ReadonlyArray<Record<string, string>>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { title, keywords } of described)
    for (const word of new Set(meaningfulWords(`${title} ${keywords}`))) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

/** Title, search words and life events: what a summary says in passing answers no question. */
function describe(listing: Listing, { vocabulary }: Concepts): Record<string, string> {
  const both = (text: { ar: string; en: string }) => `${text.ar} ${text.en}`;
  const events = vocabulary.lifeEvents.filter(({ id }) => listing.lifeEvents.includes(id));
  return {
    id: listing.id,
    title: both(listing.title),
    keywords: [...listing.keywords.ar, ...listing.keywords.en].join(' '),
    events: events.map((event) => both(event.names)).join(' '),
  };
}
