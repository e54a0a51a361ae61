import { PublishCommand } from '@aws-sdk/client-sns';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { deliveryIdOf } from '../../support/fixtures/ids.ts';
import { eventually } from './eventually.ts';
import type { LocalStack } from './local-stack.ts';

type Item = Record<string, unknown>;

/** Publishes events to URLs, and reads their deliveries. */
export function publisher(stack: LocalStack) {
  /** Each event has its own endpoint, so that they share nothing, in particular no breaker. */
  const endpointOf = (id: string) => `of-${id}`;
  const messageOf = (id: string, url: string, data: unknown) =>
    JSON.stringify({ id, type: 'invoice.paid', data, endpoint: { id: endpointOf(id), url } });

  return {
    /** Through the topic, as an app does. */
    async publish(id: string, url: string, data: unknown = { amount: 1200 }): Promise<void> {
      const { topicArn } = stack.outputs.outbound;
      await stack.sns.send(new PublishCommand({ TopicArn: topicArn, Message: messageOf(id, url, data) }));
    },
    /** Sends the unchanged text directly to the publish queue. */
    async send(body: string): Promise<void> {
      const { publishQueueUrl } = stack.outputs.outbound;
      await stack.sqs.send(new SendMessageCommand({ QueueUrl: publishQueueUrl, MessageBody: body }));
    },
    deliveryOf: (id: string): Promise<Item | undefined> =>
      stack.delivery(deliveryIdOf('', id, endpointOf(id))),
    idOf: (id: string): string => deliveryIdOf('', id, endpointOf(id)),

    /** Waits until an event's delivery is as described. */
    until(id: string, what: string, holds: (delivery: Item) => boolean, seconds = 60): Promise<Item> {
      return eventually(
        `the delivery of ${id} to be ${what}`,
        async () => {
          const delivery = await this.deliveryOf(id);
          return delivery !== undefined && holds(delivery) && delivery;
        },
        { seconds },
      );
    },
    ends(id: string, status: 'delivered' | 'failed', seconds = 60): Promise<Item> {
      return this.until(
        id,
        status,
        (delivery) => delivery['status'] === status && !('dueAt' in delivery),
        seconds,
      );
    },
    /** Waits for so many entries of the publish DLQ whose message has the mark, and shows their reasons. */
    async publishDeadLetters(mark: string, count: number, look: (reasons: string[]) => void): Promise<void> {
      // A look hides what it finds for a second, so that two looks may each find another one: they are put together.
      const found = new Map<string, string>();
      await eventually(`${count} publish dead letters`, async () => {
        for (const body of await stack.peek(stack.outputs.dlqs.publish)) {
          const { message, reason } = JSON.parse(body);
          if (message.includes(mark)) found.set(message, String(reason));
        }
        return found.size >= count;
      });
      look([...found.values()]);
    },
    /** The dead letter of an event's delivery that its endpoint did not take. */
    deadLetter(id: string): Promise<Item> {
      return eventually(`a dead letter of ${id}`, async () => {
        const letters = (await stack.peek(stack.outputs.dlqs.undelivered)).map((body) => JSON.parse(body));
        return letters.find((letter) => letter.id === deliveryIdOf('', id, endpointOf(id)));
      });
    },
  };
}
