import type { CaseView } from '#modules/cases';
import { refundShareOf } from '#modules/catalogue';
import { hasComeIn } from '#modules/payments';
import { applicantOf } from '../acting.ts';
import type { PortalNeeds } from '../needs.ts';
import type { StillOpenShown } from '../pages/still-open.tsx';
import type { PageContext } from '../routing.ts';

/** What can still be changed about a case, with what a withdrawal would give back of a fee that was paid. */
export async function stillOpenOf(
  needs: Pick<PortalNeeds, 'payments' | 'catalogue' | 'state'>,
  context: PageContext,
  view: CaseView,
): Promise<{ stillOpen?: StillOpenShown }> {
  const { stillOpen } = view;
  if (!stillOpen) return {};
  const [{ paymentId, state, amountMinor = 0 }, { fee }] = await Promise.all([
    needs.payments.getFee(applicantOf(context.caller), view.id),
    needs.catalogue.getService(view.serviceId, view.serviceVersion),
  ]);
  if (!fee || paymentId === undefined || !hasComeIn(state) || stillOpen.withdrawal.how !== 'now') return { stillOpen };
  const wasTaken = view.timeline.some(({ kind }) => kind === 'case-taken' || kind === 'case-assigned');
  const occasion = wasTaken ? 'withdrawn-after-taken' : 'withdrawn-before-taken';
  const paid = { amountMinor, state: needs.state.code, stepMinor: 1 };
  const share = refundShareOf(fee.refunds, occasion, paid) ?? 0;
  return { stillOpen: { ...stillOpen, refund: share === 0 ? 'none' : share < amountMinor ? 'part' : 'whole' } };
}
