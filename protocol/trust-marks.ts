/** The trust mark by which a state certifies which evidence an office may ask for, for which purposes. */
export function evidenceRequesterMark(anchorId: string): string {
  return `${anchorId}/marks/evidence-requester`;
}
