import type { Page } from '../page.tsx';
import { pages } from '../pages/index.ts';
import { text } from './sample-states.ts';
import type { Example } from './views.ts';

const examples: Example<never>[] = [];
const add = <View>(page: Page<View>, example: string, view: View) =>
  examples.push({ page, example, view, stateCode: 'BH', isSignedIn: true } as unknown as Example<never>);

const at = '2026-11-20T09:30:00Z';

add(pages.ways, 'empty', { passkeys: [], events: [], errors: {} });
add(pages.ways, 'refused', {
  passkeys: [
    { credentialId: 'AbC', name: 'هاتفي', isSynced: true, isBlocked: false, createdAt: at, lastUsedAt: at },
    { credentialId: 'DeF', name: 'Office laptop', isSynced: false, isBlocked: true, createdAt: at },
  ],
  events: [{ words: text('أُضيف مفتاح مرور', 'A passkey was added'), subject: 'هاتفي', at }],
  errors: { page: text('الرمز غير صحيح.', 'That code is not right.') },
});
add(pages.ways, 'confirmed', {
  passkeys: [{ credentialId: 'AbC', name: 'My phone', isSynced: true, isBlocked: false, createdAt: at }],
  events: [{ words: text('أُضيف مفتاح مرور', 'A passkey was added'), subject: 'My phone', at }],
  confirmedUntil: at,
  errors: {},
});

/** The pages about ways of signing in, with the views they are tested with. */
export const waysViews = examples;
