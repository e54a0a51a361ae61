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
