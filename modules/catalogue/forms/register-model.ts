import type { Text } from '#kernel/languages';
import { normaliseWords } from '#kernel/words';
import type { HeldEntry, LookUpModel, PostedBody, Question } from './contract.ts';
import type { PageFacts } from './models.ts';
import { unlistedControl, unlistedValue } from './values.ts';

type Described = {
  /** The code that is chosen; '' while none is. */
  code: string;
  options: Array<{ value: string; label: string; hint?: string }>;
  model: LookUpModel;
};

const nothingFound = { words: '', names: { ar: '', en: '' }, isWhole: false, entries: [], total: 0, isMore: false };

const chosenBefore: Text = { ar: 'اختيارك المحفوظ', en: 'What you chose before' };

/**
 * A question that is looked up, as it is to be drawn: what was found, and before it what is chosen, where that is not among it. What the
 * evidence names is chosen where an entry has just that name, and looked for otherwise.
 */
export function describeLookUp(
  question: Question,
  id: string,
  { language, answers, posted, lookedUp }: PageFacts,
  found: { value: string } | undefined,
): Described {
  const looked = lookedUp?.[id] ?? { ...nothingFound, page: 1, pages: 1 };
  const { entries, names: _, ...rest } = looked === 'unavailable' ? { ...nothingFound, page: 1, pages: 1 } : looked;
  const saved = answers[id] as { code?: string; ar: string; en: string } | undefined;
  const { code, unlisted } = chosenOf(id, posted, saved, found && findNamed(entries, found.value));
  const kept: HeldEntry[] =
    saved?.code !== undefined && !entries.some((entry) => entry.code === saved.code)
      ? [{ code: saved.code, ar: saved.ar, en: saved.en, note: chosenBefore }]
      : [];
  return {
    code,
    options: [...kept, ...entries].map((entry) => ({
      value: entry.code,
      label: entry[language],
      ...(entry.note ? { hint: entry.note[language] } : {}),
    })),
    model: {
      ...rest,
      isAvailable: looked !== 'unavailable',
      ...(question.lookUp!.mayBeUnlisted ? { unlisted: { value: unlisted, chosen: code === unlistedValue } } : {}),
    },
  };
}

/** What is chosen on the page as it was posted; as it is saved otherwise; as it was found when nothing is. */
function chosenOf(
  id: string,
  posted: PostedBody | undefined,
  saved: { code?: string; ar: string } | undefined,
  named: HeldEntry | undefined,
): { code: string; unlisted: string } {
  const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
  if (posted && (id in posted || unlistedControl(id) in posted))
    return { code: textOf(posted[id]), unlisted: textOf(posted[unlistedControl(id)]) };
  if (saved)
    return saved.code === undefined ? { code: unlistedValue, unlisted: saved.ar } : { code: saved.code, unlisted: '' };
  return { code: named?.code ?? '', unlisted: '' };
}

function findNamed(entries: HeldEntry[], name: string): HeldEntry | undefined {
  const said = normaliseWords(name).trim();
  const alike = entries.filter(({ ar, en }) => [ar, en].some((own) => normaliseWords(own).trim() === said));
  return alike.length === 1 ? alike[0] : undefined;
}
