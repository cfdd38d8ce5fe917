/**
 * Keys of the officer's console, as its help lists them (components/keys.tsx). Focus moves to real links, buttons and fields, so a screen
 * reader says where it went. Never while somebody types, never with a modifier, and off where somebody switched them off (WCAG 2.1.4).
 */
const place = document.querySelector<HTMLElement>('[data-keys]');
const dialog = place?.querySelector('dialog');
const cookie = 'console-keys';
const sequenceMs = 1_500;

if (place && dialog) start(place, dialog);

function start(aside: HTMLElement, help: HTMLDialogElement): void {
  const entries = new Map(
    [...help.querySelectorAll<HTMLElement>('[data-key]')].map((one) => [one.dataset['key']!, one.dataset] as const),
  );
  const says = help.querySelector<HTMLElement>('[data-keys-says]')!;
  const switching = help.querySelector<HTMLButtonElement>('[data-keys-switch]')!;
  let isOn = !document.cookie.split('; ').includes(`${cookie}=off`);
  let begun: { key: string; at: number } | undefined;

  const show = () => {
    switching.textContent = switching.dataset[isOn ? 'textOff' : 'textOn'] ?? '';
  };
  switching.addEventListener('click', () => {
    isOn = !isOn;
    const life = isOn ? 0 : 31_536_000;
    // biome-ignore lint/suspicious/noDocumentCookie: CookieStore is not in every browser of an office.
    document.cookie = `${cookie}=off; Path=/office; Max-Age=${life}; SameSite=Lax`;
    show();
    says.textContent = says.dataset[isOn ? 'textOn' : 'textOff'] ?? '';
  });
  show();
  aside.hidden = false;
  aside.querySelector('[data-keys-open]')!.addEventListener('click', () => openHelp(help));
  help.querySelector('[data-keys-close]')!.addEventListener('click', () => help.close());

  document.addEventListener('keydown', (event) => {
    if (!isOn || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (help.open || isTyping(event.target)) return;
    const key = keyOf(event);
    if (key === undefined) return;
    const isSequence = begun !== undefined && performance.now() - begun.at < sequenceMs;
    const entry = (isSequence ? entries.get(`${begun!.key} ${key}`) : undefined) ?? entries.get(key);
    begun = undefined;
    if (!entry) {
      if ([...entries.keys()].some((known) => known.startsWith(`${key} `))) begun = { key, at: performance.now() };
      return;
    }
    // A key that is held moves on, and does nothing else again and again.
    if (event.repeat && entry['does'] !== 'next' && entry['does'] !== 'previous') return;
    if (entry['href']) location.assign(entry['href']);
    else if (!acts[entry['does'] ?? '']?.(help)) return;
    event.preventDefault();
  });
}

/** The browser gives focus back to where it was when the window closes. */
function openHelp(help: HTMLDialogElement): void {
  help.showModal();
  // At its first word, and not at its first button, which is below all of them.
  help.querySelector('h2')!.focus();
}

/** The letter on the key: what it writes where that is Latin, and where it lies on other layouts, so that Arabic ones need no switching. */
function keyOf(event: KeyboardEvent): string | undefined {
  if (event.key === '?' || event.key === '؟') return '?';
  if (event.key === '/' || (event.code === 'Slash' && !event.shiftKey)) return '/';
  if (event.shiftKey) return undefined;
  if (/^[a-z]$/i.test(event.key)) return event.key.toLowerCase();
  return /^\p{L}/u.test(event.key) ? /^Key([A-Z])$/.exec(event.code)?.[1]?.toLowerCase() : undefined;
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return target.type !== 'checkbox' && target.type !== 'radio';
  return target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

const find = <Kind extends HTMLElement>(selector: string) => document.querySelector<Kind>(selector);
const links = () => [...document.querySelectorAll<HTMLAnchorElement>('[data-row] a[data-open]')];
const rowOf = (element: Element | null) => element?.closest<HTMLElement>('[data-row]') ?? undefined;

/** The row in which the focus is; before it is in any, the one of the case that somebody comes back from. */
function currentLink(): HTMLAnchorElement | undefined {
  const row = rowOf(document.activeElement);
  return row?.querySelector<HTMLAnchorElement>('a[data-open]') ?? undefined;
}

function move(by: 1 | -1): boolean {
  const all = links();
  if (all.length === 0) return false;
  const now = currentLink();
  const from = now ?? all.find(({ href }) => document.referrer.startsWith(href));
  const at = from ? all.indexOf(from) : -1;
  // Whoever comes back from a case begins at it, and not after it.
  const next = from && !now ? at : at + by;
  all[Math.min(all.length - 1, Math.max(0, next))]!.focus();
  return true;
}

function focus(selector: string): boolean {
  const field = find(selector);
  field?.focus();
  return field !== null;
}

/** What each key does; false where the page has nothing for it, and the browser may have the key. */
const acts: Record<string, (help: HTMLDialogElement) => boolean> = {
  next: () => move(1),
  previous: () => move(-1),
  open: () => {
    const link = currentLink();
    link?.click();
    return link !== undefined;
  },
  tick: () => {
    const box = rowOf(document.activeElement)?.querySelector<HTMLInputElement>('input[type=checkbox]');
    box?.click();
    return Boolean(box);
  },
  take: () => {
    const button = find<HTMLButtonElement>('[data-take]');
    if (!button) return false;
    const boxes = [...document.querySelectorAll<HTMLInputElement>('[data-row] input[type=checkbox]')];
    if (boxes.length > 0 && !boxes.some(({ checked }) => checked)) {
      const own = rowOf(document.activeElement)?.querySelector<HTMLInputElement>('input[type=checkbox]');
      if (!own) return false;
      own.checked = true;
    }
    button.click();
    return true;
  },
  search: () => focus('main input[type=search]'),
  filter: () => focus('main #show'),
  check: () => focus('.checks input:not([type=hidden])'),
  decide: () => focus('[data-decide] [name=outcome]'),
  note: () => focus('#notes textarea'),
  message: () => focus('#messages textarea'),
  back: () => {
    const crumb = find<HTMLAnchorElement>('.crumbs li:last-child a');
    if (!crumb) return false;
    // The list as it was filtered, where somebody came from it.
    const isFromQueue = document.referrer.startsWith(`${crumb.href}?`) || document.referrer === crumb.href;
    location.assign(isFromQueue ? document.referrer : crumb.href);
    return true;
  },
  help: (help) => {
    openHelp(help);
    return true;
  },
};
