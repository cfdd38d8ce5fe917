import { Copy, type CopyView, definePage, write } from '#apps/portal';
import { consoleTexts } from '../texts/index.ts';

/** What the applicant handed in, for the paper file of an office. */
export const copy = definePage<CopyView>({
  name: 'office-copy',
  area: 'office',
  nav: 'office',
  title: (view, { say }) => `${view.reference} · ${say(view.serviceTitle)}`,
  crumbs: (view, { reader }) => [
    { href: '/office', words: write(consoleTexts, reader, 'queue.title') },
    { href: `/office/cases/${view.caseId}`, words: view.reference },
  ],
  Body: ({ view }) => <Copy view={view} />,
});
