import { CreateSecretCommand, DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import { CreateQueueCommand, DeleteQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, it, onTestFinished } from 'vitest';
import { eventually } from './support/eventually.ts';
import { hookline } from './support/hookline.ts';
import { describeFlow } from './support/local-stack.ts';

const event = (id: string, source = 'quiet') => ({
  v: 1,
  source,
  provider: 'hmac',
  id,
  type: 'a.b',
  receivedAt: Date.now(),
  correlationId: id,
  headers: {},
  body: '{"a":1}',
});

describeFlow('hookline kept and adopt', (stack) => {
  const run = (...args: string[]) => hookline(stack.outputs, ...args);
  const failed = (...args: string[]) =>
    run(...args).then(
      () => '',
      (thrown: unknown) => String(Reflect.get(Object(thrown), 'stdout')),
    );

  /** A queue as a source of this stack leaves it. */
  async function leaveSecret(source: string, SecretString: string): Promise<string> {
    const Name = `Flows-left-${crypto.randomUUID()}`;
    const Tags = [
      { Key: 'hookline:stack', Value: 'Flows' },
      { Key: 'hookline:source', Value: source },
    ];
    const { ARN = '' } = await stack.secrets.send(new CreateSecretCommand({ Name, Tags, SecretString }));
    const gone = { SecretId: ARN, ForceDeleteWithoutRecovery: true };
    onTestFinished(async () => void (await stack.secrets.send(new DeleteSecretCommand(gone))));
    return ARN;
  }

  async function leaveQueue(kind: 'Queue' | 'Dlq', ...messages: object[]): Promise<string> {
    const suffix = crypto.randomUUID().replaceAll('-', '').slice(0, 12).toUpperCase();
    const QueueName = `Flows-SourcequietWork${kind}0A1B2C3D-${suffix}`;
    const { QueueUrl = '' } = await stack.sqs.send(new CreateQueueCommand({ QueueName }));
    onTestFinished(async () => void (await stack.sqs.send(new DeleteQueueCommand({ QueueUrl }))));
    for (const message of messages) {
      const MessageBody = JSON.stringify(message);
      await stack.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    }
    return QueueUrl;
  }

  it('hookline adopt takes over a secret and the events that a removed source left', async () => {
    const [waiting, dead] = [`left-${crypto.randomUUID()}`, `dead-${crypto.randomUUID()}`];
    const letter = { v: 1, kind: 'inbound', id: `quiet#${dead}`, reason: 'it broke', at: 1, attempts: 7 };
    const before = await stack.secretOf('quiet');
    // Not the random secret of the start, which adopt would replace without --yes.
    await stack.putSecret('quiet', 'a secret that somebody set');
    const arn = await leaveSecret('quiet', 'the secret that was left');
    const queue = await leaveQueue('Queue', event(waiting), event('other', 'stripe'));
    const dlq = await leaveQueue('Dlq', { ...letter, message: JSON.stringify(event(dead)) });

    const { kept }: { kept: { name: string; arn?: string; source?: string }[] } = JSON.parse(
      await run('kept', '--json'),
    );
    expect(kept).toContainEqual(expect.objectContaining({ kind: 'secret', source: 'quiet', arn }));
    for (const url of [queue, dlq])
      expect(kept).toContainEqual(
        expect.objectContaining({ kind: 'queue', source: 'quiet', name: url.split('/').at(-1) }),
      );
    expect(kept.map(({ name }) => name)).not.toContain(stack.outputs.queues.publish.split('/').at(-1));

    const refused = await failed('adopt', 'quiet');
    const adopted = await run('adopt', 'quiet', '--yes');
    const now = await stack.secretOf('quiet');
    await stack.putSecret('quiet', before);

    // The source has a secret, so that one stays; its events still move.
    expect(refused).toMatch(/1 event of quiet moved from Flows-SourcequietWorkQueue/);
    expect(refused).toMatch(/1 event of quiet moved from Flows-SourcequietWorkDlq/);
    expect(adopted).toContain('quiet verifies with the secret of');
    expect(now).toBe('the secret that was left');
    for (const id of [waiting, dead])
      await eventually(`the event ${id}`, async () => (await stack.inboundEvent('quiet', id)) !== undefined);
    expect((await stack.peek(queue)).map((text) => JSON.parse(text).source)).toEqual(['stripe']);
    expect(await stack.peek(dlq)).toEqual([]);
  });

  it('hookline doctor says whether a source may be removed, and that another stack is not deployed yet', async () => {
    expect(await run('doctor', '--before-removal', 'quiet')).toContain('✔ queue of quiet: 0 waiting');
    const said = await run('--stack', 'NotThere', 'doctor').catch((thrown: unknown) =>
      String(Reflect.get(Object(thrown), 'stdout')),
    );

    expect(said).toContain('✔ stack: NotThere is not deployed in');
    expect(said).toMatch(/[✔✘] bootstrap: /);
    expect(said).toMatch(/[✔✘] concurrency: \d+ functions may run at once/);
    expect(said).not.toContain('could not be checked');
  });
});
