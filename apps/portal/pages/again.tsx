import type { BegunFrom } from '#modules/cases';
import { Button, Notice } from '../components/blocks.tsx';
import { useSay, useTable } from '../reader.tsx';

const en = {
  title: 'Apply again',
  words:
    'A new application begins with the answers that you wrote here, as far as the form still asks for them. You are asked anew for your consent and for what you declare, and you check everything before you send it.',
  blankWords: 'A new application begins. What you had written in this one was erased.',
  button: 'Apply again with my answers',
  begun: 'Your answers of an earlier application are filled in',
  check: 'Look at each page before you send it.',
  earlier: 'The earlier application',
  left: 'This is to be given anew:',
  'not-asked': 'no longer asked for',
  'does-not-fit': 'no longer fits what is asked',
  anew: 'said anew each time',
  file: 'choose the file again',
};
const ar: typeof en = {
  title: 'التقديم من جديد',
  words:
    'يبدأ طلب جديد بالإجابات التي كتبتها هنا، بقدر ما لا يزال النموذج يسأل عنها. تُطلب موافقتك وإقرارك من جديد، وتراجع كل شيء قبل الإرسال.',
  blankWords: 'يبدأ طلب جديد. أما ما كنت كتبته في هذا فقد مُحي.',
  button: 'التقديم من جديد بإجاباتي',
  begun: 'عُبّئت إجاباتك من طلب سابق',
  check: 'راجع كل صفحة قبل الإرسال.',
  earlier: 'الطلب السابق',
  left: 'وهذا يلزم من جديد:',
  'not-asked': 'لم يعد يُسأل عنه',
  'does-not-fit': 'لم يعد يوافق المطلوب',
  anew: 'يُقال في كل مرة',
  file: 'اختر الملف من جديد',
};
const texts = { ar, en };

/** Of an application that came to nothing. Posts to /cases/:caseId/again. */
export function ApplyAgain({ caseId, from }: { caseId: string; from: 'filled' | 'blank' }) {
  const t = useTable(texts);
  return (
    <section className="card stack-s" id="again">
      <h2>{t('title')}</h2>
      <p>{t(from === 'filled' ? 'words' : 'blankWords')}</p>
      <form method="post" action={`/cases/${caseId}/again`}>
        <Button look="ghost">{t(from === 'filled' ? 'button' : 'title')}</Button>
      </form>
    </section>
  );
}

/** Of a draft that was begun so: what was not taken over, each with why. */
export function BegunNotice({ begunFrom }: { begunFrom: BegunFrom }) {
  const say = useSay();
  const t = useTable(texts);
  return (
    <Notice tone="info" title={t('begun')}>
      <p>
        {t('check')} <a href={`/cases/${begunFrom.caseId}`}>{t('earlier')}</a>
      </p>
      {begunFrom.left.length > 0 ? (
        <>
          <p>{t('left')}</p>
          <ul>
            {begunFrom.left.map(({ label, why }) => (
              <li key={label.en}>
                {say(label)} ({t(why)})
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </Notice>
  );
}
