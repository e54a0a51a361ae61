import type { InboundPorts, OutgoingEvent } from './ports.ts';

const parallelSends = 8;
/** The most messages that one `SendMessageBatch` takes. */
const sendSize = 10;

/**
 * Enqueues the events of one request in parallel: a hundred calls one after the other would take longer than the
 * provider waits.
 *
 * @param sendAll sends messages in order, ten in a call
 */
export const enqueueInParallel =
  (sendAll: (messages: readonly OutgoingEvent[]) => Promise<void>): InboundPorts['enqueue'] =>
  async (messages) => {
    const share = Math.ceil(messages.length / parallelSends / sendSize) * sendSize;
    const shares = Array.from({ length: parallelSends }, (_, nth) =>
      messages.slice(nth * share, (nth + 1) * share),
    );
    await Promise.all(shares.map((part) => sendAll(part)));
  };
