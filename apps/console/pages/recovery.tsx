import {
  Button,
  Card,
  definePage,
  ErrorSummary,
  type Field,
  FieldOf,
  Notice,
  PageHead,
  SummaryList,
  TimeOf,
  useSay,
} from '#apps/portal';
import type { Text } from '#kernel/languages';
import type { RecoveryDocument, RecoveryRefusal } from '#modules/identity';
import { documentNames, documentNumberField, isSameField } from './recoveries.tsx';

const text = (ar: string, en: string): Text => ({ ar, en });

const words = {
  title: text('تأكيد استعادة دخول', 'Confirm restored access'),
  lead: text(
    'بدأها زميلك بعد أن اطّلع على وثيقة. اطّلع أنت أيضًا على الوثيقة نفسها وصاحبُها أمامك، ثم أكّد أو ارفض.',
    'A colleague began this after looking at a document. Look at the same document yourself, with the person before you; then confirm or refuse.',
  ),
  person: text('الشخص', 'Person'),
  officer: text('بدأها', 'Begun by'),
  openedAt: text('بدأت في', 'Begun at'),
  document: text('الوثيقة', 'Document'),
  until: text('تُؤكَّد قبل', 'To be confirmed by'),
  confirmTitle: text('الوثيقة صحيحة والشخص صاحبها', 'The document is right, and so is the person'),
  confirmEffect: text(
    'يعمل الرمز بعد ثلاثة أيام من تأكيدك، ويُنبَّه الشخص الآن مرة ثانية.',
    'The code works three days after you confirm, and the person is told a second time now.',
  ),
  confirm: text('تأكيد', 'Confirm'),
  refuseTitle: text('غير ذلك', 'It is not so'),
  refuse: text('رفض', 'Refuse'),
};

const refusals: Record<RecoveryRefusal, Text> = {
  'another-person': text('الشخص ليس صاحب الوثيقة', 'The person is not the one in the document'),
  'document-doubtful': text(
    'الوثيقة مشكوك فيها أو غير التي قُرئت',
    'The document is doubtful, or not the one that was read',
  ),
  'person-absent': text('الشخص غير حاضر', 'The person is not here'),
  mistake: text('بدأت بالخطأ', 'It was begun by mistake'),
};

/** Posts `outcome` = confirm with `documentNumber` and `isSame`, or = refuse with `reason`, to `/office/recoveries/:recoveryId`. */
export type RecoveryToConfirmView = {
  officeName: Text;
  recoveryId: string;
  person: Text;
  officer: Text;
  document: RecoveryDocument;
  openedAt: string;
  confirmUntil: string;
  problem?: Text;
};

export const recovery = definePage<RecoveryToConfirmView>({
  name: 'recovery-to-confirm',
  area: 'office',
  nav: 'recoveries',
  title: (_view, { say }) => say(words.title),
  hasErrors: (view) => view.problem !== undefined,
  Body: ({ view }) => {
    const say = useSay();
    const action = `/office/recoveries/${view.recoveryId}`;
    const reason: Field = {
      name: 'reason',
      kind: 'radios',
      label: text('سبب الرفض', 'Why you refuse'),
      required: true,
      choices: Object.entries(refusals).map(([value, label]) => ({ value, label })),
    };
    return (
      <div className="stack">
        <PageHead eyebrow={say(view.officeName)} title={say(words.title)} lead={say(words.lead)} />
        <ErrorSummary fields={[]} others={view.problem ? [{ message: view.problem }] : []} />
        <Card>
          <SummaryList
            rows={[
              { term: say(words.person), value: <bdi>{say(view.person)}</bdi> },
              { term: say(words.document), value: say(documentNames[view.document]) },
              { term: say(words.officer), value: <bdi>{say(view.officer)}</bdi> },
              { term: say(words.openedAt), value: <TimeOf at={view.openedAt} /> },
              { term: say(words.until), value: <TimeOf at={view.confirmUntil} /> },
            ]}
          />
        </Card>
        <div className="two">
          <Card title={say(words.confirmTitle)}>
            <form method="post" action={action} className="stack" noValidate>
              <FieldOf field={documentNumberField} />
              <FieldOf field={isSameField} />
              <Notice tone="info">
                <p>{say(words.confirmEffect)}</p>
              </Notice>
              <Button name="outcome" value="confirm">
                {say(words.confirm)}
              </Button>
            </form>
          </Card>
          <Card title={say(words.refuseTitle)}>
            <form method="post" action={action} className="stack" noValidate>
              <FieldOf field={reason} />
              <Button look="danger" name="outcome" value="refuse">
                {say(words.refuse)}
              </Button>
            </form>
          </Card>
        </div>
      </div>
    );
  },
});
