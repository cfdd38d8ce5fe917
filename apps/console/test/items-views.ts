import { text } from '../../portal/test/sample-states.ts';
import { itemFields } from '../items.ts';

const activities = [
  { id: 'tourism', label: text('سياحة وسفر', 'Tourism and travel') },
  { id: 'health', label: text('خدمات صحية', 'Health services') },
];
const licenceMissing = text('لا ترخيص للنشاط المطلوب.', 'There is no licence for the activity.');
/** What is decided one by one, as an officer fills it in with a fault, and as a second one reads it. */
export const itemExamples = [
  itemFields(
    {
      itemChoices: activities,
      reasonChoices: [{ id: 'licence-missing', outcome: 'refuse', text: licenceMissing }],
    },
    {
      tourism: { outcome: 'approve', reason: '', wordsAr: '', wordsEn: '' },
      health: { outcome: 'refuse', reason: '', wordsAr: 'لا ترخيص بعد.', wordsEn: '' },
    },
    { health: { reason: text('اختر سببًا أو اكتبه باللغتين.', 'Choose a reason or write one in both languages.') } },
  ),
  activities.map(({ id, label }) => ({
    label,
    isGranted: id === 'tourism',
    reasons: id === 'tourism' ? [] : [licenceMissing],
  })),
] as const;
