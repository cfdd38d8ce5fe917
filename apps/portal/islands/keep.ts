/** Keeps what is typed on a form page while it is typed (pages/apply.tsx). Without it the page's buttons save, and nothing else is lost. */
const restMs = 3_000;

function watch(form: HTMLFormElement, says: HTMLElement): void {
  const { keep: address, textKept = '', textFailed = '' } = form.dataset;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last: Promise<void> = Promise.resolve();
  let isGone = false;
  let isMissing = false;

  const keep = async (): Promise<void> => {
    if (isGone) return;
    try {
      const response = await fetch(address!, {
        method: 'POST',
        body: new URLSearchParams(new FormData(form) as never),
        redirect: 'error',
        signal: AbortSignal.timeout(10_000),
      });
      says.textContent = response.ok ? textKept : textFailed;
      isMissing = false;
      delete document.documentElement.dataset['doubt'];
    } catch (error) {
      // The network fails now and then; the next change tries again, and so does its return.
      console.debug(error);
      says.textContent = textFailed;
      isMissing = true;
      document.documentElement.dataset['doubt'] = 'line';
    }
  };
  form.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      // One after the other: the latest has to stay.
      last = last.then(keep);
    }, restMs);
  });
  window.addEventListener('online', () => {
    if (isMissing) last = last.then(keep);
  });
  form.addEventListener('submit', (event) => {
    // It stays here for want of a connection (line.ts).
    if (event.defaultPrevented) return;
    isGone = true;
    clearTimeout(timer);
  });
}

const form = document.querySelector<HTMLFormElement>('form[data-keep]');
const says = document.querySelector<HTMLElement>('[data-keep-says]');
if (form && says) watch(form, says);
