import { InvokeCommand } from '@aws-sdk/client-lambda';
import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import { expect, it } from 'vitest';
import { scanAll } from '../../bench/scan.ts';
import { endpointItem } from '../../lambdas/adapters/dynamodb/endpoints/item.ts';
import { masterSecret } from '../../lambdas/adapters/secrets/master-secret.ts';
import { generateSecret } from '../../lambdas/domain/endpoint-secret.ts';
import { asEndpointId, asTenantId } from '../../lambdas/domain/ids.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { newEndpoint } from '../support/fixtures/new-endpoint.ts';
import { startEndpoint } from './support/endpoint.ts';
import { eventually } from './support/eventually.ts';
import { killFunction } from './support/function-processes.ts';
import { describeFlow } from './support/local-stack.ts';
import { publisher } from './support/publisher.ts';

const count = 5_000;
const enabled = 300;

describeFlow('A tenant of 5000 endpoints', (stack) => {
  const app = publisher(stack);
  const { endpoints: endpointsTable, deliveries: deliveriesTable } = stack.outputs.tables;

  /** The first few are enabled; the others hold their deliveries, which shows the fan-out as well, and faster. */
  async function fill(tenant: string, url: string): Promise<void> {
    const now = unixMillis(Date.now() - 1_000);
    const { seal } = masterSecret(stack.ownClients.secrets, stack.outputs.outbound.masterSecretArn);
    const endpoints = Array.from({ length: count }, async (_, index) => {
      const id = `ep_${String(index).padStart(5, '0')}`;
      const secrets = [
        await seal(generateSecret('v1'), { tenant: asTenantId(tenant), id: asEndpointId(id) }, now),
      ];
      const status = index < enabled ? 'enabled' : 'disabled';
      return endpointItem(newEndpoint(now, { tenant, id, url: `${url}/${id}`, secrets, status }));
    });
    const items = await Promise.all(endpoints);
    for (let from = 0; from < items.length; from += 25) {
      const requests = items.slice(from, from + 25).map((Item) => ({ PutRequest: { Item } }));
      await stack.dynamodb.send(new BatchWriteCommand({ RequestItems: { [endpointsTable]: requests } }));
    }
  }

  it('a tenant of 5000 endpoints gets exactly 5000 deliveries from one publication, though the function is killed three times', async () => {
    const paths = Object.assign(new Set<string>(), { twice: 0 });
    using endpoint = await startEndpoint((response, _nth, { url = '' }) => {
      if (paths.has(url)) paths.twice++;
      paths.add(url);
      response.end();
    });
    const tenant = `t-${crypto.randomUUID()}`;
    await stack.takenFor(70, stack.outputs.outbound.publishQueueUrl);
    await fill(tenant, endpoint.url);
    const id = `e-${crypto.randomUUID()}`;
    const body = JSON.stringify({ id, type: 'invoice.paid', tenant, data: {} });
    const publishFunction = await stack.functionNamed('Publish');
    const event = {
      Records: [{ messageId: 'm', receiptHandle: 'r', body, attributes: { ApproximateReceiveCount: '1' } }],
    };

    for (const afterMs of [150, 400, 900]) {
      const run = stack.lambda.send(
        new InvokeCommand({ FunctionName: publishFunction, Payload: JSON.stringify(event) }),
      );
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      killFunction('Flows', 'Publish');
      await run.catch(() => undefined);
    }
    await app.send(body);

    await eventually(
      'the event to be fanned out',
      async () => (await eventOf(tenant, id))?.['fannedOutAt'] !== undefined,
      { seconds: 240 },
    );
    const deliveries = (await scanAll(stack.dynamodb, deliveriesTable)).filter(
      (item) => item['tenant'] === tenant,
    );
    expect(deliveries).toHaveLength(count);
    expect(new Set(deliveries.map(({ endpointId }) => endpointId)).size).toBe(count);
    expect(deliveries.filter(({ status }) => status === 'held')).toHaveLength(count - enabled);
    await eventually('the enabled ones', async () => paths.size === enabled, { seconds: 120 });
    expect(paths.twice).toBe(0);
  }, 420_000);

  const eventOf = async (tenant: string, id: string) => {
    const events = await scanAll(stack.dynamodb, stack.outputs.tables.outboundEvents);
    return events.find((item) => item['id'] === `${tenant}#${id}`);
  };
});
