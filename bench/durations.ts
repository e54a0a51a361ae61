import { countedStack } from '../test/cost/support/counted-stack.ts';
import { inboundTraffic, outboundTraffic } from '../test/cost/support/traffic.ts';
import { startEndpoint } from '../test/flows/support/endpoint.ts';

/**
 * `node bench/durations.ts`: measures how long invocations of the functions take on the local AWS, for `cost/durations.json`.
 *
 * Takes the shortest of several warm invocations, in milliseconds, because the machine did something else during the longer ones.
 * The figures include the emulator's own time for an invocation.
 */
const rounds = 20;
const stack = await countedStack({ counts: false });
using endpoint = await startEndpoint((response) => void response.end());
const { batch, consume, post, take } = inboundTraffic(stack);
const { register, publish, deliver } = outboundTraffic(stack, endpoint.url);
await register('acme');

async function least(step: () => Promise<number>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) times.push(await step());
  return Math.round(Math.min(...times));
}

const ofBatch = (count: number) =>
  least(async () => (await consume(await batch('payment_intent.succeeded', count, 1000))).milliseconds);
async function outboundTimes(count: number): Promise<readonly number[]> {
  const published: number[] = [];
  const delivered = await least(async () => {
    published.push((await publish('acme', count, 1000)).milliseconds);
    return (await deliver(count)).milliseconds;
  });
  return [Math.round(Math.min(...published)), delivered];
}

await post('payment_intent.succeeded', 1000);
await consume(await take(1));
const consumed = { 1: await ofBatch(1), 10: await ofBatch(10) };
const [publishedOne, deliveredOne] = await outboundTimes(1);
const [publishedFive, deliveredFive] = await outboundTimes(5);
const [publishedTen, deliveredTen] = await outboundTimes(10);
const swept = await least(
  async () => (await stack.counted(() => stack.invoke('OutboundSweep', {}))).milliseconds,
);
const received = await least(
  async () => (await stack.counted(() => post('charge.updated', 1000))).milliseconds,
);
const published = { 1: publishedOne, 5: publishedFive, 10: publishedTen };
const delivered = { 1: deliveredOne, 5: deliveredFive, 10: deliveredTen };
console.log({ received, consumed, published, delivered, swept });
await stack.stop();
