import type { Clock } from '#kernel/clock';
import { sha256 } from '#kernel/ids';
import { trialDocument } from '#modules/cases';
import { type Answers, fillIn, judge, keepAsked, type Service } from '#modules/catalogue';
import { createPublishing, type Publishing, type PublishingNeeds, type SetDocumentAnswer } from '#modules/publishing';
import type { Signatures } from '#modules/signatures';
import type { StateDescription } from './state-folder.ts';

/** What was set lately: a page of a draft asks for the same picture again and again. */
const keptMost = 12;

/** Drafts of services, whose documents are set by the typesetter of the state's seals. */
export function createPublishingFor({
  state,
  publicUrl,
  later,
  ...needs
}: Omit<PublishingNeeds, 'state' | 'setDocument'> & {
  clock: Clock;
  state: StateDescription;
  publicUrl: string;
  /** Late, because modules are made one after another. */
  later(): { signatures: Pick<Signatures, 'tryDocument'> };
}): Publishing {
  const kept = new Map<string, Promise<SetDocumentAnswer>>();
  return createPublishing({
    ...needs,
    state: state.code,
    setDocument: (service, { testId, first, as }) => {
      const data = sampleOf(service, testId, { at: needs.clock.now(), state: state.code, timeZone: state.timeZone });
      if (!data) return Promise.resolve({ fault: { message: 'no test case is decided' } });
      const input = {
        template: service.template,
        data,
        title: data.title,
        author: data.issuer,
        languages: first === 'ar' ? (['ar', 'en'] as const) : (['en', 'ar'] as const),
        verifyUrl: `${publicUrl}/verify`,
      };
      if (as === 'pdf') return later().signatures.tryDocument(input, as);
      const key = sha256(JSON.stringify(input)).toString('hex');
      const answer = kept.get(key) ?? later().signatures.tryDocument(input, as);
      kept.delete(key);
      kept.set(key, answer);
      if (kept.size > keptMost) kept.delete(kept.keys().next().value!);
      // What took too long now may not another time.
      answer.then(
        (one) => 'limit' in one && kept.delete(key),
        () => kept.delete(key),
      );
      return answer;
    },
  });
}

/** What the document of a test case shows: the named one, or the first that is decided. */
function sampleOf(service: Service, testId: string | undefined, of: { at: Date; state: string; timeZone: string }) {
  const cases = (service.tests?.cases ?? []).filter(({ expect }) => !expect.refused);
  const test = cases.find(({ id }) => id === testId) ?? cases.find(({ expect }) => expect.outcome === 'approve');
  const sample = test ?? cases[0];
  if (!sample) return undefined;
  const answers: Answers = keepAsked(service.form, fillIn(service.form, sample.answers).saved);
  const { evidence, date } = sample;
  const judged = judge(service, { evidence, answers, today: { date, year: Number(date.slice(0, 4)) } });
  return trialDocument(service, judged, { ...of, at: new Date(`${date}T09:00:00Z`), evidence, answers });
}
