import { createHmac } from 'node:crypto';
import { type Message, SendMessageCommand } from '@aws-sdk/client-sqs';
import { type Counted, type CountedStack, stripeSecret } from './counted-stack.ts';
import { invoiceData } from './invoice-data.ts';

/** An id as long as Stripe's own. */
const stripeId = (): string => `evt_${crypto.randomUUID().replaceAll('-', '').slice(0, 24)}`;

const ids = (count: number) => Array.from({ length: count }, () => crypto.randomUUID());

/** Events of Stripe, and what their consumer does with them. */
export function inboundTraffic(stack: CountedStack) {
  const queue = stack.aws.outputs.queues.inbound['stripe'] ?? '';
  const url = stack.aws.outputs.inbound.sources['stripe']?.url ?? '';

  async function post(type: string, bytes: number, secret = stripeSecret): Promise<Response> {
    const now = Math.floor(Date.now() / 1000);
    const object = { id: 'pi_1', amount_received: 1, currency: 'eur', customer: 'c', invoice: {} };
    const event = { id: stripeId(), object: 'event', type, created: now, data: { object } };
    object.invoice = invoiceData(bytes - JSON.stringify(event).length);
    const body = JSON.stringify(event);
    const signature = createHmac('sha256', secret).update(`${now}.${body}`).digest('hex');
    const headers = { 'stripe-signature': `t=${now},v1=${signature}`, 'content-type': 'application/json' };
    return fetch(url, { method: 'POST', headers, body });
  }

  return {
    post,
    take: (count: number) => stack.take(queue, count),
    async batch(type: string, count: number, bytes: number): Promise<Message[]> {
      for (let sent = 0; sent < count; sent++) await post(type, bytes);
      return stack.take(queue, count);
    },
    consume: (messages: readonly Message[]): Promise<Counted> =>
      stack.counted(() => stack.work('SourcestripeConsume', queue, messages)),
  };
}

/** Events for registered endpoints, as the topic hands them to the publish queue. */
export function outboundTraffic(stack: CountedStack, endpointUrl: string) {
  const { publish, delivery } = stack.aws.outputs.queues;

  async function send(tenant: string, bytes: number): Promise<void> {
    const data = invoiceData(bytes);
    const id = crypto.randomUUID();
    const envelope = {
      Type: 'Notification',
      MessageId: id,
      TopicArn: stack.aws.outputs.outbound.topicArn,
      Message: JSON.stringify({ id, type: 'invoice.paid', tenant, data }),
      Timestamp: new Date().toISOString(),
    };
    await stack.sqs.send(
      new SendMessageCommand({ QueueUrl: publish, MessageBody: JSON.stringify(envelope) }),
    );
  }

  return {
    async register(tenant: string, count = 1, settings: object = {}): Promise<void> {
      for (const id of ids(count)) {
        const url = `${endpointUrl}/${tenant}`;
        const body = Object.assign({ id, url, eventTypes: ['*'] }, settings);
        const path = `/v1/tenants/${tenant}/endpoints`;
        const { status } = await stack.manage({ method: 'POST', path, body });
        if (status !== 201) throw new Error(`the endpoint was answered ${status}`);
      }
    },
    async publish(tenant: string, count: number, bytes: number): Promise<Counted> {
      for (let sent = 0; sent < count; sent++) await send(tenant, bytes);
      const messages = await stack.take(publish, count);
      return stack.counted(() => stack.work('OutboundPublish', publish, messages));
    },
    async deliver(count: number): Promise<Counted> {
      const tasks = await stack.take(delivery, count);
      return stack.counted(() => stack.work('OutboundDeliver', delivery, tasks));
    },
  };
}
