import { expect, it } from 'vitest';
import { maxMessageBytes } from '../../lambdas/domain/messages.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { deadLetter } from '../../lambdas/inbound/finish-attempt.ts';

const letterOf = (text: string): string =>
  deadLetter(
    { messageId: 'm', receiptHandle: 'r', text, attributes: {} },
    'stripe#evt_1',
    'no',
    3,
    unixMillis(0),
  );

it('a message that fits into a dead letter of the largest size of SQS is sent in one', () => {
  const text = 'x'.repeat(maxMessageBytes - letterOf('').length);

  expect(JSON.parse(letterOf(text))).toMatchObject({ kind: 'inbound', reason: 'no', message: text });
  expect(letterOf(text)).toHaveLength(maxMessageBytes);
});

it('a message that does not fit into a dead letter is sent as it is', () => {
  const text = 'x'.repeat(maxMessageBytes - letterOf('').length + 1);

  expect(letterOf(text)).toBe(text);
});
