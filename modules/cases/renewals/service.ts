import { dateIn } from '#kernel/languages';
import { takeOver } from '../again/rules.ts';
import type { CaseView } from '../contract.ts';
import { formOfCase } from '../evidence/conditions.ts';
import { type CasesNeeds, getRow, holdRow, saveRow } from '../needs.ts';
import { problem } from '../problems.ts';
import { mayReadAsPerson, type Person } from '../rules.ts';
import { appendEvent, listAnswers, saveAnswersOf } from '../store.ts';
import type { Validity } from './contract.ts';
import { countsAsRenewal } from './rules.ts';
import * as store from './store.ts';

const atOnce = 100;

/** Offers to renew what ends soon, and begins the application that renews it. Nothing is applied for without a yes. */
export function createRenewals(
  needs: CasesNeeds,
  persons: {
    startCase(person: Person, serviceId: string, renews?: string): Promise<CaseView>;
    getMyCase(person: Person, caseId: string): Promise<CaseView>;
  },
) {
  const { database, clock, catalogue, calendar } = needs;
  const today = () => dateIn(clock.now(), calendar.timeZone);

  /** Of those approved cases that end some day. */
  const findValidities = async (caseIds: readonly string[]): Promise<Map<string, Validity>> => {
    const rows = caseIds.length === 0 ? [] : await store.listValidities(database.db, caseIds);
    return new Map(rows.map((row) => [row.case_id, describe(row)]));
  };

  const describe = (row: store.ValidityRow): Validity => {
    const { renewed_by: renewal, renewal_state: state } = row;
    const renewedBy =
      renewal !== null && state !== null && countsAsRenewal(state) ? { caseId: renewal, state } : undefined;
    return {
      until: row.until,
      hasEnded: row.until < today(),
      renewableFrom: row.renewable_from,
      mayRenew: renewedBy === undefined && row.renewable_from <= today(),
      ...(renewedBy === undefined ? {} : { renewedBy }),
    };
  };

  /**
   * The draft that renews an approved case: on the newest version of the service, with what the person wrote the last time where it still
   * fits. What has to be declared is declared anew, and evidence is asked for again.
   */
  const renewCase = async (person: Person, caseId: string): Promise<CaseView> => {
    const row = await getRow(needs, caseId, (found) => mayReadAsPerson(found, person) && found.state === 'approved');
    const validity = (await findValidities([caseId])).get(caseId);
    if (validity?.renewedBy !== undefined) throw problem('renewal-begun');
    if (!validity?.mayRenew) throw problem('renewal-early', { from: validity?.renewableFrom ?? '' });
    const draft = await persons.startCase(person, row.serviceId, caseId);
    const before = await catalogue.getService(row.serviceId, row.serviceVersion);
    const after = await catalogue.getService(row.serviceId, draft.serviceVersion);
    await database.transaction(async (tx) => {
      const held = await holdRow(tx, draft.id, (found) => mayReadAsPerson(found, person));
      const at = clock.now();
      const { savedPages } = await listAnswers(tx, draft.id);
      const { answers } = await listAnswers(tx, caseId);
      // With what was known then: what is asked now is seen when the draft is sent.
      const forms = [await formOfCase(tx, caseId, before.form), await formOfCase(tx, caseId, after.form)] as const;
      // A draft that the person had begun already is theirs: nothing of it is written over.
      const pages = savedPages.length > 0 ? [] : takeOver(...forms, answers).pages;
      for (const page of pages) await saveAnswersOf(tx, draft.id, page.pageId, page.answers, at);
      await saveRow(tx, { ...held, updatedAt: at });
      await store.saveRenewal(tx, caseId, draft.id);
      await appendEvent(tx, { caseId: draft.id, kind: 'case-renews', actor: { kind: 'node' }, body: { caseId }, at });
    });
    return persons.getMyCase(person, draft.id);
  };

  const offerRenewals = async (): Promise<number> => {
    let offered = 0;
    for (;;) {
      const ids = await store.listToOffer(database.db, today(), atOnce);
      for (const caseId of ids)
        await database.transaction(async (tx) => {
          const at = clock.now();
          if (!(await store.markOffered(tx, caseId, at))) return;
          await appendEvent(tx, { caseId, kind: 'renewal-offered', actor: { kind: 'node' }, at });
          await needs.jobs.send(tx, 'case-renewal-due', { caseId }, { key: caseId });
          offered += 1;
        });
      if (ids.length < atOnce) return offered;
    }
  };

  return { findValidities, renewCase, offerRenewals };
}
