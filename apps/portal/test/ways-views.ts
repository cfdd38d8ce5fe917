import type { Page } from '../page.tsx';
import { pages } from '../pages/index.ts';
import { states, text } from './sample-states.ts';
import type { Example } from './views.ts';

const examples: Example<never>[] = [];
const add = <View>(page: Page<View>, example: string, view: View) =>
  examples.push({ page, example, view, stateCode: 'BH', isSignedIn: true } as unknown as Example<never>);

const at = '2026-11-20T09:30:00Z';

add(pages.ways, 'empty', { passkeys: [], events: [], errors: {} });
add(pages.ways, 'refused', {
  passkeys: [
    {
      credentialId: 'AbC',
      name: 'هاتفي',
      isSynced: true,
      isBlocked: false,
      createdAt: at,
      lastUsedAt: at,
      approves: true,
    },
    { credentialId: 'DeF', name: 'Office laptop', isSynced: false, isBlocked: true, createdAt: at },
  ],
  events: [{ words: text('أُضيف مفتاح مرور', 'A passkey was added'), subject: 'هاتفي', at }],
  errors: { page: text('الرمز غير صحيح.', 'That code is not right.') },
});
add(pages.ways, 'confirmed', {
  passkeys: [
    { credentialId: 'AbC', name: 'My phone', isSynced: true, isBlocked: false, createdAt: at, approves: true },
  ],
  events: [{ words: text('أُضيف مفتاح مرور', 'A passkey was added'), subject: 'My phone', at }],
  confirmedUntil: at,
  errors: {},
});

const asked = {
  requestId: '01998f3e-7c1a-7b52-9d0e-3f6a1c2b4d5e',
  requester: { names: text('وزارة التعليم', 'Ministry of Education'), state: states.SA },
  purposes: [text('الاعتراف بشهادتك للعمل في السعودية', 'Recognising your degree for work in Saudi Arabia')],
  address: '2001:db8::a1b2',
  agent: 'Chrome, Windows',
  isKnownAddress: false,
  isByService: false,
  askedAt: at,
};
add(pages.phone, 'not-set-up', { errors: {} });
add(pages.phone, 'empty', { waiting: [], errors: {}, notice: text('تم الرفض.', 'Refused.') });
add(pages.phone, 'waiting', {
  waiting: [asked, { ...asked, requestId: '01998f3e-7c1a-7b52-9d0e-3f6a1c2b4d5f', purposes: [], isByService: true }],
  errors: { page: text('الرقم غير صحيح.', 'The number is wrong.') },
});
add(pages.phoneRequest, 'filled', { asked });
add(pages.phoneRequest, 'refused', { asked, problem: text('لم يُقبل.', 'It was not accepted.') });
const shown = {
  action: '/eid-pages/interaction/x7Yq',
  requester: asked.requester,
  number: '47',
  phoneAddress: 'bh.example/phone',
  notYet: false,
};
add(pages.eidPhone, 'waiting', shown);
add(pages.eidPhone, 'not-yet', { ...shown, notYet: true });
const pushed = { action: shown.action, requester: shown.requester, notYet: false };
add(pages.eidPush, 'number', { ...pushed, names: text('نفاذ', 'Nafath'), number: '47' });
add(pages.eidPush, 'not-yet', { ...pushed, names: text('هويتي', 'Kuwait Mobile ID'), notYet: true });

const opened = { openedAt: at, usableFrom: '2026-11-23T09:30:00Z' };
add(pages.ways, 'warned', { passkeys: [], events: [], errors: {}, recovery: opened });
add(pages.phone, 'warned', { waiting: [], errors: {}, recovery: { openedAt: at } });
add(pages.eidRecovery, 'filled', {
  recovery: opened,
  action: '/eid-pages/interaction/x7Yq/recovery',
  continueHref: '/eid/auth/x7Yq',
});
const nationalIdLabel = text('الرقم الشخصي', 'Personal number');
add(pages.recovery, 'empty', { nationalIdLabel, errors: {} });
add(pages.recovery, 'refused', {
  nationalIdLabel,
  nationalId: '970304184',
  errors: { page: text('الرقم والرمز غير متطابقين.', 'The number and the code do not belong together.') },
});
add(pages.recovery, 'app', {
  nationalIdLabel,
  nationalId: '970304184',
  code: 'ABCDE-FGHJK-MNPQR-STUVW',
  totpSecret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
  errors: {},
});
add(pages.recovered, 'filled', {});

/** The pages about ways of signing in, with the views they are tested with. */
export const waysViews = examples;
