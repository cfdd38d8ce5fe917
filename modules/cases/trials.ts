import type { Language } from '#kernel/languages';
import { type Answers, fillIn, formFor, judge, keepAsked, openForm, type Service } from '#modules/catalogue';
import type { Signatures, Trial } from '#modules/signatures';
import { trialDocument } from './sheets.ts';

/** By which test case (without: the first that is approved, or else the first that is decided), in which language first, as what. */
export type SampleTrial = { testId?: string | undefined; first: Language; as: 'picture' | 'pdf' };

export type SampleNeeds = {
  tryDocument: Signatures['tryDocument'];
  /** The state that issues it, ISO 3166-1 alpha-2; without one the state in which the test case is decided. */
  state?: string;
  /** IANA name. */
  timeZone: string;
  publicUrl: string;
};

/** Sets the document that a test case of a service brings about: nobody applied, and nothing is kept. */
export async function trySampleDocument(
  service: Service,
  { testId, first, as }: SampleTrial,
  { tryDocument, publicUrl, timeZone, state }: SampleNeeds,
): Promise<Trial> {
  const cases = (service.tests?.cases ?? []).filter(({ expect }) => !expect.refused);
  const sample =
    cases.find(({ id }) => id === testId) ?? cases.find(({ expect }) => expect.outcome === 'approve') ?? cases[0];
  if (!sample) return { fault: { message: 'no test case is decided' } };
  const { evidence, date } = sample;
  const form = formFor(openForm(service.form.definition, sample.state), evidence);
  const answers: Answers = keepAsked(form, fillIn(form, sample.answers).saved);
  const judged = judge(service, { evidence, answers, today: { date, year: Number(date.slice(0, 4)) } });
  const at = new Date(`${date}T09:00:00Z`);
  const data = trialDocument(service, judged, { at, evidence, answers, state: state ?? sample.state, timeZone });
  const languages = first === 'ar' ? (['ar', 'en'] as const) : (['en', 'ar'] as const);
  const { title, issuer: author } = data;
  const verifyUrl = `${publicUrl}/verify`;
  return tryDocument({ template: service.template, data, title, author, languages, verifyUrl }, as);
}
