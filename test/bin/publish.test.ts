import { expect, it } from 'vitest';
import { openPublication } from '../../lambdas/domain/publish-message.ts';
import { cliAws, takenBatch } from '../fakes/cli-aws.ts';

it('numbers go to the receiver as they were written', async () => {
  await using aws = await cliAws({ SendMessageBatch: takenBatch });
  const data = '{"n":12345678901234567890,"x":1.0}';

  const { code } = await aws.run('publish', 'invoice.paid', '--tenant', 'acme', '--data', data);

  const [{ Entries }] = aws.inputsOf('SendMessageBatch') as [{ Entries: [{ MessageBody: string }] }];
  const opened = openPublication({ text: Entries[0].MessageBody, messageId: 'm' });
  expect(code).toBe(0);
  expect(opened.kind === 'publication' && JSON.stringify(opened.publication.data)).toBe(data);
});

it.each([
  [['--data', JSON.stringify('x'.repeat(1024 * 1024))], 1, /^It cannot be published: event .* 1048576 fit/],
  [['--data', `${'['.repeat(50_000)}${']'.repeat(50_000)}`], 2, /^--data is no JSON .* nested too deep$/m],
  [['--data', '{'], 2, /^--data is no JSON that can be read: /],
  [['--data', '{}', '--data-file', 'x.json'], 2, /cannot be used with option/],
])('what cannot be published is said in one line: %#', async (args, code, line) => {
  await using aws = await cliAws({ SendMessageBatch: takenBatch });

  const answer = await aws.run('publish', 'invoice.paid', '--tenant', 'acme', ...args);

  expect(answer).toMatchObject({ code, stderr: expect.stringMatching(line) });
  expect(answer.stderr).not.toContain('    at ');
});

it.each([
  [['--tenant', '..'], /tenant: expected at most 64 of .* and neither \. nor \.\., got 2 characters/],
  [['--tenant', 'acme', '--id', 'a.b'], /id: expected 1 to 256 of .*, got 3 characters/],
  [['--tenant', 'acme', '--endpoint', '.'], /endpoint\.id: expected 1 to 128 of .*, got 1 character\b/],
  [['--to', 'https:example.com'], /endpoint\.url: expected a URL as https:\/\/example\.com\/path, got 17/],
  [['--to', 'https://hunter2@example.com/'], /endpoint\.url: expected a URL without a user name or password/],
])('what is wrong with an event is a wrong command line, with the rule: %s', async (args, line) => {
  await using aws = await cliAws({ SendMessageBatch: takenBatch });

  const answer = await aws.run('publish', 'invoice.paid', ...args);

  expect(answer).toMatchObject({ code: 2, stderr: expect.stringMatching(line) });
  expect(answer.stderr).not.toContain('hunter2');
});
