import { expect, it } from 'vitest';
import { shortenHiding } from './waits.ts';

const call = (VisibilityTimeout: number) =>
  Buffer.from(JSON.stringify({ QueueUrl: 'http://queue', ReceiptHandle: 'r', VisibilityTimeout }));

it('a message that asks to wait for five minutes waits for ten seconds under chaos', () => {
  const shortened = shortenHiding('sqs.ChangeMessageVisibility', call(300));
  expect(JSON.parse(shortened.toString('utf8'))).toEqual({
    QueueUrl: 'http://queue',
    ReceiptHandle: 'r',
    VisibilityTimeout: 10,
  });
});

it.each([0, 4, 10])('a message that asks to wait for %i s waits as long under chaos', (count) => {
  const body = call(count);
  expect(shortenHiding('sqs.ChangeMessageVisibility', body)).toBe(body);
});

it('a call that is not about visibility passes the chaos proxy unchanged', () => {
  const body = call(300);
  expect(shortenHiding('sqs.SendMessage', body)).toBe(body);
});
