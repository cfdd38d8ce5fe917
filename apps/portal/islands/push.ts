/** Turns notices on in this browser (components/push.tsx): asks for leave, subscribes, and posts what the browser gave. */
const workerPath = '/push-worker.js';

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-push]')) {
  const says = form.querySelector<HTMLElement>('[data-push-says]')!;
  const button = form.querySelector('button')!;
  const texts = form.dataset;
  form.hidden = false;
  form.parentElement?.querySelector('[data-push-without]')?.remove();
  const isSupported = 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;
  const refusal = isSupported ? Notification.permission === 'denied' && texts['textDenied'] : texts['textUnsupported'];
  if (refusal) {
    button.disabled = true;
    says.textContent = refusal;
  }
  let isBusy = false;
  form.addEventListener('submit', (event) => {
    const field = form.elements.namedItem('subscription') as HTMLInputElement;
    if (field.value !== '') return;
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    says.textContent = texts['textWorking'] ?? '';
    subscribe(texts['push']!)
      .then((subscription) => {
        if (!subscription) {
          says.textContent = texts['textDenied'] ?? '';
          return;
        }
        field.value = JSON.stringify(subscription);
        form.requestSubmit();
      })
      .catch(() => {
        says.textContent = texts['textFailed'] ?? '';
      })
      .finally(() => {
        isBusy = false;
      });
  });
}

/** The address and the keys of this browser; undefined when its person says no. */
async function subscribe(publicKey: string): Promise<object | undefined> {
  if ((await Notification.requestPermission()) !== 'granted') return undefined;
  await navigator.serviceWorker.register(workerPath);
  const { pushManager } = await navigator.serviceWorker.ready;
  const applicationServerKey = bytesOf(publicKey);
  const known = await pushManager.getSubscription();
  // One that was made for another key of this node can be written to by nobody.
  if (known && !isSame(known.options.applicationServerKey, applicationServerKey)) await known.unsubscribe();
  const { endpoint, keys } = (await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey })).toJSON();
  return { endpoint, p256dh: keys?.['p256dh'], auth: keys?.['auth'] };
}

function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function isSame(one: ArrayBuffer | null, other: Uint8Array): boolean {
  const bytes = one && new Uint8Array(one);
  return bytes !== null && bytes.length === other.length && bytes.every((byte, at) => byte === other[at]);
}
