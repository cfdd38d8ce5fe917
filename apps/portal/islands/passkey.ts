import {
  browserSupportsWebAuthn,
  startAuthentication,
  startRegistration,
  WebAuthnError,
} from '@simplewebauthn/browser';

/** Lets the device fill a passkey form (components/passkey.tsx) before it is posted. WebAuthn has no form without a script. */
for (const form of document.querySelectorAll<HTMLFormElement>('form[data-passkey]')) {
  const answer = form.elements.namedItem('answer') as HTMLInputElement;
  const says = form.querySelector<HTMLElement>('[data-passkey-says]')!;
  const texts = form.dataset;
  form.hidden = false;
  form.parentElement?.querySelector('[data-passkey-without]')?.remove();
  if (!browserSupportsWebAuthn()) {
    for (const control of form.querySelectorAll('button')) control.disabled = true;
    says.textContent = texts['textUnsupported'] ?? '';
  }
  // The page may come back from the browser's memory with an answer that was used.
  answer.value = '';
  let isBusy = false;
  form.addEventListener('submit', (event) => {
    if (answer.value !== '') return;
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    says.textContent = texts['textWorking'] ?? '';
    perform(form)
      .then((given) => {
        answer.value = JSON.stringify(given);
        form.requestSubmit();
      })
      .catch((error: unknown) => {
        says.textContent = error instanceof Refused ? error.message : (textOf(error, texts) ?? '');
      })
      .finally(() => {
        isBusy = false;
      });
  });
}

class Refused extends Error {}

async function perform(form: HTMLFormElement): Promise<unknown> {
  const response = await fetch(form.dataset['passkeyOptions']!, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    signal: AbortSignal.timeout(10_000),
  });
  const optionsJSON = await response.json();
  if (!response.ok) {
    const language = document.documentElement.lang as 'ar' | 'en';
    throw new Refused(optionsJSON.messages?.[language] ?? form.dataset['textFailed']);
  }
  return form.dataset['passkey'] === 'add' ? startRegistration({ optionsJSON }) : startAuthentication({ optionsJSON });
}

/** A person who closes the device's own window is no error. */
function textOf(error: unknown, texts: DOMStringMap): string | undefined {
  if (error instanceof WebAuthnError && error.code === 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED')
    return texts['textKnown'];
  return error instanceof Error && error.name === 'NotAllowedError' ? texts['textStopped'] : texts['textFailed'];
}
