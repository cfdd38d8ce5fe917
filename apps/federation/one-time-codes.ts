import { generate } from 'otplib';
import { type Clock, systemClock } from '#kernel/clock';

const stepMs = 30_000;
/** What typing a code and checking the password before it may take: a code that would be too old by then is not taken. */
const typingMs = 8_000;
/** A last code so far ahead was taken in another time: a sandbox's, or that of a federation which had the address before. */
const otherTimeSteps = 20;
/** By provider and secret: the last half minute whose code was taken here. */
const stepsUsed = new Map<string, number>();

/**
 * A code that the provider at `origin` has not seen yet. A code is accepted once, and half a minute early or late: the earliest that may
 * still be good is taken, so two or three come at once; after that the next is waited for.
 */
export async function takeOneTimeCode(
  origin: string,
  secret: string,
  { clock = systemClock, tell }: { clock?: Clock | undefined; tell?: ((step: string) => void) | undefined } = {},
): Promise<string> {
  const nowMs = () => clock.now().getTime();
  const key = `${origin} ${secret}`;
  const earliest = Math.floor((nowMs() + typingMs) / stepMs) - 1;
  const latest = Math.floor(nowMs() / stepMs) + 1;
  const last = stepsUsed.get(key) ?? 0;
  const step = last > latest + otherTimeSteps ? earliest : Math.max(last + 1, earliest);
  stepsUsed.set(key, step);
  if (step > latest) {
    tell?.('waiting for the next one-time code, because a code is accepted once');
    await new Promise((resolve) => setTimeout(resolve, (step - 1) * stepMs + 500 - nowMs()));
  }
  return generate({ secret, epoch: (step * stepMs) / 1_000 });
}
