/**
 * Keeps what an officer looks at true. The queue is drawn anew when its mark changes, with focus and ticks where they were; an open case is
 * never drawn over what somebody types: it says who did what meanwhile. Asks only while the page is seen and used, so that nobody stays signed
 * in by it.
 */
const everyMs = 20_000;
const idleMs = 15 * 60_000;
/** Repeats `look` until it answers false; a failure of the network is waited out. */
function repeat(look: () => Promise<boolean>, isPaused: () => boolean = () => false): void {
  let usedAt = performance.now();
  for (const kind of ['keydown', 'pointerdown', 'focusin'])
    document.addEventListener(kind, () => {
      usedAt = performance.now();
    });
  const turn = async () => {
    let goesOn = true;
    const isSeen = document.visibilityState === 'visible' && performance.now() - usedAt < idleMs;
    if (isSeen && !isPaused())
      try {
        goesOn = await look();
      } catch (error) {
        console.debug(error);
      }
    if (goesOn) setTimeout(turn, everyMs);
  };
  setTimeout(turn, everyMs);
}

async function ask(address: string, accept: string): Promise<Response | undefined> {
  const answer = await fetch(address, { headers: { accept }, signal: AbortSignal.timeout(10_000), redirect: 'error' });
  return answer.ok ? answer : undefined;
}

const queue = document.querySelector<HTMLElement>('[data-live]');
if (queue) watchQueue(queue);

function watchQueue(place: HTMLElement): void {
  const line = place.querySelector<HTMLElement>('[data-live-line]')!;
  const says = line.querySelector<HTMLElement>('[data-live-says]')!;
  const pause = line.querySelector<HTMLButtonElement>('[data-live-pause]')!;
  let isPaused = false;
  line.hidden = false;
  pause.addEventListener('click', () => {
    isPaused = !isPaused;
    pause.textContent = pause.dataset[isPaused ? 'textResume' : 'textPause'] ?? '';
    says.textContent = '';
  });
  repeat(
    async () => {
      const answer = await ask(place.dataset['live']!, 'application/json');
      const mark = place.querySelector<HTMLElement>('[data-live-mark]');
      if (!answer || !mark || (await answer.json()).mark === mark.dataset['liveMark']) return true;
      const drawn = await ask(place.dataset['livePage']!, 'text/html');
      if (!drawn) return true;
      const fresh = new DOMParser().parseFromString(await drawn.text(), 'text/html');
      const focused = document.activeElement?.id;
      const ticked = [...place.querySelectorAll<HTMLInputElement>('#queue-list input:checked')].map(({ id }) => id);
      for (const id of ['queue-counts', 'queue-list']) {
        const next = fresh.getElementById(id);
        if (next) document.getElementById(id)?.replaceWith(document.adoptNode(next));
      }
      for (const id of ticked) {
        const box = document.getElementById(id);
        if (box instanceof HTMLInputElement) box.checked = true;
      }
      if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
      says.textContent = line.dataset['textRefreshed'] ?? '';
      return true;
    },
    () => isPaused,
  );
}

const open = document.querySelector<HTMLElement>('[data-live-case]');
if (open) watchCase(open);

function watchCase(place: HTMLElement): void {
  const told = place.querySelector<HTMLElement>('[data-live-news]');
  const list = told?.querySelector<HTMLElement>('[data-live-list]');
  if (!told || !list) return;
  repeat(async () => {
    const answer = await ask(place.dataset['liveCase']!, 'application/json');
    if (!answer) return true;
    const { news } = (await answer.json()) as { news: Array<{ text: string; who?: string }> };
    if (news.length === list.childElementCount) return true;
    list.replaceChildren(
      ...news.map(({ text, who }) => {
        const item = document.createElement('li');
        item.textContent = who ? `${text} (\u2068${who}\u2069)` : text;
        return item;
      }),
    );
    (told.firstElementChild as HTMLElement).hidden = false;
    return true;
  });
}
