import { describe, expect, it } from 'vitest';
import { defineHandlers } from '../../lambdas/domain/handler.ts';
import { refusalOfMessage } from '../../testing/memory/sqs/limits.ts';
import { corpus } from '../support/hostile/corpus.ts';
import { mutants } from '../support/hostile/fragments.ts';
import { faultsOfError } from '../support/hostile/wall.ts';
import { inboundWorld, stripeMessage } from '../support/worlds/inbound-world.ts';
import { outboundWorld } from '../support/worlds/outbound-world.ts';
import { publication, range } from './walls/valid.ts';

/** Thousands of batches: a busy machine may take minutes. */
const timeout = 300_000;
const goods = ['evt_good_1', 'evt_good_2'];

const entries = corpus.map(({ name, bytes }) => [name, bytes.toString('utf8')] as const);

/** What went wrong with one batch. */
type Batch = (text: string) => Promise<readonly unknown[]>;

async function expectEachWell(
  inputs: Iterable<readonly [name: string, text: string]>,
  batch: Batch,
): Promise<void> {
  const faults: unknown[] = [];
  for (const [name, text] of inputs) {
    // SQS takes no such message; `lambda-events.test.ts` hands them to the functions nevertheless.
    if (refusalOfMessage({ MessageBody: text }) !== undefined) continue;
    for (const fault of await batch(text)) faults.push([name, fault]);
  }
  expect(faults).toEqual([]);
}

const reasonFaults = (texts: readonly string[]): string[] =>
  texts
    .map((text): unknown => JSON.parse(text))
    .flatMap((letter) => faultsOfError(String(Reflect.get(Object(letter), 'reason')), true));

const isError = ({ level, line }: { readonly level: string; readonly line: string }): boolean =>
  level === 'error' && /errored/.test(line);

const consumed: Batch = async (text) => {
  const handlers = defineHandlers('stripe', { 'invoice.paid': async () => undefined });
  const world = inboundWorld(handlers);
  world.send(stripeMessage(goods[0] ?? ''));
  world.send(text);
  world.send(stripeMessage(goods[1] ?? ''));

  const { failedMessageIds } = await world.turn();

  const isProcessed = (id: string) => world.inboundEvents.records.get(`stripe#${id}`)?.status === 'processed';
  return [
    ...goods.filter((id) => !isProcessed(id)).map((id) => `${id} is not processed`),
    ...failedMessageIds.filter((id) => id !== 'message-2').map((id) => `${id} failed`),
    ...world.lines.filter(isError),
    ...world.deadLetters.flatMap(({ reason }) => faultsOfError(reason, true)),
  ];
};

const good = (id: string) =>
  JSON.stringify({ ...publication, id, endpoint: { id: 'e', url: 'https://e.example/' } });

const publishedIn: Batch = async (text) => {
  const world = outboundWorld();
  for (const body of [good(goods[0] ?? ''), text, good(goods[1] ?? '')])
    await world.publishQueue.send({ body });

  await world.workOffPublishQueue();

  const ids = [...world.table.deliveries.values()].map(({ eventId }) => String(eventId));
  return [
    ...goods.filter((id) => !ids.includes(id)).map((id) => `${id} is not published`),
    ...world.publishQueue.contents().map((left) => `left on the queue: ${left.slice(0, 100)}`),
    ...world.report.lines.filter(isError),
    ...reasonFaults(world.deadLetters.filter((letter) => letter !== text)),
  ];
};

const deliveredIn: Batch = async (text) => {
  const world = outboundWorld();
  for (const id of goods) await world.publishQueue.send({ body: good(id) });
  await world.workOffPublishQueue();
  await world.deliveryQueue.send({ body: text });

  await world.deliverOnce(world.deliverPorts, 10);

  const { deliveries } = world.table;
  const isDelivered = (id: string) =>
    [...deliveries.values()].some(({ eventId, status }) => eventId === id && status === 'delivered');
  return [
    ...goods.filter((id) => !isDelivered(id)).map((id) => `${id} is not delivered`),
    ...world.deliveryQueue
      .contents()
      .filter((left) => left === text)
      .map(() => 'left on the queue'),
    ...world.report.lines.filter(isError),
    ...reasonFaults([...world.deadLetters, ...world.undelivered].filter((letter) => letter !== text)),
  ];
};

const received: object = JSON.parse(stripeMessage('evt_bad'));
const waiting = { ...received, wait: { after: 'i/m', notBefore: 1_795_000_100_000, origin: 'm' } };
const stored = { ...received, body: undefined, bodyS3: `inbound/stripe/${'a'.repeat(64)}` };

describe('λ consume', () => {
  it('a batch of λ consume handles its events beside any message', { timeout }, async () => {
    await expectEachWell(entries, consumed);
  });

  it('a batch of λ consume handles its events beside any variant of a message', { timeout }, async () => {
    for (const valid of [received, waiting, stored]) await expectEachWell(mutants(valid), consumed);
  });
});

describe('λ publish', () => {
  it('a batch of λ publish publishes its events beside any message', { timeout }, async () => {
    await expectEachWell(entries, publishedIn);
  });

  it('a batch of λ publish publishes its events beside any variant of a message', { timeout }, async () => {
    const direct = { ...publication, endpoint: { id: 'e', url: 'https://e.example/' } };
    const envelope = { Type: 'Notification', MessageId: 'sns-1', Message: JSON.stringify(direct) };
    for (const valid of [publication, direct, range, envelope])
      await expectEachWell(mutants(valid), publishedIn);
  });

  it('a batch of λ publish publishes its events beside any variant of what the topic sends', {
    timeout,
  }, async () => {
    const inEnvelope: Batch = (text) =>
      publishedIn(JSON.stringify({ Type: 'Notification', MessageId: 'sns-1', Message: text }));
    await expectEachWell(entries, inEnvelope);
    await expectEachWell(mutants(publication), inEnvelope);
  });
});

describe('λ deliver', () => {
  it('a batch of λ deliver delivers its events beside any message', { timeout }, async () => {
    await expectEachWell(entries, deliveredIn);
  });

  it('a batch of λ deliver delivers its events beside any variant of a task', { timeout }, async () => {
    const task = { v: 1, deliveryId: 'dlv_1', tenant: 'acme', endpointId: 'ep_1', attempt: 1 };
    const success = { at: 1_795_000_000_000, ms: 5, status: 200 };
    for (const valid of [
      { ...task, generation: 'gen_1', payload: '{}' },
      { ...task, isDirect: true, byHand: 'retry' },
      { ...task, seen: { claims: 1, round: 1, success } },
    ])
      await expectEachWell(mutants(valid), deliveredIn);
  });

  it('a batch of λ deliver delivers its events beside any variant of a task with a delivery', {
    timeout,
  }, async () => {
    const world = outboundWorld();
    await world.publish({ ...publication, id: goods[0], endpoint: { id: 'e', url: 'https://e.example/' } });
    const [text = ''] = world.deliveryQueue.contents();
    const real: object = JSON.parse(text);
    const seen = { claims: 1, round: 1, success: { at: 1_795_000_000_000, ms: 5, status: 200 } };
    for (const valid of [real, { ...real, seen }]) await expectEachWell(mutants(valid), deliveredBeside);
  });
});

/** As `deliveredIn`, where the message may be a task of the first delivery: one of the two waits for the other's claim. */
const deliveredBeside: Batch = async (text) => {
  const faults = await deliveredIn(text);
  return faults.filter((fault) => fault !== `${goods[0]} is not delivered` && fault !== 'left on the queue');
};
