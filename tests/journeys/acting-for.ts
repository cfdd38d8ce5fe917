import type { JourneyNeeds } from '../../apps/federation/journey.ts';
import type { Page } from '../../apps/federation/visitor.ts';

/** At a portal where somebody is signed in: the choice, on the pages of the home state, of whom they act for. */
export async function chooseAt(needs: JourneyNeeds, portalUrl: string, name: string): Promise<Page> {
  await needs.visitor.open(`${portalUrl}/acting`);
  const page = await needs.visitor.submit('/acting/begin');
  const label = page.html.querySelectorAll('label').find(({ text }) => text.includes(name));
  if (!label) throw new Error(`${name} is not offered: ${page.html.querySelector('main')?.text}`);
  const mandate = page.html.querySelector(`#${label.getAttribute('for')}`)!.getAttribute('value')!;
  return needs.visitor.submit(/\/represent$/, { mandate });
}

/** Sound answers to the questions of the registration of a branch, by form page. */
export const branchAnswers = (activity: string, capital = '5000') => ({
  activity: { activity, trade_name: 'Dilmun in the Gulf', city: 'الرياض' },
  capital: { capital },
  contact: { email: 'sample.person@example.com', mobile: '+97333123456' },
  declaration: { declaration: 'yes' },
});
