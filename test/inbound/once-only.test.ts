import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { memoryReceiver, requestOf } from '../support/worlds/inbound-receiver.ts';

const now = 1_795_000_000;
const token = 'a'.repeat(50);
const signature = createHmac('sha256', 'key').update(`${now}${token}`).digest('hex');
const eventOf = (id: string) =>
  requestOf(
    JSON.stringify({
      signature: { timestamp: String(now), token, signature },
      'event-data': { id, event: 'delivered' },
    }),
  );
const mailgun = () =>
  memoryReceiver({ provider: 'mailgun' }, { current: { value: 'key', createdAt: unixMillis(0) } });

it('a token that does not sign the body is accepted with one body only', async () => {
  const receiver = mailgun();

  expect(await receiver.receive(eventOf('1'), now)).toMatchObject({ events: [{ id: '1' }] });
  expect(await receiver.receive(eventOf('2'), now)).toMatchObject({ status: 401, reason: 'reused-token' });
  expect(receiver.sent).toHaveLength(1);
});

it('a redelivery with the same token and body is an event of the same id', async () => {
  const receiver = mailgun();

  expect(await receiver.receive(eventOf('1'), now)).toMatchObject({ events: [{ id: '1' }] });
  expect(await receiver.receive(eventOf('1'), now)).toMatchObject({ events: [{ id: '1' }] });
});

it('a request that could not be enqueued may come again', async () => {
  const receiver = mailgun();
  receiver.state.queueError = new Error('no queue');
  expect(await receiver.receive(eventOf('1'), now)).toMatchObject({ status: 503 });
  receiver.state.queueError = undefined;

  expect(await receiver.receive(eventOf('1'), now)).toMatchObject({ events: [{ id: '1' }] });
});

it('a request whose token cannot be noted is not accepted', async () => {
  const receiver = mailgun();
  receiver.state.tokensError = new Error('throttled');

  expect(await receiver.receive(eventOf('1'), now)).toMatchObject({ status: 503 });
  expect(receiver.sent).toEqual([]);
});
