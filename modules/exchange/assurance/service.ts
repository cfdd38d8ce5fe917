import { Problem } from '#kernel/problem';
import { judgeStamping, type TlogPolicy } from '#modules/ledger';
import { problem } from '../contract.ts';
import type { ExchangeNeeds } from '../needs.ts';
import { findStateNode } from '../proofs/collecting.ts';
import { readAssurance } from './rules.ts';

/** `leftMs`: until the oldest entry has waited too long for a time-stamp; below 0 it has. */
export type AssuranceStatus = {
  classId: string;
  evidenceTypes: string[];
  after: 'warn' | 'refuse';
  leftMs: number;
  mayGoOn: boolean;
};

/** Holds exchanges to what the state asks of its log for each class of evidence. Evidence without a class costs no look. */
export function createAssurance(needs: ExchangeNeeds) {
  const { ledger, clock } = needs;
  const classes = needs.assuranceClasses ?? [];
  const classOf = readAssurance(classes);

  return {
    /** Throws `stamp-overdue` when evidence of this type has to wait for a time-stamp. From memory, at most a second old. */
    check: async (evidenceType: string): Promise<void> => {
      const limit = classOf.get(evidenceType)?.stamp;
      if (!limit) return;
      const facts = { oldestUnstampedAt: await ledger.findOldestUnstamped(), now: clock.now() };
      if (!judgeStamping(limit, facts).mayGoOn) throw problem('stamp-overdue', { evidence: evidenceType });
    },
    /** Who has to have cosigned this state's log for an exchange; undefined where the node's quorum is enough, or nobody can be listed. */
    policyFor: async (
      evidenceType: string,
      offices: { requester: string; provider: string },
    ): Promise<TlogPolicy | undefined> => {
      const cosignedBy = classOf.get(evidenceType)?.cosignedBy;
      if (!cosignedBy) return undefined;
      const nodes = cosignedBy.otherParty
        ? await Promise.all([offices.requester, offices.provider].map((office) => findStateNode(needs, office)))
        : [];
      try {
        const parties = nodes.map((node) => node?.ledger_origin ?? '');
        return await ledger.policyFor({ parties, othersMin: cosignedBy.others });
      } catch (error) {
        // A state that cannot be found just now: the proof is made all the same, and whoever reads it counts.
        if (error instanceof Problem) return undefined;
        throw error;
      }
    },
    /** How each class that has a limit stands. */
    status: async (): Promise<AssuranceStatus[]> => {
      if (!classes.some(({ stamp }) => stamp)) return [];
      const facts = { oldestUnstampedAt: await ledger.findOldestUnstamped(), now: clock.now() };
      return classes.flatMap(({ id, evidenceTypes, stamp }) => {
        if (!stamp) return [];
        const { leftMs, mayGoOn } = judgeStamping(stamp, facts);
        return [{ classId: id, evidenceTypes, after: stamp.after, leftMs, mayGoOn }];
      });
    },
  };
}
export type Assurance = ReturnType<typeof createAssurance>;
