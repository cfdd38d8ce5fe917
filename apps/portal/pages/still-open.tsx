import type { ReactNode } from 'react';
import type { StillOpen } from '#modules/cases';
import { Card } from '../components/blocks.tsx';
import { DateOf } from '../components/values.tsx';
import { useSay, useTable } from '../reader.tsx';

/** What a person can still change about what they sent; `refund`: what of a paid fee comes back when they withdraw it now. */
export type StillOpenShown = StillOpen & { refund?: 'whole' | 'part' | 'none' };

const en = {
  title: 'What you can still change',
  answers: 'Correct an answer',
  'answers.now': 'The office has opened these pages for you:',
  'answers.when-asked':
    'The office has your answers as you sent them. Write to it under “Messages” what is wrong: until the decision an officer can open a page of the form for you again.',
  'answers.no':
    'With this service answers stay as they were sent. Until the decision you can withdraw the application and apply again with your answers.',
  papers: 'Add papers',
  'papers.now': 'The office asks you for:',
  'papers.when-asked':
    'When an officer asks for them. We tell you then; you usually have {n, plural, one {# working day} other {# working days}} to answer.',
  'papers.no': 'With this service nothing is added after sending.',
  withdraw: 'Withdraw it',
  'withdraw.now': 'At any time before it is decided, on the page of the application.',
  'withdraw.no': 'Not any more: there is a decision, which the office is looking at again.',
  due: 'The decision is due by',
  until: 'Until',
  answer: 'Answer the office',
  'refund.whole': 'What you paid is given back.',
  'refund.part': 'A part of what you paid is given back.',
  'refund.none': 'What you paid is not given back.',
};
const ar: typeof en = {
  title: 'ما يمكنك تغييره بعد الإرسال',
  answers: 'تصحيح إجابة',
  'answers.now': 'فتحت لك الجهة هذه الصفحات:',
  'answers.when-asked':
    'إجاباتك عند الجهة كما أرسلتها. اكتب إليها في «الرسائل» ما الخطأ، فيمكن لموظف قبل القرار أن يفتح لك صفحة النموذج من جديد.',
  'answers.no': 'تبقى الإجابات في هذه الخدمة كما أُرسلت. ويمكنك قبل القرار سحب الطلب والتقديم من جديد بإجاباتك.',
  papers: 'إضافة مستندات',
  'papers.now': 'تطلب منك الجهة:',
  'papers.when-asked':
    'حين يطلبها موظف. نخبرك عندئذ، ولك في العادة {n, plural, one {يوم عمل واحد} two {يوما عمل} few {# أيام عمل} many {# يوم عمل} other {# يوم عمل}} للرد.',
  'papers.no': 'لا يُضاف شيء في هذه الخدمة بعد الإرسال.',
  withdraw: 'سحب الطلب',
  'withdraw.now': 'في أي وقت قبل القرار، من صفحة الطلب.',
  'withdraw.no': 'لم يعد ممكنًا، ففيه قرار تعيد الجهة النظر فيه.',
  due: 'موعد القرار في أقصاه',
  until: 'حتى',
  answer: 'الرد على الجهة',
  'refund.whole': 'يُرد إليك ما دفعته.',
  'refund.part': 'يُرد إليك بعض ما دفعته.',
  'refund.none': 'لا يُرد ما دفعته.',
};
const texts = { ar, en };

/** Answers, papers, withdrawal: each with how, and until when. Of what is decided it is absent. */
export function StillOpenCard({ caseId, open }: { caseId: string; open: StillOpenShown }) {
  const t = useTable(texts);
  const say = useSay();
  const part = (name: 'answers' | 'papers'): ReactNode => {
    const { how, until, names } = open[name];
    return (
      <div>
        <dt>{t(name)}</dt>
        <dd>
          <p>{t(`${name}.${how}`, { n: open.workingDays ?? 0 })}</p>
          {how === 'now' ? (
            <>
              <ul>
                {names.map((one) => (
                  <li key={one.en}>{say(one)}</li>
                ))}
              </ul>
              <p>
                {t('until')} <DateOf on={until!} weekday hijri /> ·{' '}
                <a href={`/cases/${caseId}/request`}>{t('answer')}</a>
              </p>
            </>
          ) : null}
        </dd>
      </div>
    );
  };
  const { withdrawal, refund } = open;
  const isOpen = withdrawal.how === 'now';
  return (
    <Card title={t('title')}>
      <dl className="stack-s">
        {part('answers')}
        {part('papers')}
        <div>
          <dt>{t('withdraw')}</dt>
          <dd>
            <p>
              {t(isOpen ? 'withdraw.now' : 'withdraw.no')} {isOpen && refund ? t(`refund.${refund}`) : null}
            </p>
            {withdrawal.until ? (
              <p className="muted">
                {t('due')} <DateOf on={withdrawal.until} weekday hijri />
              </p>
            ) : null}
          </dd>
        </div>
      </dl>
    </Card>
  );
}
