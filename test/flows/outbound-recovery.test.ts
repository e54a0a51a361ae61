import { setTimeout as pause } from 'node:timers/promises';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { startEndpoint, statuses } from './support/endpoint.ts';
import { killFunction } from './support/function-processes.ts';
import { describeFlow } from './support/local-stack.ts';
import { publisher } from './support/publisher.ts';

const newId = (): string => `evt_${crypto.randomUUID()}`;

describeFlow('A delivery', (stack) => {
  const app = publisher(stack);

  /** Has the effect of an hour or two: moves the times that a delivery waits for into the past. */
  async function letTimePass(id: string): Promise<void> {
    await stack.dynamodb.send(
      new UpdateCommand({
        TableName: stack.outputs.tables.deliveries,
        Key: { id: app.idOf(id) },
        UpdateExpression: 'SET dueAt = :past, nextAttemptAt = :past',
        ExpressionAttributeValues: { ':past': Date.now() - 1000 },
      }),
    );
  }

  const sweepNow = async () =>
    stack.lambda.send(new InvokeCommand({ FunctionName: await stack.functionNamed('Sweep') }));
  const purge = () => stack.sqs.send(new PurgeQueueCommand({ QueueUrl: stack.outputs.queues.delivery }));

  it('a delivery whose worker is killed between its request and its record is still delivered', async () => {
    using endpoint = await startEndpoint((response, nth) => {
      if (nth > 1) response.end();
      else setTimeout(() => killFunction('Flows', 'Deliver'), 100);
    });
    const id = newId();
    await stack.takenFor(30, stack.outputs.queues.delivery);

    await app.publish(id, endpoint.url);

    const delivery = await app.ends(id, 'delivered', 280);
    expect(delivery['attemptLog']).toMatchObject([{ n: 1, status: 200 }]);
    expect(new Set(endpoint.requests.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([id]));
  }, 300_000);

  it('a delivery that waits an hour is in the due index and in no queue, and is sent when it is due', async () => {
    using endpoint = await startEndpoint(statuses(503, 503, 503, 200));
    const id = newId();

    await app.publish(id, endpoint.url);
    const waiting = await app.until(id, 'waiting for attempt 4', (delivery) => delivery['attempts'] === 3);
    await pause(1_000);

    expect(await stack.waiting(stack.outputs.queues.delivery)).toBe(0);
    expect(Number(waiting['nextAttemptAt']) - Date.now()).toBeGreaterThan(40 * 60_000);
    await letTimePass(id);
    await sweepNow();
    expect(await app.ends(id, 'delivered')).toMatchObject({ attempts: 4 });
  });

  it('a delivery is found again by the sweep when the queue was purged, and sent once, with any number of sweeps', async () => {
    const endpoints = await Promise.all(
      Array.from({ length: 5 }, () => startEndpoint(statuses(503, 503, 503, 200))),
    );
    const ids = endpoints.map(newId);

    await Promise.all(ids.map((id, index) => app.publish(id, endpoints[index]?.url ?? '')));
    await Promise.all(ids.map((id) => app.until(id, 'waiting', (delivery) => delivery['attempts'] === 3)));
    await purge();
    await Promise.all(ids.map(letTimePass));
    await Promise.all(Array.from({ length: 4 }, sweepNow));

    for (const id of ids) expect(await app.ends(id, 'delivered')).toMatchObject({ attempts: 4 });
    await pause(3_000);
    expect(endpoints.map(({ requests }) => requests.length)).toEqual([4, 4, 4, 4, 4]);
    for (const endpoint of endpoints) endpoint[Symbol.dispose]();
  });

  it('a delivery whose retry was purged is delivered by the sweep', async () => {
    using endpoint = await startEndpoint(statuses(503, 200));
    const id = newId();

    await app.publish(id, endpoint.url);
    await app.until(id, 'waiting', (delivery) => delivery['attempts'] === 1);
    await purge();
    await letTimePass(id);
    await sweepNow();

    expect(await app.ends(id, 'delivered')).toMatchObject({ attempts: 2 });
  });
});
