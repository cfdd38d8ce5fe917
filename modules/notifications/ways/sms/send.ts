import type { HttpClient } from '#kernel/http-client';
import { Problem } from '#kernel/problem';
import type { Notice, NotificationNeeds, Sender } from '../../needs.ts';
import { fillTemplate, type Templates } from '../../templates/rules.ts';
import type { SmsRules } from '../contract.ts';

const timeoutMs = 10_000;
const answerBytesMax = 65_536;

/** The text of a message to a phone: no fences for direction, which a phone may draw as boxes and which take room. */
export function writeSms(notice: Notice, templates: Templates, stateNames: NotificationNeeds['stateNames']): string {
  const { outside } = templates.words[notice.language];
  const state = stateNames[notice.language];
  if (notice.kind === 'code')
    return fillTemplate(
      notice.signsIn ? outside.smsSignIn : outside.smsCode,
      { state, code: notice.code },
      notice.language,
      false,
    );
  if (notice.kind === 'case-news')
    return fillTemplate(
      outside.smsCase,
      { state, reference: notice.reference, link: notice.link },
      notice.language,
      false,
    );
  const short = notice.shorts[0]!.replace(/[\u2066-\u2069]/g, '');
  return fillTemplate(outside.sms, { state, short, link: notice.link }, notice.language, false);
}

/** Hands text messages to a gateway that is described as data. */
export function createSmsSender(
  needs: Pick<NotificationNeeds, 'stateNames' | 'readSecret'> & { http: HttpClient },
  rules: SmsRules,
  templates: Templates,
): Sender {
  const secret = () => (rules.secret === undefined ? '' : needs.readSecret(rules.secret));
  const fill = (value: unknown, values: Record<string, string>): unknown => {
    if (typeof value === 'string') return value.replace(/\{(to|text|id|secret)\}/g, (_, name: string) => values[name]!);
    if (Array.isArray(value)) return value.map((one) => fill(one, values));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, fill(one, values)]));
  };

  return {
    send: async (notice) => {
      const text = writeSms(notice, templates, needs.stateNames);
      const values = { to: notice.to, text, id: notice.id, secret: secret() };
      const body = fill(rules.body, values) as Record<string, unknown>;
      const isJson = rules.encoding === 'json';
      const headers = Object.entries(rules.headers ?? {}).map(([name, value]) => [
        name.toLowerCase(),
        value.replaceAll('{secret}', values.secret),
      ]);
      try {
        const answer = await needs.http.request({
          method: rules.method,
          url: rules.url,
          headers: {
            accept: 'application/json',
            ...Object.fromEntries(headers),
            'content-type': isJson ? 'application/json' : 'application/x-www-form-urlencoded',
          },
          body: isJson
            ? JSON.stringify(body)
            : new URLSearchParams(Object.entries(body).map(([name, value]) => [name, String(value)])).toString(),
          timeoutMs,
          bodyBytesMax: answerBytesMax,
        });
        const said = parse(answer.body);
        if (holds(said, rules.never)) return { outcome: 'never', code: 'number-refused' };
        if (answer.status < 200 || answer.status > 299) return { outcome: 'later', code: `status-${answer.status}` };
        if (rules.success && !holds(said, rules.success)) return { outcome: 'later', code: 'answer-unexpected' };
        return { outcome: 'sent' };
      } catch (error) {
        if (error instanceof Problem) return { outcome: 'later', code: error.code };
        throw error;
      }
    },
    check: async () => {
      secret();
      // Any answer at all shows that the gateway is there; nothing is sent to anybody.
      await needs.http.request({ method: 'HEAD', url: rules.url, timeoutMs, bodyBytesMax: answerBytesMax });
    },
  };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    // A gateway that answers in another form is judged by its status alone.
    return undefined;
  }
}

/** Whether a value of the answer is one of those expected (RFC 6901). */
function holds(said: unknown, test: SmsRules['success']): boolean {
  if (!test) return false;
  let value = said;
  for (const part of test.pointer.slice(1).split('/')) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return false;
    value = (value as Record<string, unknown>)[name];
  }
  return test.equals.includes(String(value));
}
