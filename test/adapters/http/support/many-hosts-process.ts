import { readdirSync } from 'node:fs';
import { httpSender } from '../../../../lambdas/adapters/http/sender.ts';
import { outboundSettings } from '../../../support/fixtures/outbound.ts';
import { outboundWorld } from '../../../support/worlds/outbound-world.ts';

/**
 * A process of λ deliver, with tables in memory and real connections. argv: the receiver's port, how many endpoints, each
 * at a host of its own. Prints what became of the deliveries, and the most descriptors that were open.
 */
const [port = '', count = ''] = process.argv.slice(2);
const settings = { ...outboundSettings, localEndpoints: true };
const world = outboundWorld(undefined, settings);
const sender = httpSender(settings);
const urls = Array.from({ length: Number(count) }, (_, index) => `http://h${index}.localhost:${port}/`);
for (const [index, url] of urls.entries())
  await world.publish({
    id: `ev-${index}`,
    type: 'invoice.paid',
    data: {},
    endpoint: { id: `ep-${index}`, url },
  });

let mostOpen = 0;
while ((await world.deliverOnce({ ...world.deliverPorts, post: sender.post })) > 0)
  mostOpen = Math.max(mostOpen, readdirSync('/proc/self/fd').length);
sender.close();
const deliveries = [...world.table.deliveries.values()];
const statuses = Object.groupBy(deliveries, ({ status, attempts }) => `${status} after ${attempts}`);
const outcome = Object.fromEntries(Object.entries(statuses).map(([status, of = []]) => [status, of.length]));
console.log(JSON.stringify({ outcome, deadLetters: world.deadLetters.length, mostOpen }));
