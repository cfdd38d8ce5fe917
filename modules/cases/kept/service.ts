import { createCipheriv, createDecipheriv } from 'node:crypto';
import { randomBytes, sha256 } from '#kernel/ids';
import type { PostedBody } from '#modules/catalogue';
import { mayTake } from '../chart.ts';
import { seenBy } from '../holding.ts';
import { type CasesNeeds, getRow } from '../needs.ts';
import type { Officer } from '../rules.ts';
import { type CaseRow, findCase } from '../store.ts';
import * as store from './store.ts';

/** As long as a session may last at most. */
const keptMs = 12 * 3_600_000;
const algorithm = 'aes-256-gcm';

const handleOf = (token: string) => sha256(`kept form ${token}`);
const keyOf = (token: string) => sha256(`key of kept form ${token}`);

/** A page of the form, or what is written to the office in own words: the answer to a request, an appeal, a message. */
export type KeptPlace = { caseId: string } & ({ pageId: string } | { step: 'answer' | 'appeal' | 'message' });
/** A step that an officer takes on a page of its own, by the page's name. */
export type OfficersPlace = { caseId: string; officeStep: string };

/** Ids of pages have no slash. */
const nameOf = (place: KeptPlace | OfficersPlace) =>
  'officeStep' in place ? `/office/${place.officeStep}` : 'step' in place ? `/${place.step}` : place.pageId;
const mayWrite = ({ state, submittedAt }: CaseRow, place: KeptPlace): boolean => {
  if (!('step' in place)) return mayTake(state, 'save-answers');
  return place.step === 'message' ? submittedAt !== undefined : mayTake(state, place.step);
};

/**
 * What was typed on a page of a case and not saved or sent: while it is typed, or as it arrived after the session had lapsed. Kept for its person. Sealed with a key that only
 * their browser has; nothing of the case changes by it.
 */
export function createKeptForms(needs: CasesNeeds) {
  const { database, clock } = needs;

  const keep = async (personId: string, place: KeptPlace | OfficersPlace, posted: PostedBody): Promise<string> => {
    const { caseId } = place;
    const pageId = nameOf(place);
    const token = randomBytes(32).toString('base64url');
    const iv = randomBytes(12);
    const cipher = createCipheriv(algorithm, keyOf(token), iv).setAAD(Buffer.from(`${caseId} ${pageId}`));
    const sealed = Buffer.concat([cipher.update(JSON.stringify(posted), 'utf8'), cipher.final()]);
    const kept = {
      handle: handleOf(token),
      person_id: personId,
      case_id: caseId,
      page_id: pageId,
      sealed: Buffer.concat([iv, cipher.getAuthTag(), sealed]),
      kept_until: new Date(clock.now().getTime() + keptMs),
    };
    await database.transaction((tx) => store.putKept(tx, kept));
    return token;
  };

  return {
    /** `personId`: whose session it is, or was. Undefined where there is no such page of theirs to write on. */
    keepForm: async (personId: string, place: KeptPlace, posted: PostedBody): Promise<string | undefined> => {
      const row = await findCase(database.db, place.caseId);
      const isTheirs = row?.personId === personId || row?.representative?.personId === personId;
      return row && isTheirs && mayWrite(row, place) ? keep(personId, place, posted) : undefined;
    },

    /** The same of an officer who sees the case; what becomes of it is judged when it is sent again. Throws `case-unknown`, `role-needed`. */
    keepFormOfOfficer: async (officer: Officer, place: OfficersPlace, posted: PostedBody): Promise<string> => {
      await getRow(needs, place.caseId, seenBy(needs, officer));
      return keep(officer.personId, place, posted);
    },

    /** What the same person had typed on that page; undefined for anybody else. */
    findForm: async (
      personId: string,
      place: KeptPlace | OfficersPlace,
      token: string,
    ): Promise<PostedBody | undefined> => {
      const { caseId } = place;
      const pageId = nameOf(place);
      const row = await store.findKept(database.db, handleOf(token), clock.now());
      if (!row || row.person_id !== personId || row.case_id !== caseId || row.page_id !== pageId) return undefined;
      const bytes = Buffer.from(row.sealed);
      const decipher = createDecipheriv(algorithm, keyOf(token), bytes.subarray(0, 12));
      decipher.setAAD(Buffer.from(`${caseId} ${pageId}`)).setAuthTag(bytes.subarray(12, 28));
      return JSON.parse(
        Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8'),
      ) as PostedBody;
    },

    dropForm: (token: string): Promise<void> => store.deleteKept(database.db, handleOf(token)),
    forgetForms: (): Promise<void> => store.forgetKept(database.db, clock.now()),
  };
}
