import type { HttpClient } from '#kernel/http-client';

/** What must appear nowhere: the text, and what it is, for the failure's words. */
export type Secret = { what: string; text: string };

/** A client that remembers every address it opened and every cookie, code and one-time value that passed through it. */
export function createRememberingClient(http: HttpClient): { http: HttpClient; urls: Set<string>; secrets: Secret[] } {
  const urls = new Set<string>();
  const secrets: Secret[] = [];
  const keep = (what: string, text: string | null | undefined) => {
    if (text && text.length >= 6 && !secrets.some((secret) => secret.text === text)) secrets.push({ what, text });
  };
  const readUrl = (url: string) => {
    const { searchParams, pathname } = new URL(url);
    for (const name of ['code', 'state', 'request_uri']) keep(name, searchParams.get(name));
    keep('interaction', /\/interaction\/([^/]+)/.exec(pathname)?.[1]);
  };
  return {
    urls,
    secrets,
    http: {
      ...http,
      request: async (request) => {
        urls.add(request.url);
        readUrl(request.url);
        if (typeof request.body === 'string') keep('one-time code', new URLSearchParams(request.body).get('code'));
        const answer = await http.request(request);
        for (const [, name, value] of (answer.headers['set-cookie'] ?? '').matchAll(/(?:^|, )([\w.-]+)=([^;]{12,})/g))
          keep(`cookie ${name}`, value);
        const location = answer.headers['location'];
        if (location) readUrl(new URL(location, request.url).href);
        return answer;
      },
    },
  };
}

/** Full names, and each word of them that is long enough to mean this person. */
export function namesOf({ ar, en }: { ar: string; en: string }): Secret[] {
  const words = [
    ...ar.split(' ').filter((word) => word.length >= 5),
    ...en.split(' ').filter((word) => word.length >= 5),
  ];
  return [ar, en, ...words].map((text) => ({ what: 'name', text }));
}

/** The secrets that a text holds, each by its kind. Numbers count only where they stand alone: not inside an id or a time. */
export function findLeaks(text: string, secrets: Secret[]): string[] {
  const plain = text.replace(/"(time|pid|ms)":\d+/g, '').toLowerCase();
  return secrets.flatMap(({ what, text: secret }) => {
    const wanted = secret.toLowerCase();
    const isThere = /^[\d.]+$/.test(wanted)
      ? new RegExp(`(?<![\\w.-])${wanted.replaceAll('.', '\\.')}(?![\\w-]|\\.\\d)`).test(plain)
      : plain.includes(wanted);
    return isThere ? [what] : [];
  });
}
