/**
 * Keeps a page with what was typed on it while there is no connection, where the browser would put a page of its own in its place (layout.tsx). Without
 * it the browser does that, and its way back brings the form again. Nothing is stored, and nothing is sent by itself.
 */
const probeMs = 5_000;
const says = document.querySelector<HTMLElement>('[data-line]');

function watch(note: HTMLElement): void {
  const { textAway = '', textBack = '' } = note.dataset;
  let isProbing = false;
  let passed: HTMLFormElement | undefined;

  const tell = (form: HTMLFormElement): void => {
    form.append(note);
    note.className = 'note warn';
    note.textContent = '';
    // A screen reader tells what changes in a place that it has seen.
    setTimeout(() => {
      note.textContent = navigator.onLine && !isDoubtful() ? textBack : textAway;
      note.scrollIntoView({ block: 'nearest' });
    }, 100);
  };
  // This script's own address: small, public, and of this node.
  const isThere = (): Promise<boolean> =>
    fetch(import.meta.url, { cache: 'no-store', redirect: 'error', signal: AbortSignal.timeout(probeMs) }).then(
      ({ ok }) => ok,
      () => false,
    );
  /** The browser believes that there is a line; something sent a moment ago did not get through. */
  const isDoubtful = () => document.documentElement.dataset['doubt'] === 'line';

  // Before the form's own script hears it.
  document.addEventListener(
    'submit',
    (event) => {
      const form = event.target as HTMLFormElement;
      if (form.method !== 'post' || passed === form) return;
      if (navigator.onLine && !isDoubtful()) return;
      event.preventDefault();
      if (!navigator.onLine) return tell(form);
      if (isProbing) return;
      isProbing = true;
      const { submitter } = event as SubmitEvent;
      void isThere().then((there) => {
        isProbing = false;
        if (!there) return tell(form);
        passed = form;
        form.requestSubmit(submitter);
      });
    },
    { capture: true },
  );
  window.addEventListener('online', () => {
    if (note.textContent) note.textContent = textBack;
  });
  // Come back to by the browser's button, the page asks anew.
  window.addEventListener('pageshow', () => {
    passed = undefined;
  });
}

if (says) watch(says);
