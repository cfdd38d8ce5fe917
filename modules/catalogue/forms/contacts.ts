import type { Language } from '#kernel/languages';
import type { Answers, FormDefinition, QuestionKind } from './contract.ts';
import { type CaseForm, keepAsked } from './rules.ts';

/** Where the person wants to be told about one case, as typed in its form; nobody has shown yet that it is theirs. */
export type CaseContact = { email?: string; mobile?: string; language?: Language };

const kinds: Record<'email' | 'mobile', QuestionKind> = { email: 'email', mobile: 'phone' };

/** What an author got wrong in `contact` of a form, in plain words. */
export function checkContact({ contact = {}, questions }: FormDefinition): string[] {
  return Object.entries(contact).flatMap(([part, id]) => {
    const question = Object.hasOwn(questions, id) ? questions[id] : undefined;
    if (!question) return [`contact.${part} names '${id}', which is not a question`];
    if (part === 'language') {
      const offered = question.options?.map(({ value }) => value) ?? [];
      const fits = offered.length > 0 && offered.every((value) => value === 'ar' || value === 'en');
      return fits ? [] : [`contact.language names '${id}', which does not offer 'ar' and 'en' and nothing else`];
    }
    const wanted = kinds[part as 'email' | 'mobile'];
    return question.kind === wanted
      ? []
      : [`contact.${part} names '${id}', which is of kind ${question.kind}, not ${wanted}`];
  });
}

/** What the answers say of where to tell the person; nothing where the service does not ask, or nothing is answered yet. */
export function contactIn(form: CaseForm, answers: Answers): CaseContact {
  const { contact = {} } = form.definition;
  const asked = keepAsked(form, answers);
  const textOf = (id: string | undefined) => {
    const answer = id === undefined ? undefined : asked[id];
    return typeof answer === 'string' && answer !== '' ? answer : undefined;
  };
  const [email, mobile, language] = [textOf(contact.email), textOf(contact.mobile), textOf(contact.language)];
  return {
    ...(email === undefined ? {} : { email }),
    ...(mobile === undefined ? {} : { mobile }),
    ...(language === 'ar' || language === 'en' ? { language } : {}),
  };
}
