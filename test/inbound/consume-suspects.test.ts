import { describe, expect, it } from 'vitest';
import { defineHandlers } from '../../lambdas/domain/handler.ts';
import { consume } from '../../lambdas/inbound/consume.ts';
import { inboundWorld, stripeMessage } from '../support/worlds/inbound-world.ts';

const never = new Promise<never>(() => undefined);

/** A world whose killers end their process: the invocation never answers, and its messages come back. */
function killerWorld(killers: readonly string[]) {
  const runs: string[] = [];
  const death = { of: Promise.withResolvers<void>() };
  const handlers = defineHandlers('stripe', {
    '*': async (event, { attemptNumber }) => {
      runs.push(`${event.id} ${attemptNumber}`);
      if (!killers.includes(event.id)) return;
      death.of.resolve();
      await never;
    },
  });
  const world = inboundWorld(handlers);

  /** One invocation until it answers or its process dies; then the visibility timeout passes. */
  async function turn() {
    death.of = Promise.withResolvers<void>();
    await Promise.race([world.turn(), death.of.promise]);
    world.wait(90);
  }
  return { ...world, runs, turn };
}

/** A world in which each of two events has killed its worker once. */
async function suspects(killers: readonly string[]) {
  const world = killerWorld(killers);
  for (const id of killers) {
    world.send(stripeMessage(id));
    await world.turn();
  }
  expect(world.runs).toEqual(['evt_k 1', 'evt_l 1']);
  return world;
}

const idsOf = (...ids: string[]) => ids.map((id) => stripeMessage(id));

describe('consume, when an event killed its worker', () => {
  it('the refusal of a suspect is not counted as an attempt', async () => {
    const world = killerWorld(['evt_k']);
    world.send(stripeMessage('evt_k'));
    await world.turn();

    await consume(world.receive(), world.invocation({ hasTime: () => false }), world.team, world.ports);

    expect(world.inboundEvents.records.get('stripe#evt_k')).toMatchObject({
      status: 'processing',
      attempts: 1,
    });
  });

  it('an event that kills its worker each time fails after its last attempt, with the reason from its claim', async () => {
    const world = killerWorld(['evt_k']);
    world.send(stripeMessage('evt_k'));

    for (let invocation = 0; invocation < 4; invocation++) await world.turn();

    expect(world.runs).toEqual(['evt_k 1', 'evt_k 2', 'evt_k 3']);
    expect(world.deadLetters.map(({ reason, attempts }) => [reason, attempts])).toEqual([
      ['no outcome: worker died or timed out in attempt 3', 3],
    ]);
    expect(world.inboundEvents.records.get('stripe#evt_k')).toMatchObject({
      status: 'failed',
      attempts: 3,
      lastError: 'no outcome: worker died or timed out in attempt 3',
    });
    expect(world.queue.size).toBe(0);
  });

  it('deletes the message of a suspect that is done before it runs the next, which may end the process', async () => {
    const killers = ['evt_k', 'evt_l'];
    const world = await suspects(killers);
    killers.shift();

    await world.turn();

    expect(world.runs.slice(2)).toEqual(['evt_k 2', 'evt_l 2']);
    expect([...world.queue.values()].map(({ text }) => text)).toEqual(idsOf('evt_l'));
  });

  it('suspects run after their batch mates, the fewest attempts first, each recorded before the next', async () => {
    const world = killerWorld(['evt_k']);
    for (const text of idsOf('evt_k', 'evt_a', 'evt_b')) world.send(text);
    await world.turn();
    // The killer was first and took its mates' outcome with it, or not: both are fine, as long as they end.
    world.send(stripeMessage('evt_new'));

    for (let invocation = 0; invocation < 4; invocation++) await world.turn();

    for (const id of ['evt_a', 'evt_b', 'evt_new']) {
      expect(world.inboundEvents.records.get(`stripe#${id}`)?.status).toBe('processed');
    }
    expect(world.inboundEvents.records.get('stripe#evt_new')?.attempts).toBe(1);
    expect(world.inboundEvents.records.get('stripe#evt_k')).toMatchObject({ status: 'failed', attempts: 3 });
    expect(world.deadLetters.map(({ id }) => id)).toEqual(['stripe#evt_k']);
    expect(world.queue.size).toBe(0);
  });

  it('the suspect with the fewest attempts runs first', async () => {
    const world = killerWorld(['evt_k', 'evt_l']);
    world.send(stripeMessage('evt_k'));
    await world.turn();
    await world.turn();
    world.send(stripeMessage('evt_l'));
    await world.turn();

    await world.turn();

    expect(world.runs).toEqual(['evt_k 1', 'evt_k 2', 'evt_l 1', 'evt_l 2']);
  });

  it('a finished batch mate is deleted before a suspect runs', async () => {
    const world = killerWorld(['evt_k']);
    world.send(stripeMessage('evt_k'));
    await world.turn();
    world.send(stripeMessage('evt_a'));

    await world.turn();

    expect(world.runs).toEqual(['evt_k 1', 'evt_a 1', 'evt_k 2']);
    expect([...world.queue.keys()]).toEqual(['message-1']);
  });

  it('a finished suspect is deleted before the next suspect runs', async () => {
    const killers = ['evt_k', 'evt_l'];
    const world = await suspects(killers);
    killers.shift();

    await world.turn();

    expect(world.runs).toEqual(['evt_k 1', 'evt_l 1', 'evt_k 2', 'evt_l 2']);
    expect([...world.queue.keys()]).toEqual(['message-2']);
  });

  it('no suspect runs beside one that does not stop, and each finished mate is deleted once', async () => {
    const world = await suspects(['evt_k', 'evt_l']);
    world.send(stripeMessage('evt_a'));
    const deleted: string[] = [];

    const answer = await consume(
      world.receive(),
      world.invocation({ graceOver: Promise.resolve() }),
      world.team,
      {
        ...world.ports,
        deleteMessage: async (receiptHandle) => {
          deleted.push(receiptHandle);
          await world.ports.deleteMessage(receiptHandle);
        },
      },
    );

    expect(answer).toEqual({ failedMessageIds: ['message-1', 'message-2'], hung: true });
    expect(world.runs).toEqual(['evt_k 1', 'evt_l 1', 'evt_a 1', 'evt_k 2']);
    expect(world.inboundEvents.records.get('stripe#evt_l')).toMatchObject({
      status: 'processing',
      attempts: 1,
    });
    expect(deleted).toHaveLength(1);
  });

  it('suspects return to the queue if there is no time left for them', async () => {
    const world = killerWorld(['evt_k']);
    world.send(stripeMessage('evt_k'));
    await world.turn();

    const answer = await consume(
      world.receive(),
      world.invocation({ hasTime: () => false }),
      world.team,
      world.ports,
    );

    expect(answer).toEqual({ failedMessageIds: ['message-1'], hung: false });
    expect(world.runs).toHaveLength(1);
  });
});

describe('consume, when a handler does not stop', () => {
  it('a handler that does not stop keeps its claim until its lease ends, the others finish, and the process must end', async () => {
    const handlers = defineHandlers('stripe', {
      '*': async (event) => {
        if (event.id === 'evt_hangs') await never;
      },
    });
    const world = inboundWorld(handlers);
    for (const text of idsOf('evt_hangs', 'evt_a')) world.send(text);

    const answer = await consume(
      world.receive(),
      world.invocation({ graceOver: Promise.resolve().then(() => undefined) }),
      world.team,
      world.ports,
    );

    expect(answer).toEqual({ failedMessageIds: ['message-1'], hung: true });
    expect(world.inboundEvents.records.get('stripe#evt_hangs')).toMatchObject({
      status: 'processing',
      attempts: 1,
    });
    expect(world.inboundEvents.records.get('stripe#evt_a')?.status).toBe('processed');
    expect([...world.queue.keys()]).toEqual(['message-1']);
    const ofHung = world.lines.filter(({ fields }) => fields['eventId'] === 'evt_hangs');
    expect(ofHung).toMatchObject([{ level: 'error', line: 'event.consumed', fields: { status: 'hung' } }]);
  });

  it('a handler that stops in time by throwing has failed', async () => {
    const stop = new AbortController();
    const handlers = defineHandlers('stripe', {
      '*': async (_event, { signal }) => {
        const stopped = new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        });
        stop.abort(new Error('time is up'));
        await stopped;
      },
    });
    const world = inboundWorld(handlers);
    world.send(stripeMessage('evt_1'));

    await world.turn({ signal: stop.signal });

    expect(world.inboundEvents.records.get('stripe#evt_1')).toMatchObject({
      status: 'retrying',
      lastError: 'Error: time is up',
    });
  });
});
