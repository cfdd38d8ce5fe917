import type { InclusionProof } from '#modules/ledger';
import { type ProofPolicy, verifyInclusionProof } from '../../../modules/ledger/verify.ts';

/**
 * Turns each "verify" link of the my-data page into a check in this browser: fetches the proof, recomputes the tree from
 * the record itself, checks the log's and the witnesses' signatures, and says the result as a sentence. Without this
 * script, or when fetching fails for good, the link leads to the same proof checked by the server.
 */
for (const list of document.querySelectorAll<HTMLElement>('[data-proofs]')) {
  const words = list.dataset;
  const names = JSON.parse(words.witnessNames ?? '{}') as Record<string, string>;
  for (const link of list.querySelectorAll<HTMLAnchorElement>('a[data-proof]')) {
    const answer = link.closest('li')?.querySelector<HTMLElement>('[data-proof-answer]');
    if (!answer) continue;
    link.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || !link.dataset.proof) return;
      event.preventDefault();
      say(answer, 'info', words.textChecking ?? '');
      link.setAttribute('aria-busy', 'true');
      check(link.dataset.proof)
        .then((result) => show(result, answer, link))
        .finally(() => link.removeAttribute('aria-busy'));
    });
  }

  function show(result: Result, answer: HTMLElement, link: HTMLAnchorElement): void {
    if (result.kind === 'good') {
      const language = document.documentElement.lang;
      const digits = language === 'ar' ? 'arab' : 'latn';
      const witnesses = new Intl.ListFormat(language, { type: 'conjunction' }).format(
        result.cosignedBy.map((key) => `\u2068${nameOf(key)}\u2069`),
      );
      const sentence = fill(words.textGood ?? '', {
        index: new Intl.NumberFormat(`${language}-u-nu-${digits}`).format(result.leafIndex),
        log: words.log ?? '',
        witnesses,
      });
      say(answer, 'good', sentence, words.textDone);
      // From here on the link leads to the whole proof; it stays, so that nobody's focus is lost.
      link.removeAttribute('data-proof');
      const caption = link.querySelector('[data-proof-words]');
      if (caption) caption.textContent = words.textOpen ?? '';
    } else if (result.kind === 'pending') say(answer, 'warn', words.textPending ?? '');
    else if (result.kind === 'unreachable') say(answer, 'warn', words.textUnreachable ?? '');
    else say(answer, 'bad', words.textBad ?? '');
  }

  function nameOf(key: string): string {
    return names[key] ?? key;
  }
}

type Result =
  | { kind: 'good'; leafIndex: number; cosignedBy: string[] }
  | { kind: 'pending' }
  | { kind: 'unreachable' }
  | { kind: 'bad' };

async function check(address: string): Promise<Result> {
  let body: { proof?: InclusionProof } & ProofPolicy;
  try {
    const response = await fetch(address, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(10_000),
    });
    if (response.status === 404 || response.status === 409) return { kind: 'pending' };
    if (!response.ok) return { kind: 'unreachable' };
    body = await response.json();
  } catch {
    return { kind: 'unreachable' };
  }
  if (!body.proof) return { kind: 'pending' };
  const verdict = await verifyInclusionProof(body.proof, body);
  if (verdict.ok) return { kind: 'good', leafIndex: verdict.leafIndex, cosignedBy: verdict.cosignedBy };
  return verdict.reason === 'quorum-missed' ? { kind: 'pending' } : { kind: 'bad' };
}

function say(answer: HTMLElement, tone: 'good' | 'warn' | 'bad' | 'info', sentence: string, title?: string): void {
  const note = document.createElement('div');
  note.className = `note ${tone}`;
  if (title) {
    const strong = document.createElement('b');
    strong.textContent = title;
    note.append(strong);
  }
  const words = document.createElement('p');
  words.textContent = sentence;
  note.append(words);
  answer.replaceChildren(note);
}

function fill(sentence: string, values: Record<string, string>): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
