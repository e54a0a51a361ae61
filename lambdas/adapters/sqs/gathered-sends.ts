/** Messages of one batch fail at about the same time, but not at the same instant. */
const gatherMs = 5;

/**
 * Sends single messages; combines those that come within a few milliseconds into one call.
 *
 * @param sendEach sends all; returns for each, in order, the error with which it was refused, or undefined
 * @returns a function that rejects only for a message that was refused
 */
export function gatheredSends<Message>(
  sendEach: (messages: readonly Message[]) => Promise<readonly (Error | undefined)[]>,
): (message: Message) => Promise<void> {
  let waiting: { readonly message: Message; readonly sent: PromiseWithResolvers<void> }[] = [];

  async function sendWaiting(): Promise<void> {
    const batch = waiting;
    waiting = [];
    try {
      const refusals = await sendEach(batch.map(({ message }) => message));
      for (const [index, { sent }] of batch.entries()) {
        const refusal = refusals[index];
        if (refusal === undefined) sent.resolve();
        else sent.reject(refusal);
      }
    } catch (error) {
      for (const { sent } of batch) sent.reject(error);
    }
  }

  return (message) => {
    if (waiting.length === 0) setTimeout(sendWaiting, gatherMs);
    const sent = Promise.withResolvers<void>();
    waiting.push({ message, sent });
    return sent.promise;
  };
}
