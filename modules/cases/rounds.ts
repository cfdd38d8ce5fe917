/** Does something now and again until it is stopped, one time after another. What fails is told and tried with the next turn. */
export function createRounds(everyMs: number, turn: () => Promise<unknown>, onFailure: (error: unknown) => void) {
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<unknown> = Promise.resolve();
  const next = () => {
    round = round.then(turn).catch(onFailure);
  };
  return {
    start: () => {
      next();
      timer ??= setInterval(next, everyMs).unref();
    },
    stop: async () => {
      clearInterval(timer);
      timer = undefined;
      await round;
    },
  };
}
