/**
 * The service worker of the portal (`/push-worker.js`): shows a notice and opens its link. It fetches nothing and keeps nothing, so that no
 * page is ever answered by it.
 */
type Shown = { title: string; body: string; language: string; direction: 'rtl' | 'ltr'; link: string; tag: string };
type Waiting = Event & { waitUntil(work: Promise<unknown>): void };
type PushedEvent = Waiting & { data: { json(): Shown } | null };
type ClickedEvent = Waiting & { notification: { data: string; close(): void } };
type Window = { url: string; focus(): Promise<unknown> };
type WorkerScope = {
  location: Location;
  registration: { showNotification(title: string, options: object): Promise<void> };
  clients: {
    matchAll(options: object): Promise<Window[]>;
    openWindow(url: string): Promise<unknown>;
    claim(): Promise<void>;
  };
  skipWaiting(): Promise<void>;
};

const scope = globalThis as unknown as WorkerScope;
const on = <Kind extends Waiting>(name: string, work: (event: Kind) => Promise<unknown>) =>
  addEventListener(name, (event) => (event as Kind).waitUntil(work(event as Kind)));

on('install', () => scope.skipWaiting());
on('activate', () => scope.clients.claim());

on<PushedEvent>('push', async ({ data }) => {
  if (!data) return;
  const { title, body, language, direction, link, tag } = data.json();
  await scope.registration.showNotification(title, { body, lang: language, dir: direction, tag, data: link });
});

on<ClickedEvent>('notificationclick', async ({ notification }) => {
  notification.close();
  const link = new URL(notification.data, scope.location.origin);
  // What is shown came encrypted from our own node; it leads to our own pages all the same, and nowhere else.
  if (link.origin !== scope.location.origin) return;
  const open = await scope.clients.matchAll({ type: 'window' });
  const same = open.find(({ url }) => url === link.href);
  await (same ? same.focus() : scope.clients.openWindow(link.href));
});
