import { expect, it } from 'vitest';
import { cliAws, sqsMessage } from '../../support/cli/aws.ts';
import { localOutputs } from '../../support/cli/outputs.ts';

const evil = 'a\u001b[2J\u009b2Jb';

const deadEvent = (id: string, reason = 'it broke', source = 'stripe') =>
  JSON.stringify({
    v: 1,
    kind: 'inbound',
    id: `${source}#${id}`,
    reason,
    at: 1_795_580_000_000,
    attempts: 7,
    message: JSON.stringify({
      v: 1,
      source,
      provider: 'stripe',
      id,
      type: 'invoice.paid',
      receivedAt: 1,
      correlationId: 'c',
      headers: {},
      body: `{"note":"${evil}"}`,
    }),
  });

/** DLQs that give each message once, ten at a time. */
function dlqOf(...bodies: string[]) {
  const left = bodies.map((body, nth) => sqsMessage(body, { ReceiptHandle: String(nth) }));
  return {
    GetQueueAttributes: () => ({ Attributes: { ApproximateNumberOfMessages: String(bodies.length) } }),
    ReceiveMessage: () => ({ Messages: left.splice(0, 10) }),
  };
}

it('a payload, and a reason from outside, send no control characters to the terminal', async () => {
  await using aws = await cliAws(dlqOf(deadEvent(evil, evil)));

  const { code, stdout } = await aws.run('dlq', 'show', 'stripe', `stripe#${evil}`);

  expect(code).toBe(0);
  expect(stdout).toContain('reason    a [2J 2Jb\n');
  expect(stdout).toContain('"id":"a\\u001b[2J\\u009b2Jb"');
  expect(stdout).not.toMatch(/(?!\n)\p{Cc}/u);
});

/** All sources in one queue, as with `isolation: 'shared'`. */
const shared = {
  ...localOutputs,
  queues: { ...localOutputs.queues, inbound: { stripe: 'sqs:in', partner: 'sqs:in' } },
  dlqs: { ...localOutputs.dlqs, inbound: { stripe: 'dlq:in', partner: 'dlq:in' } },
};

it('the dead letters of other sources hide none of a source that shares its queue', async () => {
  const others = Array.from({ length: 130 }, (_, nth) => deadEvent(`evt_${nth}`));
  const bodies = [
    ...others,
    deadEvent('evt_x', 'it broke', 'partner'),
    deadEvent('evt_y', 'it broke', 'partner'),
  ];
  await using aws = await cliAws(dlqOf(...bodies, ...bodies, ...bodies), { outputs: shared });

  const listed = await aws.run('dlq', 'list', 'partner', '--json', '--limit', '1');
  const shown = await aws.run('dlq', 'show', 'partner', 'partner#evt_y', '--json');

  expect(JSON.parse(listed.stdout)).toMatchObject([{ id: 'partner#evt_x', source: 'partner' }]);
  expect(listed.stderr).toBe('partner: 1 shown, and there may be more (--limit 10 looks further).\n');
  expect(JSON.parse(shown.stdout)).toMatchObject({
    queue: 'partner',
    id: 'partner#evt_y',
    reason: 'it broke',
    attempts: 7,
    source: 'partner',
    message: expect.stringContaining('"id":"evt_y"'),
  });
});

it('a refused id from outside sends no control characters to the terminal', async () => {
  await using aws = await cliAws(dlqOf());

  const shown = await aws.run('dlq', 'show', 'stripe', evil);
  const replayed = await aws.run('events', 'replay', 'stripe', evil);

  expect([shown.code, replayed.code]).toEqual([1, 1]);
  expect(replayed.stderr).toContain('not replayed: there is no event stripe#a [2J 2Jb');
  expect(shown.stderr + replayed.stderr).not.toMatch(/(?!\n)\p{Cc}/u);
});

it('a dead letter for a URL is shown without a tenant if it has none, and an unknown tenant as unknown', async () => {
  const letter = (tenant?: string) =>
    JSON.stringify({
      v: 1,
      kind: 'delivery',
      id: 'd1',
      reason: 'status 410',
      at: 1,
      attempts: 6,
      message: '{}',
      tenant,
      endpointId: 'cli',
    });
  await using aws = await cliAws(dlqOf(letter(''), letter('acme'), letter()));

  const { stdout } = await aws.run('dlq', 'list', 'undelivered');

  expect(stdout).toMatch(/ │ \(none\) │ cli +│ /);
  expect(stdout).toMatch(/ │ acme +│ cli +│ /);
  expect(stdout).toMatch(/ │ – +│ cli +│ /);
});
