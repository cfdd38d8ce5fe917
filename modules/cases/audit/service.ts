import type { Text } from '#kernel/languages';
import type { AssignedBody } from '../assigning/service.ts';
import { isMark, pointIn } from '../checklist/rules.ts';
import type { CasesNeeds } from '../needs.ts';
import { grantsOf, requireDuty } from '../roles/rules.ts';
import type { Officer } from '../rules.ts';
import { historyWords, readWords } from '../words.ts';
import { listSteps, readKind, type StepPlace } from './store.ts';

/** One step of an officer in a case of the office, or that they read it. No word that anybody wrote, and no name of an applicant. */
export type OfficerStep = {
  caseId: string;
  reference: string;
  at: Date;
  officerId: string;
  kind: string;
  text: Text;
  /** The point of the checklist that it is about. */
  about?: Text;
  /** The information system by which it was done. */
  through?: string;
};
export type StepPage = { steps: OfficerStep[]; next?: string };

const stepsAPage = 50;

/** What is no place of ours begins at the latest step. */
function placeOf(written: string | undefined): StepPlace | undefined {
  const [, at, caseId, sequence] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})_(\d{1,9})$/.exec(
      written ?? '',
    ) ?? [];
  return at === undefined || Number.isNaN(Date.parse(at))
    ? undefined
    : { at, caseId: caseId!, sequence: Number(sequence) };
}

/** What officers of an office did and read, for whoever audits it, the latest first. */
export function createAudit(needs: CasesNeeds) {
  const { database, catalogue } = needs;

  /** `before`: the `next` of the page before. `officerId`: of one officer alone. */
  const listOfficerSteps = async (
    officer: Officer,
    { before, officerId }: { before?: string | undefined; officerId?: string | undefined } = {},
  ): Promise<StepPage> => {
    requireDuty(needs.roles(), officer, 'audit');
    const grants = grantsOf(needs.roles(), officer, 'audit');
    const asked = { officeId: officer.officeId, grants, officerId, after: placeOf(before), limit: stepsAPage };
    const rows = await listSteps(database.db, asked);
    const last = rows.length === stepsAPage ? rows.at(-1)! : undefined;
    return {
      steps: await Promise.all(
        rows.map(async ({ caseId, reference, at, officerId: by, kind, body, serviceId, serviceVersion }) => {
          const about = isMark(kind)
            ? pointIn(await catalogue.getService(serviceId, serviceVersion), { kind, body })
            : (body as Partial<AssignedBody>).toNames;
          const text = kind === readKind ? readWords : (historyWords[kind] ?? { ar: kind, en: kind });
          const { through } = body as { through?: string };
          return {
            caseId,
            reference,
            at,
            officerId: by,
            kind,
            text,
            ...(about ? { about } : {}),
            ...(through ? { through } : {}),
          };
        }),
      ),
      ...(last ? { next: `${last.at.toISOString()}_${last.caseId}_${last.sequence}` } : {}),
    };
  };
  return { listOfficerSteps };
}
