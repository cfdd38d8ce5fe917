import { type Field, type PageContext, textOf } from '#apps/portal';
import type { Text } from '#kernel/languages';
import type { ServiceFiles } from '#modules/catalogue';
import { type ReasonShape, reasonsOf } from '#modules/publishing';
import { serviceWords as words } from './pages/publishing/service-words.ts';
import { words as allWords } from './pages/publishing/words.ts';
import { both, type Group, line, tick } from './publishing-plain.ts';

type Posted = PageContext['form'];
const outcomes = ['approve', 'review', 'refuse'] as const;

export function reasonGroups(files: ServiceFiles, typed: Posted | undefined): Group[] {
  const texts = JSON.parse(files['reasons.json']!) as Record<string, { text: Text }>;
  const leadsTo = (name: string, held: string): Field => ({
    name,
    kind: 'choice',
    label: words.leadsTo,
    required: true,
    value: typed ? textOf(typed[name]) : held,
    choices: outcomes.map((value) => ({ value, label: allWords[value] })),
  });
  return [
    ...reasonsOf(files).map(
      ({ id, outcome, forOfficer }): Group => ({
        title: texts[id]!.text,
        fields: [
          leadsTo(`outcome.${id}`, outcome),
          tick(typed, `officer.${id}`, words.forOfficer, forOfficer),
          tick(typed, `gone.${id}`, words.removeReason),
        ],
      }),
    ),
    {
      title: words.addReason,
      fields: [
        line(typed, 'new-id', 'latin', allWords.name, words.reasonHint),
        line(typed, 'new-ar', 'text', allWords.labelAr),
        line(typed, 'new-en', 'latin', allWords.labelEn),
        { ...leadsTo('new-outcome', ''), required: false },
        tick(typed, 'new-officer', words.forOfficer),
      ],
    },
  ];
}

export function readReasons(files: ServiceFiles, form: Posted): ReasonShape {
  const isOn = (name: string) => textOf(form[name]) === 'yes';
  const outcomeIn = (name: string) => textOf(form[name]) as ReasonShape[number]['outcome'];
  const known = reasonsOf(files).flatMap(({ id }) =>
    isOn(`gone.${id}`) ? [] : [{ id, outcome: outcomeIn(`outcome.${id}`), forOfficer: isOn(`officer.${id}`) }],
  );
  const id = textOf(form['new-id']).trim();
  if (id === '') return known;
  const added = { id, outcome: outcomeIn('new-outcome'), forOfficer: isOn('new-officer'), text: both(form, 'new') };
  return [...known, added];
}
