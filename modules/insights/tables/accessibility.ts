import { type Static, Type } from 'typebox';

/** The pages of one version of a service, as a machine judged them in both languages, on a phone and at a desk. */
export const JudgedService = Type.Object({
  serviceId: Type.String(),
  version: Type.String(),
  pages: Type.Integer({ minimum: 1 }),
  pagesWithoutFault: Type.Integer({ minimum: 0 }),
  /** The rules that some page breaks, by the judge's names. */
  rules: Type.Array(Type.String()),
});
export type JudgedService = Static<typeof JudgedService>;

export const AccessibilityFile = Type.Object({
  /** Name and version of the judge. */
  judge: Type.String(),
  judgedOn: Type.String({ format: 'date' }),
  services: Type.Array(JudgedService),
});
export type AccessibilityFile = Static<typeof AccessibilityFile>;
