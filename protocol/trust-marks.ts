/** The trust mark by which a state certifies which evidence an office may ask for, for which purposes. */
export function evidenceRequesterMark(anchorId: string): string {
  return `${anchorId}/marks/evidence-requester`;
}

/** The trust mark by which a state certifies what an app may be allowed by people, and how much it may call (`jisr_app`). */
export function appMark(anchorId: string): string {
  return `${anchorId}/marks/app`;
}

/** The trust mark by which a state certifies which events an office may subscribe to, for which purposes (`jisr_event_grants`). */
export function eventSubscriberMark(anchorId: string): string {
  return `${anchorId}/marks/event-subscriber`;
}
