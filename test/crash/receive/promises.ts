import { ReceivedMessage } from '../../../lambdas/domain/event.ts';
import { parseMessage } from '../../../lambdas/domain/messages.ts';
import type { ReceiveResult } from '../../../lambdas/inbound/receive-result.ts';
import type { Scenario, SentRequest } from './scenario.ts';

/** Watches what λ receive puts on the queue, and what it answers. */
export function watchReceived(bodies: ReadonlyMap<string, Uint8Array>) {
  const violations = new Set<string>();
  const messages: ReceivedMessage[] = [];
  const accepted = new Set<string>();
  const check = (isKept: boolean, violation: string) => {
    if (!isKept) violations.add(violation);
  };

  const isReadable = (message: ReceivedMessage): boolean =>
    !('bodyS3' in message) || bodies.has(message.bodyS3);
  /** The ids that the deliveries of a request brought; `nth` is one delivery only. */
  const idsOf = ({ name }: SentRequest, nth?: string): Set<string> =>
    new Set(
      messages
        .filter(({ correlationId }) => {
          const [request, delivery] = correlationId.split('/');
          return request === name && (nth === undefined || delivery === nth);
        })
        .map(({ id }) => id),
    );

  return {
    enqueued(text: string): void {
      const message = parseMessage(ReceivedMessage, 'queue message', text);
      messages.push(message);
      check(isReadable(message), 'a message was enqueued before its body was in the bucket');
    },

    answered(request: SentRequest, result: ReceiveResult | undefined): void {
      if (result === undefined || result.kind === 'refused') return;
      accepted.add(request.name);
      check(request.isGenuine, `${request.name}: accepted, and forged`);
      if (result.kind !== 'accepted') return;
      const expected = new Set(result.events.map(({ id }) => id));
      const isComplete = [...expected].every((id) => idsOf(request).has(id));
      check(isComplete, `${request.name}: accepted, and not all of its events are on the queue`);
    },

    brokenPromises({ requests }: Scenario): readonly string[] {
      for (const request of requests) {
        const { size } = idsOf(request);
        if (request.isGenuine) {
          check(accepted.has(request.name), `${request.name}: never accepted`);
          check(size === request.events, `${request.name}: ${size} ids, not ${request.events}`);
        } else {
          check(size === 0, `${request.name}: enqueued, and forged`);
        }
      }
      return [...violations];
    },
  };
}
