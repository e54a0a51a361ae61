import { InvokeCommand } from '@aws-sdk/client-lambda';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { otherItems } from '../../lambdas/domain/tables.ts';
import { endpointHashOf } from '../support/fixtures/ids.ts';
import { startEndpoint, statuses } from './support/endpoint.ts';
import { eventually } from './support/eventually.ts';
import { describeFlow } from './support/local-stack.ts';
import { publisher } from './support/publisher.ts';

describeFlow('The deployed sweep', (stack) => {
  const app = publisher(stack);
  const sweepNow = async () =>
    stack.lambda.send(new InvokeCommand({ FunctionName: await stack.functionNamed('Sweep') }));
  const item = async (tenant: string, id: string) =>
    (
      await stack.dynamodb.send(
        new GetCommand({ TableName: stack.outputs.tables.endpoints, Key: { tenant, id } }),
      )
    ).Item;

  it('the deployed sweep notifies the operators of failed deliveries, and subtracts what it has notified', async () => {
    using endpoint = await startEndpoint(statuses(404));
    const id = `evt_${crypto.randomUUID()}`;
    const before = Date.now();

    await app.publish(id, endpoint.url);
    const delivery = await app.ends(id, 'failed');
    await sweepNow();

    const name = endpointHashOf('', String(delivery['endpointId']));
    const told = await eventually(
      'the operators to be told',
      async () => {
        const tally = await item(`${otherItems.tally}${name}`, name);
        return tally?.['count'] === 0 && tally;
      },
      { seconds: 120 },
    );
    expect(Number(told['notifyAt'])).toBeGreaterThan(before + 3_500_000);
    expect(told['attention']).toBeUndefined();
  }, 240_000);

  it('the deployed sweep counts the endpoints', async () => {
    const count = await eventually('a count', () => item(otherItems.count, 'endpoints'), { seconds: 90 });

    expect(count['known']).toBeGreaterThanOrEqual(0);
  }, 150_000);
});
