import { type Static, Type } from 'typebox';
import { CaseState } from './states.ts';

export const Uuid = Type.String({ format: 'uuid' });
export const CaseParams = Type.Object({ caseId: Uuid });

/** The version that was looked at: whoever acts on another one is refused. */
export const Version = Type.Integer({ minimum: 1 });

/** Where a case stands after a step. */
export const Standing = Type.Object({ caseId: Uuid, state: CaseState, version: Type.Integer() });
export type Standing = Static<typeof Standing>;

/** Words of the office's own: in both languages, or in neither. */
export const OwnWords = {
  ownWordsAr: Type.Optional(Type.String({ maxLength: 2000 })),
  ownWordsEn: Type.Optional(Type.String({ maxLength: 2000 })),
};

/** Ids of reasons, conditions or things that the service's data lists. */
export const Ids = Type.Array(Type.String({ maxLength: 64 }), { maxItems: 12, uniqueItems: true });
