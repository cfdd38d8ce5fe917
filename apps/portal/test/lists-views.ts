import { type CopyView, type FormPageView, pages } from '../pages/index.ts';
import { entryFields, fileField, groupField } from './form-kinds-view.ts';
import { text } from './sample-states.ts';

const noFile = text('الملف فارغ، أو لم يُختر ملف.', 'The file is empty, or none was chosen.');

/** Pages of questions whose answer is a list: files, and groups with their entries. */
export const listExamples = (formPage: FormPageView) => [
  { page: pages.formPage, example: 'files', view: { ...formPage, fields: [fileField()] } },
  { page: pages.formPage, example: 'files-refused', view: { ...formPage, fields: [fileField(noFile)] } },
  { page: pages.formPage, example: 'entries', view: { ...formPage, fields: [groupField()] } },
  { page: pages.formPage, example: 'entry', view: { ...formPage, step: undefined, seen: '0', fields: entryFields() } },
];

/** What was sent, with files and entries in it. */
export const copyExample = (
  of: Pick<CopyView, 'caseId' | 'reference' | 'serviceTitle' | 'office' | 'evidence'>,
): CopyView => ({
  ...of,
  submittedAt: '2026-11-22T05:41:00Z',
  applicant: text('فاطمة أحمد علي الحداد', 'Fatima Ahmed Ali Alhaddad'),
  parts: [
    {
      title: text('الشهادات المدرسية', 'School reports'),
      items: fileField().files!.attached.map(({ name, mediaType, size, scan }, at) => ({
        label: text('آخر شهادة مدرسية', 'Last school report'),
        value: { file: { name, mediaType, size, scan, sha256: String(at + 3).repeat(64) }, href: '/cases/x/files/y' },
      })),
    },
    {
      title: text('أبناؤك وبناتك', 'Your children'),
      items: groupField().entries!.entries.flatMap(({ title, rows }) =>
        rows.map(({ label, value }) => ({
          label: text(`${title.ar}: ${label.ar}`, `${title.en}: ${label.en}`),
          value,
        })),
      ),
    },
  ],
});
