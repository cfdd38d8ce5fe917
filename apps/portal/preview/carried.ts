import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { Answers, type EvidenceValues, type Form, formFor, keepAsked } from '#modules/catalogue';

/**
 * What somebody has typed into a preview. It is carried by their own browser, in a cookie for the preview's pages alone: the node keeps
 * nothing, and it ends with the browser's session.
 */
export type Carried = { answers: Answers; testId?: string };

const Shape = Type.Object({ answers: Answers, testId: Type.Optional(Type.String({ maxLength: 64 })) });
const cookieName = 'preview';
/** Browsers take 4096 bytes with name and attributes (RFC 6265, section 6.1). */
const cookieBytesMax = 3_600;
const textBytesMax = 65_536;

/** What came back, as far as it still fits the form with the evidence of its test case; nothing where it is no such cookie. */
export function readCarried(
  cookies: Record<string, string | undefined>,
  form: Form,
  evidenceOf: (testId: string | undefined) => EvidenceValues,
): Carried {
  try {
    const text = inflateRawSync(Buffer.from(cookies[cookieName] ?? '', 'base64url'), { maxOutputLength: textBytesMax });
    const carried: unknown = JSON.parse(text.toString('utf8'));
    if (!Value.Check(Shape, carried)) return { answers: {} };
    const fitting = Object.entries(carried.answers).filter(([id, answer]) => {
      const kind = form.definition.questions[id]?.kind;
      const isList = kind === 'file' || kind === 'group' || kind === 'checkboxes';
      const isParts = kind === 'address';
      return kind && Array.isArray(answer) === isList && (typeof answer === 'object' && !isList) === isParts;
    });
    return { ...carried, answers: keepAsked(formFor(form, evidenceOf(carried.testId)), Object.fromEntries(fitting)) };
  } catch {
    return { answers: {} };
  }
}

/** The cookie, for pages under `at`; undefined when there is too much to carry. */
export function writeCarried(carried: Carried, at: string, isSecure: boolean): string | undefined {
  const value = deflateRawSync(JSON.stringify(carried)).toString('base64url');
  if (value.length > cookieBytesMax) return undefined;
  return `${cookieName}=${value}; Path=${at}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
}
