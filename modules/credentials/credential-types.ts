import type { Text } from '#kernel/languages';

/** A kind of credential that the offices of a state issue. */
export type CredentialType = {
  /** Last part of its address: `degree-recognition`. */
  typeId: string;
  names: Text;
  description: Text;
  /** Top-level claims in the order in which people are shown them. */
  claims: Array<{ name: string; label: Text; isDisclosable?: boolean }>;
};

/** What any decision can be written as, so that no service needs a type of its own to begin with. */
export const decisionType: CredentialType = {
  typeId: 'decision',
  names: { ar: 'قرار رسمي', en: 'Official decision' },
  description: {
    ar: 'قرار أصدرته جهة حكومية في خدمة طلبها شخص.',
    en: 'A decision that a government office took on a service a person asked for.',
  },
  claims: [
    { name: 'reference', label: { ar: 'المرجع', en: 'Reference' } },
    { name: 'service', label: { ar: 'الخدمة', en: 'Service' } },
    { name: 'outcome', label: { ar: 'القرار', en: 'Outcome' } },
    { name: 'decided_on', label: { ar: 'تاريخ القرار', en: 'Decided on' } },
    { name: 'holder_name', label: { ar: 'اسم صاحب القرار', en: 'Name of the holder' }, isDisclosable: true },
    { name: 'subject', label: { ar: 'موضوع القرار', en: 'What it is about' }, isDisclosable: true },
  ],
};

export function typeUrl(publicUrl: string, typeId: string): string {
  return `${publicUrl}/credentials/types/${typeId}`;
}

const locales = [
  ['ar', 'ar'],
  ['en', 'en'],
] as const;

/** SD-JWT VC type metadata (draft-ietf-oauth-sd-jwt-vc section 6). */
export function typeMetadata(publicUrl: string, type: CredentialType): object {
  return {
    vct: typeUrl(publicUrl, type.typeId),
    name: type.names.en,
    description: type.description.en,
    display: locales.map(([locale, language]) => ({
      locale,
      name: type.names[language],
      description: type.description[language],
    })),
    claims: type.claims.map((claim) => ({
      path: [claim.name],
      display: locales.map(([locale, language]) => ({ locale, label: claim.label[language] })),
      sd: claim.isDisclosable ? 'always' : 'never',
    })),
  };
}

/** What a reader of a credential is told of its type. Both texts fall back on each other. */
export type TypeWords = { names: Text; labels: Record<string, Text> };

/** Reads type metadata that another node wrote, taking only what is of the right shape. */
export function readTypeWords(metadata: unknown): TypeWords | undefined {
  const root = record(metadata);
  const names = textOf(root['display'], 'name') ?? (typeof root['name'] === 'string' ? both(root['name']) : undefined);
  if (!names) return undefined;
  const labels: Record<string, Text> = {};
  for (const claim of list(root['claims'])) {
    const path = list(record(claim)['path']);
    const label = textOf(record(claim)['display'], 'label');
    if (path.length === 1 && typeof path[0] === 'string' && path[0] !== '__proto__' && label) labels[path[0]] = label;
  }
  return { names, labels };
}

function textOf(display: unknown, member: string): Text | undefined {
  const found: Partial<Text> = {};
  for (const each of list(display)) {
    const language = String(record(each)['locale'] ?? '').slice(0, 2);
    const value = record(each)[member];
    if ((language === 'ar' || language === 'en') && typeof value === 'string') found[language] ??= value.slice(0, 300);
  }
  const any = found.ar ?? found.en;
  return any === undefined ? undefined : { ar: found.ar ?? any, en: found.en ?? any };
}

function both(value: string): Text {
  return { ar: value.slice(0, 300), en: value.slice(0, 300) };
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value.slice(0, 200) : [];
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
