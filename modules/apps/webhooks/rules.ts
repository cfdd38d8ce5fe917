const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/** Pauses between tries; the last repeats until the end. */
const pausesMs = [10 * secondMs, minuteMs, 5 * minuteMs, 30 * minuteMs, 2 * hourMs, 6 * hourMs, 12 * hourMs];
const giveUpAfterMs = 3 * 24 * hourMs;

/** When to try again after so many tries, or undefined to give up. */
export function nextTry(attempts: number, triedSince: Date, now: Date): Date | undefined {
  const next = new Date(now.getTime() + pausesMs[Math.min(attempts - 1, pausesMs.length - 1)]!);
  return next.getTime() - triedSince.getTime() > giveUpAfterMs ? undefined : next;
}

export type Fact = {
  deliveryId: string;
  fact: string;
  authorisationId: string;
  caseId: string | null;
  happenedAt: Date;
};

/** The body of a webhook: ids and nothing of a person. What it is about, the app asks for with its token. */
export function bodyOf({ deliveryId, fact, authorisationId, caseId, happenedAt }: Fact): string {
  return JSON.stringify({
    id: deliveryId,
    type: fact,
    at: happenedAt.toISOString(),
    data: { authorisationId, ...(caseId === null ? {} : { caseId }) },
  });
}

export const webhookLabel = 'webhook';
export const webhookComponents = ['"@method"', '"@target-uri"', '"content-type"', '"content-digest"'];
