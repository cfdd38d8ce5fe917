import { type HTMLElement, parse } from 'node-html-parser';
import type { HttpClient } from '#kernel/http-client';

export type Page = { url: string; status: number; html: HTMLElement; body: Buffer; headers: Record<string, string> };

/** A browser without scripts: cookies per host, redirects, links and forms. It goes through the very pages a person uses. */
export type Visitor = {
  open(url: string): Promise<Page>;
  /** Sends the form with that action on the current page: its own hidden and preset values, with `fields` on top. */
  submit(actionEndsWith: string | RegExp, fields?: Record<string, string | string[]>): Promise<Page>;
  /** A page's data, with the cookies of its host; the current page stays. With `posted`, what its own script would send. */
  fetchJson(url: string, posted?: object): Promise<{ status: number; body: Buffer }>;
  /** Drops the cookies of a host, as a browser closed and opened again. */
  forget(url: string): void;
  current(): Page;
  /** Asks for pages in another language from here on. */
  speak(language: 'ar' | 'en'): void;
  /** Hears every hop, for a transcript. */
  onHop?: (hop: { method: string; url: string; status: number }) => void;
};

const hopsMax = 20;

export function createVisitor(http: HttpClient, first: 'ar' | 'en' = 'ar'): Visitor {
  let language = first;
  const cookies = new Map<string, Map<string, string>>();
  let page: Page | undefined;

  const go = async (method: string, url: string, form?: string, origin?: string): Promise<Page> => {
    for (let hop = 0; hop < hopsMax; hop += 1) {
      const { host } = new URL(url);
      const jar = cookies.get(host) ?? new Map<string, string>();
      cookies.set(host, jar);
      const answer = await http.request({
        method,
        url,
        headers: {
          accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
          'accept-language': language,
          ...(jar.size > 0 ? { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') } : {}),
          ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
          ...(form === undefined || origin === undefined ? {} : { origin }),
        },
        ...(form === undefined ? {} : { body: form }),
        bodyBytesMax: 10 * 1024 * 1024,
        timeoutMs: 30_000,
      });
      for (const line of splitSetCookie(answer.headers['set-cookie'])) keepCookie(jar, line);
      visitor.onHop?.({ method, url, status: answer.status });
      const location = answer.headers['location'];
      if (answer.status >= 300 && answer.status < 400 && location) {
        url = new URL(location, url).href;
        method = 'GET';
        form = undefined;
        continue;
      }
      const isHtml = (answer.headers['content-type'] ?? '').includes('html');
      page = {
        url,
        status: answer.status,
        html: parse(isHtml ? answer.body.toString('utf8') : ''),
        body: answer.body,
        headers: answer.headers,
      };
      return page;
    }
    throw new Error(`more than ${hopsMax} redirects, the last to ${new URL(url).pathname}`);
  };

  const visitor: Visitor = {
    speak: (another) => {
      language = another;
    },
    open: (url) => go('GET', page ? new URL(url, page.url).href : url),
    submit: (action, fields = {}) => {
      const from = visitor.current();
      const matches = (form: HTMLElement) => {
        const path = new URL(form.getAttribute('action') ?? from.url, from.url).pathname;
        return typeof action === 'string' ? path.endsWith(action) : action.test(path);
      };
      const form = from.html.querySelectorAll('form').find(matches);
      if (!form) {
        const why = from.html.querySelector('main')?.text.replace(/\s+/g, ' ').trim().slice(0, 300) ?? '';
        throw new Error(
          `no form for ${action} on ${new URL(from.url).pathname} (${from.status}): ${titleOf(from)}. ${why}`,
        );
      }
      const body = new URLSearchParams();
      for (const [name, value] of presetValues(form)) if (!(name in fields)) body.append(name, value);
      for (const [name, value] of Object.entries(fields))
        for (const one of Array.isArray(value) ? value : [value]) body.append(name, one);
      const target = new URL(form.getAttribute('action') ?? from.url, from.url);
      const method = (form.getAttribute('method') ?? 'get').toUpperCase();
      if (method === 'GET') {
        target.search = body.toString();
        return go('GET', target.href);
      }
      return go(method, target.href, body.toString(), new URL(from.url).origin);
    },
    fetchJson: async (url, posted) => {
      const jar = cookies.get(new URL(url).host) ?? new Map<string, string>();
      const { status, body } = await http.request({
        method: posted ? 'POST' : 'GET',
        url,
        headers: {
          accept: 'application/json',
          cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
          ...(posted ? { 'content-type': 'application/json', origin: new URL(url).origin } : {}),
        },
        ...(posted ? { body: JSON.stringify(posted) } : {}),
      });
      return { status, body };
    },
    forget: (url) => void cookies.delete(new URL(url).host),
    current: () => {
      if (!page) throw new Error('no page is open yet');
      return page;
    },
  };
  return visitor;
}

export function titleOf(page: Page): string {
  return (page.html.querySelector('h1') ?? page.html.querySelector('title'))?.text.trim() ?? '';
}

/** What an officer chooses on the page of a case to mark every point of its checklist as done. */
export function everyPointDone({ html }: Page): Record<string, string> {
  const points = html.querySelectorAll('input[value=done]').map((radio) => radio.getAttribute('name') ?? '');
  return Object.fromEntries(points.filter((name) => name.startsWith('point-')).map((name) => [name, 'done']));
}

function presetValues(form: HTMLElement): Array<[string, string]> {
  const values: Array<[string, string]> = [];
  for (const control of form.querySelectorAll('input, select, textarea')) {
    const name = control.getAttribute('name');
    if (!name || control.hasAttribute('disabled')) continue;
    const type = control.getAttribute('type') ?? 'text';
    if (control.tagName === 'SELECT') {
      const chosen = control.querySelector('option[selected]') ?? control.querySelector('option');
      if (chosen) values.push([name, chosen.getAttribute('value') ?? chosen.text]);
    } else if (control.tagName === 'TEXTAREA') values.push([name, control.text]);
    else if (type === 'checkbox' || type === 'radio') {
      if (control.hasAttribute('checked')) values.push([name, control.getAttribute('value') ?? 'on']);
    } else if (type !== 'submit' && type !== 'file') values.push([name, control.getAttribute('value') ?? '']);
  }
  return values;
}

/** Several Set-Cookie lines arrive joined by commas, which also stand inside `expires`. */
function splitSetCookie(joined: string | undefined): string[] {
  return joined ? joined.split(/,\s*(?=[A-Za-z0-9_.-]+=)/) : [];
}

function keepCookie(jar: Map<string, string>, line: string): void {
  const [pair, ...attributes] = line.split(';');
  const at = pair!.indexOf('=');
  const name = pair!.slice(0, at).trim();
  const value = pair!.slice(at + 1).trim();
  const isEnded = attributes.some((attribute) => /^\s*(max-age=0|expires=thu, 01 jan 1970)/i.test(attribute));
  if (isEnded || value === '') jar.delete(name);
  else jar.set(name, value);
}
