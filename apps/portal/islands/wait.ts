/** Asks now and then whether the phone has answered, and goes on by itself. Without it the page's button does the same. */
const form = document.querySelector<HTMLFormElement>('form[data-wait]');
const everyMs = 2_000;

async function look(): Promise<void> {
  try {
    const response = await fetch(form!.dataset['wait']!, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(10_000),
    });
    if (response.ok && (await response.json()).state === 'answered') {
      form!.requestSubmit(form!.querySelector<HTMLButtonElement>('button:not([name])'));
      return;
    }
  } catch (error) {
    // A phone network fails now and then; the next look tells.
    console.debug(error);
  }
  setTimeout(look, everyMs);
}

if (form) setTimeout(look, everyMs);
