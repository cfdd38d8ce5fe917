import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadServices } from '#modules/catalogue';
import type { Listing } from '../../modules/catalogue/listings.ts';
import { createSearch } from '../../modules/catalogue/search.ts';
import { percentile } from '../figures.ts';

const root = join(import.meta.dirname, '..', '..');
const servicesCount = 10_000;
const rounds = 5;

/**
 * The 200 questions of the tests, put to 10,000 services: those of the sample under the names of other places, so that each has
 * words of its own beside those it shares with its likes.
 */
export async function measure(): Promise<Record<string, unknown>> {
  const { published, concepts } = await loadServices(join(root, 'services'));
  const few = published.map(({ listing }) => listing);
  const many = Array.from({ length: servicesCount }, (_, at) => elsewhere(few[at % few.length]!, at));
  const queries: Array<{ query: string }> = JSON.parse(
    readFileSync(join(root, 'modules', 'catalogue', 'test', 'search', 'queries.json'), 'utf8'),
  );
  const indexedAt = performance.now();
  const search = createSearch(many, concepts);
  const indexMs = performance.now() - indexedAt;
  const small = createSearch(few, concepts);
  const askAll = (index: typeof search) => {
    const durationsMs: number[] = [];
    for (let round = 0; round < rounds; round += 1)
      for (const { query } of queries) {
        const at = performance.now();
        index.find(query);
        durationsMs.push(performance.now() - at);
      }
    return durationsMs.slice(queries.length);
  };
  const durationsMs = askAll(search);
  const smallMs = askAll(small);
  return {
    p99Ms: round2(percentile(durationsMs, 0.99)),
    p50Ms: round2(percentile(durationsMs, 0.5)),
    sampleP99Ms: round2(percentile(smallMs, 0.99)),
    services: servicesCount,
    indexMs: Math.round(indexMs),
  };
}

function elsewhere(listing: Listing, at: number): Listing {
  const place = `${'بتجدرسعفقكلمنهي'[at % 15]}${'اويرل'[at % 5]}${at}`;
  const named = (text: { ar: string; en: string }) => ({ ar: `${text.ar} ${place}`, en: `${text.en} P${at}` });
  return { ...listing, id: `${listing.id}-${at}`, title: named(listing.title), summary: named(listing.summary) };
}

const round2 = (value: number) => Math.round(value * 100) / 100;
