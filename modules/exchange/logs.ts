import type { ExchangeNeeds } from './needs.ts';

/**
 * Whether the log of a state is one to go on with. It is not when this node, as its witness, saw it contradict itself: what
 * such a log says of an exchange proves nothing to the person. While every log holds, this costs no lookup.
 */
export async function isLogTrusted(
  needs: Pick<ExchangeNeeds, 'ledger' | 'federation'>,
  code: string,
): Promise<boolean> {
  const disputed = await needs.ledger.listDisputed();
  if (disputed.length === 0) return true;
  const state = (await needs.federation.listStates()).find((candidate) => candidate.state === code);
  return state !== undefined && !disputed.includes(state.node.ledger_origin);
}
