import type { Clock } from '#kernel/clock';
import { sha256 } from '#kernel/ids';
import { trySampleDocument } from '#modules/cases';
import { createPublishing, type Publishing, type PublishingNeeds } from '#modules/publishing';
import type { DocumentInput, Signatures, Trial } from '#modules/signatures';
import type { Office, StateDescription } from './state-folder.ts';

/** What was set lately: a page of a draft asks for the same picture again and again. */
const keptMost = 12;

/** Drafts of services, whose documents are set by the typesetter of the state's seals. */
export function createPublishingFor({
  state,
  offices,
  publicUrl,
  later,
  ...needs
}: Omit<PublishingNeeds, 'state' | 'currency' | 'setDocument' | 'findOffice'> & {
  clock: Clock;
  state: StateDescription;
  offices: readonly Office[];
  publicUrl: string;
  /** Late, because modules are made one after another. */
  later(): { signatures: Pick<Signatures, 'tryDocument'> };
}): Publishing {
  const kept = new Map<string, Promise<Trial>>();
  const tryDocument = (input: DocumentInput, as: 'picture' | 'pdf'): Promise<Trial> => {
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
  };
  return createPublishing({
    ...needs,
    state: state.code,
    currency: state.currency.code,
    findOffice: (officeId) => {
      const office = offices.find(({ id }) => id === officeId);
      const fullName = (language: 'ar' | 'en') =>
        [office?.names[language], state.names[language]].join(language === 'ar' ? '، ' : ', ');
      return office && { fullNames: { ar: fullName('ar'), en: fullName('en') }, grants: office.grants };
    },
    setDocument: (service, of) =>
      trySampleDocument(service, of, { tryDocument, publicUrl, state: state.code, timeZone: state.timeZone }),
  });
}
