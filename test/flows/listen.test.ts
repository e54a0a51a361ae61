import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { awsEnvironment } from '../../local/endpoint.ts';
import { projectRoot } from '../../local/project-root.ts';
import { startEndpoint, statuses } from './support/endpoint.ts';
import { eventually } from './support/eventually.ts';
import { hookline } from './support/hookline.ts';
import { describeFlow } from './support/local-stack.ts';
import { postSigned } from './support/senders.ts';

describeFlow('hookline listen', (stack) => {
  it('hookline listen posts a copy of each event to a port of this machine, and takes nothing from the handlers', async () => {
    using local = await startEndpoint(statuses(200));
    const { awsEndpoint, caFile, tapQueuePrefix } = stack.outputs;
    const env = awsEnvironment({ url: awsEndpoint, caFile }, process.env);
    const args = ['bin/hookline.ts', '--stack', 'Flows', 'listen', 'plain', '--to', local.url];
    const listener = spawn(process.execPath, args, { cwd: projectRoot, env });
    const lines: string[] = [];
    createInterface(listener.stdout).on('line', (line) => lines.push(line));
    await once(listener.stderr, 'data');

    await expect(hookline(stack.outputs, 'listen', 'plain')).rejects.toThrow(
      /Another listener is connected to plain/,
    );
    const id = await eventually('a copy', async () => {
      const sent = crypto.randomUUID();
      await postSigned(stack, 'plain', { id: sent, type: 'noted' }, `{"note":"${sent}"}`);
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      return local.requests.some(({ body }) => body.includes(sent)) && sent;
    });

    const copy = local.requests.find(({ body }) => body === `{"note":"${id}"}`);
    expect(copy?.headers).toMatchObject({ 'x-hookline-source': 'plain', 'x-hookline-event-id': id });
    await eventually('its line', async () =>
      lines.some((line) => line.includes(id) && line.includes('200 after')),
    );
    await eventually(
      'the handler',
      async () => (await stack.inboundEvent('plain', id))?.['status'] === 'processed',
    );

    listener.kill('SIGINT');
    const [code] = await once(listener, 'exit');
    expect(code).toBe(0);
    const { QueueUrls = [] } = await stack.sqs.send(
      new ListQueuesCommand({ QueueNamePrefix: tapQueuePrefix }),
    );
    expect(QueueUrls).toEqual([]);
    const { Items } = await stack.dynamodb.send(
      new ScanCommand({ TableName: stack.outputs.tables.inboundEvents }),
    );
    expect(Items?.filter(({ id }) => String(id).endsWith('/tap'))).toEqual([]);
  });
});
