import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { awsEnvironment } from '../../local/endpoint.ts';
import { startEndpoint, statuses } from './support/endpoint.ts';
import { eventually } from './support/eventually.ts';
import { hookline } from './support/hookline.ts';
import { describeFlow } from './support/local-stack.ts';

describeFlow('hookline publish, dlq show and doctor', (stack) => {
  const run = (...args: string[]) => hookline(stack.outputs, ...args);

  it('hookline publish publishes an event, and says how to see its deliveries', async () => {
    using endpoint = await startEndpoint(statuses(200));
    const id = `cli-${crypto.randomUUID()}`;
    const said = await run(
      'publish',
      'invoice.paid',
      '--to',
      endpoint.url,
      '--data',
      '{"amount":1200}',
      '--id',
      id,
    );
    const deliveryId = /deliveries show (\S+)/.exec(said)?.[1] ?? '';

    await eventually('the delivery', async () => endpoint.requests.length === 1);
    expect(JSON.parse(endpoint.requests[0]?.body ?? '')).toMatchObject({ id, data: { amount: 1200 } });
    expect(await run('deliveries', 'show', deliveryId)).toContain(id);
  });

  it('hookline publish publishes nothing that the stack would refuse', async () => {
    await expect(run('publish', 'not a type', '--to', 'https://a.example')).rejects.toThrow('type: expected');
    await expect(run('publish', 'a', '--to', 'https://a.example', '--data', '{')).rejects.toThrow(
      'cannot be read as JSON',
    );
  });

  it('hookline dlq show shows a whole dead letter', async () => {
    using endpoint = await startEndpoint(statuses(400));
    const id = `dead-${crypto.randomUUID()}`;
    const published = await run('publish', 'invoice.paid', '--to', endpoint.url, '--id', id);
    const deliveryId = /deliveries show (\S+)/.exec(published)?.[1];
    const listed = await eventually('the dead letter', async () => {
      const letters: { id: string; reason: string }[] = JSON.parse(
        await run('dlq', 'list', 'undelivered', '--reason', 'refused', '--json'),
      );
      return letters.find((letter) => letter.id === deliveryId);
    });
    const shown = await run('dlq', 'show', 'undelivered', listed.id);

    expect(shown).toContain(`reason    ${listed.reason}`);
    await expect(run('dlq', 'show', 'undelivered', 'nobody')).rejects.toThrow(
      'undelivered has no dead letter nobody',
    );
    const dropped = await run('dlq', 'drop', 'undelivered', '--id', listed.id, '--yes');
    expect(dropped).toContain('1 dead letter dropped from undelivered');
  });

  it('hookline tail follows the attempts at endpoints', async () => {
    using endpoint = await startEndpoint(statuses(200));
    const id = `tail-${crypto.randomUUID()}`;
    await run('publish', 'invoice.paid', '--to', endpoint.url, '--id', id);
    await eventually('the delivery', async () => endpoint.requests.length === 1);
    const { awsEndpoint: url, caFile } = stack.outputs;
    const tail = spawn(process.execPath, ['bin/hookline.ts', '--stack', 'Flows', 'tail', '--json'], {
      env: awsEnvironment({ url, caFile }, process.env),
    });
    const lines = createInterface({ input: tail.stdout });
    const seen = await Promise.race([firstWith(lines, id), once(tail, 'exit')]);
    tail.kill('SIGINT');

    expect(JSON.parse(String(seen))).toMatchObject({
      message: 'delivery.attempted',
      eventId: id,
      next: 'delivered',
    });
    expect(await once(tail, 'exit')).toEqual([0, null]);
  });

  it('hookline doctor says what is wrong with the stack, with what to do about it', async () => {
    await stack.putSecret('quiet', 'unset');
    const said = await run('doctor').catch((thrown: unknown) =>
      String(Reflect.get(Object(thrown), 'stdout')),
    );
    await stack.putSecret('quiet', 'a secret again');

    expect(said).toContain('✘ secret of quiet: holds a placeholder, not a secret');
    expect(said).toContain('npx hookline --stack Flows secrets set quiet');
    expect(said).toContain('✔ signing secret: is set');
    expect(said).toMatch(/[✔✘] dead letters/);
    expect(said).toMatch(/[✔✘] alarms/);
    expect(said).not.toContain('could not be checked');
  });
});

async function firstWith(lines: AsyncIterable<string>, text: string): Promise<string | undefined> {
  for await (const line of lines) if (line.includes(text)) return line;
  return undefined;
}
