import { afterEach, expect, it, vi } from 'vitest';
import { cliAws, sqsMessage } from '../../support/cli/aws.ts';

afterEach(() => vi.useRealTimers());

const event = (id: string, body: object) =>
  JSON.stringify({
    v: 1,
    source: 'stripe',
    provider: 'stripe',
    id,
    type: 'invoice.paid',
    receivedAt: 1,
    correlationId: 'c',
    headers: {},
    ...body,
  });

/** A tap that returns these messages, and then does not exist any more. */
function tapWith(...bodies: string[]) {
  const batches = [bodies.map((body) => sqsMessage(body))];
  // Every read of the clock is three minutes after the one before.
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 180_000));
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  return {
    CreateQueue: (_input: object, url: string) => ({ QueueUrl: `${url}/tap` }),
    ReceiveMessage: () => {
      const Messages = batches.shift();
      if (Messages) return { Messages };
      throw Object.assign(new Error('not for you'), { name: 'AccessDenied' });
    },
  };
}

it('listen skips a message that is not an event, and continues after a body that it may not read', async () => {
  await using aws = await cliAws(
    tapWith(
      'garbage',
      event('large', { bodyS3: `inbound/stripe/${'0'.repeat(64)}` }),
      event('small', { body: '{}' }),
    ),
  );

  const { stdout, stderr } = await aws.run('listen', 'stripe', '--to', 'http://127.0.0.1:1/');

  expect(stderr).toContain('Skipped: received event is not JSON (7 bytes)');
  expect(stdout).toMatch(/invoice\.paid {2}large {2}failed: .*not allowed/);
  expect(stdout).toMatch(
    /invoice\.paid {2}small {2}failed: The request to http:\/\/127\.0\.0\.1:1 failed: bad port/,
  );
});

it('listen that ends with an error closes its tap, and does not open it again', async () => {
  await using aws = await cliAws(tapWith());

  const { code, stderr } = await aws.run('listen', 'stripe');

  expect(code).toBe(1);
  expect(stderr).toContain('AccessDenied: not for you');
  expect(vi.getTimerCount()).toBe(0);
  expect(aws.inputsOf('DeleteItem')).toHaveLength(1);
  expect(aws.inputsOf('DeleteQueue')).toHaveLength(1);
});
