import { isolate, type Language, languages, type Text } from '#kernel/languages';
import type { LanguageWords, MessageKinds, Words } from './contract.ts';

/** Values for a template's placeholders; a text in two languages is said in the template's own. */
export type Values = Record<string, string | Text>;

/** A kind's own words in a service's folder (`notifications.json`), in part or in whole. */
export type OwnWords = Partial<Record<keyof Words, Text>>;

export type Templates = { kinds: MessageKinds; words: Record<Language, LanguageWords> };

const partNames = ['subject', 'text', 'short'] as const;
const outsidePlaceholders: Record<keyof LanguageWords['outside'], readonly string[]> = {
  mailSubject: ['state'],
  open: [],
  why: [],
  never: [],
  digest: [],
  unsubscribe: [],
  codeSubject: ['state'],
  code: ['code'],
  caseNews: ['reference'],
  caseOpen: [],
  caseWhy: [],
  caseStop: [],
  sms: ['state', 'short', 'link'],
  smsCase: ['state', 'reference', 'link'],
  smsCode: ['state', 'code'],
  smsSignIn: ['state', 'code'],
};

const placeholdersIn = (text: string) => [...text.matchAll(/\{([^{}]*)\}/g)].map((match) => match[1]!);

/**
 * Fills a template. Values are fenced against the direction of what surrounds them (Unicode TR 9), so that a Latin number does not
 * turn an Arabic sentence around; `isFenced: false` where the fences would cost room and only plain text comes out, as in SMS.
 */
export function fillTemplate(template: string, values: Values, language: Language, isFenced = true): string {
  return template.replace(/\{([a-zA-Z]+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`a message was to be written without its ${name}`);
    const text = typeof value === 'string' ? value : value[language];
    return isFenced ? isolate(text) : text;
  });
}

/** What is wrong with one text, in plain words. `all`: what the text may say; `must`: what nobody may leave out of it. */
function checkText(where: string, text: string, all: readonly string[], must: readonly string[]): string[] {
  const used = placeholdersIn(text);
  const unknown = [...new Set(used)].filter((name) => !all.includes(name));
  const missing = must.filter((name) => !used.includes(name));
  const known = all.length > 0 ? `it may say ${all.map((name) => `{${name}}`).join(', ')}` : 'it has no placeholders';
  return [
    ...unknown.map((name) => `${where} says {${name}}, which does not exist there: ${known}`),
    ...missing.map((name) => `${where} never says {${name}}, so the person would not learn it`),
    ...(text.replace(/\{[a-zA-Z]+\}/g, '').match(/[{}]/) ? [`${where} has a brace that nothing closes`] : []),
  ];
}

/** What a kind's part may say and must say. Outside the node nothing but the service is named. */
function limitsOf(kind: MessageKinds[string], part: keyof Words): { all: readonly string[]; must: readonly string[] } {
  if (part === 'text') return { all: kind.placeholders, must: kind.placeholders };
  if (part === 'subject') return { all: kind.placeholders, must: [] };
  return { all: kind.placeholders.filter((name) => name === 'service'), must: [] };
}

/** Everything wrong with the words of the node, in plain words; empty when they can be used. */
export function checkTemplates({ kinds, words }: Templates): string[] {
  return languages.flatMap((language) => {
    const own = words[language];
    const file = `${language}.json`;
    const strangers = Object.keys(own.kinds).filter((id) => !(id in kinds));
    return [
      ...(own.direction === (language === 'ar' ? 'rtl' : 'ltr') ? [] : [`${file} is read in the other direction`]),
      ...strangers.map((id) => `${file}: there is no kind ${id}`),
      ...Object.entries(kinds).flatMap(([id, kind]) => {
        const found = own.kinds[id];
        if (!found) return [`${file}: the kind ${id} has no words`];
        return partNames.flatMap((part) => {
          const { all, must } = limitsOf(kind, part);
          return checkText(`${file}: ${part} of ${id}`, found[part], all, must);
        });
      }),
      ...Object.entries(outsidePlaceholders).flatMap(([name, all]) =>
        checkText(`${file}: outside ${name}`, own.outside[name as keyof typeof outsidePlaceholders], all, all),
      ),
    ];
  });
}

/** Everything wrong with a service's own words, in plain words. */
export function checkOwnWords(serviceId: string, own: Record<string, OwnWords>, kinds: MessageKinds): string[] {
  return Object.entries(own).flatMap(([id, parts]) => {
    const kind = kinds[id];
    const where = `${serviceId}/notifications.json`;
    if (!kind) return [`${where}: there is no kind ${id}; there are ${Object.keys(kinds).join(', ')}`];
    if (!kind.placeholders.includes('service'))
      return [`${where}: ${id} is not about a service, so no service can have its own words for it`];
    return partNames.flatMap((part) => {
      const text = parts[part];
      if (!text) return [];
      const { all, must } = limitsOf(kind, part);
      return languages.flatMap((language) =>
        checkText(`${where}: ${part} of ${id} (${language})`, text[language], all, must),
      );
    });
  });
}

/** A part of a message in both languages, from the service's own words where it has some. */
export function writePart(
  templates: Templates,
  kindId: string,
  part: keyof Words,
  values: Values,
  own: OwnWords | undefined,
): Text {
  const write = (language: Language) =>
    fillTemplate(own?.[part]?.[language] ?? templates.words[language].kinds[kindId]![part], values, language);
  return { ar: write('ar'), en: write('en') };
}
