import { expect, test } from 'vitest';
import { type DlqKind, readDeadMessage, resendKey } from '../../../cli/dlq/dead-letter.ts';
import { unixMillis } from '../../../lambdas/domain/time.ts';

const sentAt = unixMillis(1_795_000_000_000);
const failedAt = 1_795_580_000_000;

const received = (body: string, attributes = {}) => ({
  messageId: 'sqs-1',
  receiptHandle: 'r',
  body,
  sentAt,
  attributes,
});
const read = (kind: DlqKind, body: string, attributes = {}) =>
  readDeadMessage(kind, received(body, attributes), 100);
const entry = (kind: string, id: string, message: string) =>
  JSON.stringify({ v: 1, kind, id, reason: 'it broke', at: failedAt, attempts: 7, message });

const event = JSON.stringify({
  v: 1,
  source: 'stripe',
  provider: 'stripe',
  id: 'evt_1',
  type: 'invoice.paid',
  receivedAt: 1,
  correlationId: 'c',
  headers: {},
  body: '{}',
});
const envelope = (message: string) =>
  JSON.stringify({ Type: 'Notification', MessageId: 'sns-1', Message: message });

test('our own dead letter has its reason, and goes back to the source unchanged', () => {
  expect(read('inbound', entry('inbound', 'stripe#evt_1', event))).toEqual({
    id: 'stripe#evt_1',
    reason: 'it broke',
    attempts: 7,
    at: failedAt,
    source: 'stripe',
    eventType: 'invoice.paid',
    resend: {
      kind: 'message',
      body: event,
      attributes: { source: 'stripe', eventType: 'invoice.paid' },
      source: 'stripe',
    },
  });
});

test('an event that SQS moved has no reason', () => {
  expect(read('inbound', event)).toMatchObject({
    id: 'stripe#evt_1',
    reason: 'moved by SQS after 100 receives',
    attempts: undefined,
    at: sentAt,
    resend: { body: event },
  });
});

test('a message that is not one of our events is listed under its message’s id, and goes back unchanged', () => {
  const dead = read('inbound', 'garbage');

  expect(dead).toMatchObject({ id: 'sqs-1', resend: { body: 'garbage' } });
  expect(dead).toHaveProperty('resend.attributes', {});
});

test('a published message goes back with the id of its entry, and its numbers unchanged', () => {
  const dead = read('publish', entry('publish', 'sqs-9', '{"type":"a","data":[1.0,12345678901234567890]}'));

  expect(dead).toMatchObject({
    id: 'sqs-9',
    resend: { body: '{"id":"sqs-9","type":"a","data":[1.0,12345678901234567890]}' },
  });
});

test('a published message with an id keeps it', () => {
  const message = '{"type":"a","id":"mine"}';

  expect(read('publish', message)).toMatchObject({ id: 'mine', resend: { body: message } });
});

test('a published message that SQS moved gets the id under which it may be recorded already', () => {
  expect(read('publish', '{"type":"a"}')).toMatchObject({
    id: 'sqs-1',
    resend: { body: '{"id":"sqs-1","type":"a"}' },
  });
});

test('characters that SQS would refuse stay escaped when an id is added', () => {
  const { resend } = read('publish', '{"data":"\\uffff"}');

  expect(resend).toMatchObject({ body: '{"id":"sqs-1","data":"\\uffff"}' });
});

test('an envelope that SNS could not deliver goes whole to the publish queue', () => {
  const body = envelope('{"type":"a"}');

  expect(read('subscription', body, { ErrorMessage: 'AccessDenied' })).toEqual({
    id: 'sns-1',
    reason: 'SNS could not deliver it: AccessDenied',
    attempts: undefined,
    at: sentAt,
    eventType: 'a',
    resend: { kind: 'message', body, attributes: {} },
  });
});

test('an envelope in the publish queue’s DLQ goes back whole, too', () => {
  const body = envelope('{"type":"a","id":"mine"}');

  expect(read('publish', body)).toMatchObject({ id: 'mine', resend: { body } });
});

test('a delivery that failed is replayed', () => {
  const body = entry('delivery', 'abc', '{"v":1,"deliveryId":"abc","attempt":7}');

  expect(read('delivery', body)).toMatchObject({ id: 'abc', resend: { kind: 'replay', deliveryId: 'abc' } });
  expect(read('delivery', body).resend).not.toHaveProperty('task');
});

test('a task that SQS moved goes back itself', () => {
  const task = '{"v":1,"deliveryId":"abc","attempt":2}';

  expect(read('delivery', task)).toMatchObject({ id: 'abc', resend: { kind: 'replay', task } });
});

test('a message that is sent again has the same key when it comes back under another message id', () => {
  const first = read('publish', '{"type":1}').resend;
  const body = entry('publish', 'sqs-1', first.kind === 'message' ? first.body : '');
  const again = readDeadMessage('publish', { ...received(body), messageId: 'sqs-2' });

  expect(resendKey(again.resend)).toBe(resendKey(first));
});

test('a payload is in no output of a list', () => {
  const { resend: _, ...shown } = read('publish', '{"type":"a","data":"hush"}');

  expect(JSON.stringify(shown)).not.toContain('hush');
});
