import { personOf } from '#kernel/contract';
import { Problem } from '#kernel/problem';
import type { CaseView } from '#modules/cases';
import { findEvidenceType } from '#protocol/catalogue';
import { applicantOf, ownerOf } from '../acting.ts';
import type { Task } from '../components/blocks.tsx';
import { ownStateName, type PortalNeeds } from '../needs.ts';
import type { PageContext, PageRoute } from '../routing.ts';
import type { ShowTasks } from './apply.ts';

/**
 * What a service takes from this state's own record of a person of another state, where the person had it linked: fields are
 * named on the task, and nothing is read before the person presses its button.
 */
export async function listOwnRecordTasks(needs: PortalNeeds, context: PageContext, view: CaseView): Promise<Task[]> {
  const { personId, homeState, actingFor } = personOf(context.caller);
  if (homeState === needs.state.code || actingFor) return [];
  const { definition } = await needs.catalogue.getService(view.serviceId, view.serviceVersion);
  const office = needs.catalogue.listServices().find(({ id }) => id === view.serviceId)?.office.id ?? '';
  const { names } = ownStateName(needs.state);
  const tasks = definition.requirements.flatMap(({ evidence }): Array<{ type: string; fields: string[] }> => {
    if (evidence.providedBy !== 'this-state') return [];
    const fields = evidence.fields.map(({ name }) => name);
    const { purpose } = definition;
    return needs.matching.mayRead({ office, purpose, evidenceType: evidence.type, fields })
      ? [{ type: evidence.type, fields }]
      : [];
  });
  if (tasks.length === 0) return [];
  const isLinked = await needs.matching.isLinked(personId);
  return tasks.map(({ type, fields }) => {
    const known = findEvidenceType(type)!;
    const listed = (language: 'ar' | 'en') =>
      fields.map((field) => known.fields[field]!.names[language]).join(language === 'ar' ? '، ' : ', ');
    const isHere = view.evidence.some((one) => one.evidenceType === type);
    return {
      title: { ar: `${known.names.ar} في ${names.ar}`, en: `${known.names.en} in ${names.en}` },
      hint: isLinked
        ? {
            ar: `نقرأ من سجلك المربوط: ${listed('ar')}. ويُكتب ذلك في السجل المفتوح.`,
            en: `We read from your linked record: ${listed('en')}. The reading is written in the open log.`,
          }
        : {
            ar: `إن كان لك سجل هنا فاطلب العثور عليه أولًا؛ نقرأ منه: ${listed('ar')}.`,
            en: `If you have a record here, have it found first. We would read: ${listed('en')}.`,
          },
      status: isHere ? 'done' : 'todo',
      isOptional: true,
      ...(isHere
        ? { href: `/cases/${view.id}/evidence` }
        : isLinked
          ? { post: `/cases/${view.id}/own-record` }
          : { href: '/linking' }),
    };
  });
}

/** Reads it: because of the link and of nothing else. */
export function ownRecordRoutes(needs: PortalNeeds, showTasks: ShowTasks): PageRoute[] {
  const { cases, matching } = needs;
  return [
    {
      method: 'POST',
      path: '/cases/:caseId/own-record',
      access: 'person',
      handle: async (context) => {
        const { personId } = ownerOf(context.caller);
        const me = applicantOf(context.caller);
        const caseId = context.params['caseId']!;
        const { askedHere, officeId, purpose, reference } = await cases.describeNeeds(me, caseId);
        try {
          for (const { evidenceType, fields } of askedHere) {
            const read = await matching
              .readLinked({
                personId,
                office: officeId,
                purpose,
                evidenceType,
                fields: fields.map(({ name }) => name),
                caseId: reference,
              })
              .catch(async (error: unknown) => {
                await cases.noteSilence(me, caseId, { providerState: needs.state.code, evidenceType }, error);
                throw error;
              });
            const holder = needs.offices.find(({ provides }) => provides.includes(evidenceType));
            await cases.recordEvidence(me, caseId, [
              {
                evidenceType,
                providerState: needs.state.code,
                ...(holder ? { providerOffice: `${needs.publicUrl}/offices/${holder.id}` } : {}),
                values: read.values,
                receipts: { theirs: { leafHash: read.leafHash } },
              },
            ]);
          }
          return { redirect: `/cases/${caseId}/evidence` };
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          const title = { ar: 'لم يُقرأ سجلك', en: 'Your record was not read' };
          return showTasks(context, await cases.getMyCase(me, caseId), { title, words: error.messages });
        }
      },
    },
  ];
}
