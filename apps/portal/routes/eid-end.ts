import type { Language } from '#kernel/languages';
import {
  type EndedInteraction,
  type InteractionPage,
  problem as identityProblem,
  problemOfReason,
} from '#modules/identity';
import type { Draw } from '../frame.ts';
import { clientNameOf, type PortalNeeds } from '../needs.ts';
import { pages } from '../pages/index.ts';
import type { PageAnswer, PageContext } from '../routing.ts';

const levelUnmet = {
  ar: 'تحتاج هذه الخدمة إلى دخول أقوى مما تعطيه هويتك الرقمية الآن. لم يُرسَل شيء.',
  en: 'This service needs a stronger sign-in than your digital identity gives now. Nothing was sent.',
};
const wayTooWeak = {
  ar: 'تحتاج هذه الخدمة إلى دخول أقوى من الطريقة التي اخترتها. لم يُرسَل شيء.',
  en: 'This service needs a stronger sign-in than the way you chose. Nothing was sent.',
};

/** The page of a sign-in that has ended: why, and what can be done. */
export async function showEnd(
  needs: PortalNeeds,
  draw: Draw,
  context: PageContext,
  page: InteractionPage,
  { reason, unmet, mayTryAgain }: EndedInteraction,
  language: { language: Language },
): Promise<PageAnswer> {
  const unmetWords = mayTryAgain ? wayTooWeak : levelUnmet;
  return draw(
    pages.eidEnd,
    {
      action: `/eid-pages/interaction/${page.uid}`,
      requester: await clientNameOf(needs, page.clientId),
      words: reason === 'loa_unmet' ? unmetWords : identityProblem(problemOfReason[reason]).messages,
      ...(unmet ? { unmet } : {}),
      ...(mayTryAgain ? { mayTryAgain } : {}),
    },
    context,
    { ...language, status: 403 },
  );
}
