import { type Field, type PageContext, textOf } from '#apps/portal';
import type { ServiceDefinition, ServiceFiles } from '#modules/catalogue';
import { type AskedEvidence, askableFor, type EvidenceGrant, purposesOf } from '#modules/publishing';
import { findEvidenceType, findPurpose } from '#protocol/catalogue';
import { serviceWords as words } from './pages/publishing/service-words.ts';
import { type Group, tick } from './publishing-plain.ts';

type Posted = PageContext['form'];

/** What the office of a service may ask other offices for, field by field, as it stands or as it was typed. */
export function requirementGroups(
  files: ServiceFiles,
  grants: readonly EvidenceGrant[],
  state: string,
  typed: Posted | undefined,
): Group[] {
  const { purpose, requirements } = JSON.parse(files['service.json']!) as ServiceDefinition;
  const chosen = typed ? textOf(typed['purpose']) : purpose;
  return [
    {
      fields: [
        {
          name: 'purpose',
          kind: 'choice',
          label: words.purpose,
          hint: words.purposeHint,
          required: true,
          value: chosen,
          choices: purposesOf(grants).map((value) => ({
            value,
            label: findPurpose(value)?.names ?? { ar: value, en: value },
          })),
        },
      ],
    },
    ...askableFor(grants, chosen, state).map(({ type, fields }): Group => {
      const asked = requirements.find(({ evidence }) => evidence.type === type)?.evidence;
      return {
        title: findEvidenceType(type)!.names,
        fields: [
          ...fields.map((name): Field => {
            const known = asked?.fields.find((field) => field.name === name);
            const value = known ? (known.essential ? 'essential' : 'optional') : 'none';
            const key = `e.${type}.${name}`;
            return {
              name: key,
              kind: 'radios',
              required: true,
              label: findEvidenceType(type)?.fields[name]?.names ?? { ar: name, en: name },
              value: typed ? textOf(typed[key]) : value,
              choices: [
                { value: 'essential', label: words.needed },
                { value: 'optional', label: words.optional },
                { value: 'none', label: words.notAsked },
              ],
            };
          }),
          tick(typed, `standing.${type}`, words.standing, asked?.standing === true),
        ],
      };
    }),
  ];
}

/** Reads it back. */
export function readRequirements(grants: readonly EvidenceGrant[], state: string, form: Posted) {
  const purpose = textOf(form['purpose']);
  const asked = askableFor(grants, purpose, state).map(
    ({ type, fields }): AskedEvidence => ({
      type,
      fields: Object.fromEntries(
        fields.flatMap((name) => {
          const value = textOf(form[`e.${type}.${name}`]);
          return value === 'essential' || value === 'optional' ? [[name, value]] : [];
        }),
      ),
      standing: textOf(form[`standing.${type}`]) === 'yes',
    }),
  );
  // Another purpose than that of the page asks for what was not on it: what proves it is asked for, and no more.
  if (asked.some(({ fields }) => Object.keys(fields).length > 0)) return { purpose, asked };
  const [first] = askableFor(grants, purpose, state);
  const fields = Object.fromEntries((first?.always ?? []).map((name) => [name, 'essential' as const]));
  return { purpose, asked: first ? [{ type: first.type, fields, standing: false }] : [] };
}
