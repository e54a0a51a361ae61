import { expect, it } from 'vitest';
import { cliAws, sqsMessage } from '../fakes/cli-aws.ts';

const evil = 'a\u001b[2J\u009b2Jb';

const deadEvent = (id: string, reason = 'it broke', source = 'stripe') =>
  JSON.stringify({
    ...{ v: 1, kind: 'inbound', id: `${source}#${id}`, reason, at: 1_795_580_000_000, attempts: 7 },
    message: JSON.stringify({
      ...{ v: 1, source, provider: 'stripe', id, type: 'invoice.paid', receivedAt: 1 },
      ...{ correlationId: 'c', headers: {}, body: `{"note":"${evil}"}` },
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

it('a payload, and a reason that came from outside, tell the terminal nothing', async () => {
  await using aws = await cliAws(dlqOf(deadEvent(evil, evil)));

  const { code, stdout } = await aws.run('dlq', 'show', 'stripe', `stripe#${evil}`);

  expect(code).toBe(0);
  expect(stdout).toContain('reason    a [2J 2Jb\n');
  expect(stdout).toContain('"id":"a\\u001b[2J\\u009b2Jb"');
  expect(stdout).not.toMatch(/(?!\n)\p{Cc}/u);
});

it('an id that came from outside tells the terminal nothing where it is refused', async () => {
  await using aws = await cliAws(dlqOf());

  const shown = await aws.run('dlq', 'show', 'stripe', evil);
  const replayed = await aws.run('events', 'replay', 'stripe', evil);

  expect([shown.code, replayed.code]).toEqual([1, 1]);
  expect(replayed.stderr).toContain('not replayed: there is no event stripe#a [2J 2Jb');
  expect(shown.stderr + replayed.stderr).not.toMatch(/(?!\n)\p{Cc}/u);
});
