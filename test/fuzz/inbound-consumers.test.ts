import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineHandlers, PermanentFailure } from '../../lambdas/domain/handler.ts';
import { seconds, unixMillis } from '../../lambdas/domain/time.ts';
import { type ConsumePorts, consume } from '../../lambdas/inbound/consume.ts';
import { inboundWorld, sourceSettings, stripeMessage } from '../support/worlds/inbound-world.ts';

/** Shorter than the lease, as synth makes sure. */
const functionTimeoutMs = 60_000;
const never = new Promise<never>(() => undefined);

/** Numbers that follow from a seed. */
function randomFrom(seed: number) {
  let state = seed | 0;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 8) / 2 ** 24;
  };
  return {
    chance: (probability: number) => next() < probability,
    below: (limit: number) => Math.floor(next() * limit),
  };
}

type Random = ReturnType<typeof randomFrom>;
type World = ReturnType<typeof inboundWorld>;

/** All calls wait here until the scheduler picks them. */
function waitingRoom() {
  const waiting: (() => void)[] = [];
  return { waiting, turn: () => new Promise<void>((resolve) => waiting.push(resolve)) };
}
type WaitingRoom = ReturnType<typeof waitingRoom>;

/** What still goes wrong in this run: a few crashes, and a few answers that are lost, so that a call is made twice. */
function chaosFrom(random: Random) {
  const left = { crashes: random.below(4), lostAnswers: random.below(4) };
  return {
    crashes: () => left.crashes > 0 && random.chance(0.05) && left.crashes-- > 0,
    losesAnswer: () => left.lostAnswers > 0 && random.chance(0.05) && left.lostAnswers-- > 0,
    end: () => Object.assign(left, { crashes: 0, lostAnswers: 0 }),
  };
}
type Chaos = ReturnType<typeof chaosFrom>;

/** The ports of one process, which may die at any call, and certainly does at the function's timeout. */
function processPorts(world: World, { turn }: WaitingRoom, chaos: Chaos, die: () => void): ConsumePorts {
  const startedAt = world.clock.now;
  const life = { isOver: false };
  const diesNow = () => {
    life.isOver ||= world.clock.now - startedAt >= functionTimeoutMs || chaos.crashes();
    if (life.isOver) die();
    return life.isOver;
  };
  const call =
    <Args extends unknown[], T>(port: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      await turn();
      if (diesNow()) return never;
      const value = await port(...args);
      await turn();
      if (diesNow()) return never;
      return chaos.losesAnswer() ? port(...args) : value;
    };
  const { ports } = world;
  const { claim, reclaim, finish } = ports.inboundEvents;
  return {
    ...ports,
    inboundEvents: {
      ...ports.inboundEvents,
      claim: call(claim),
      reclaim: call(reclaim),
      finish: call(finish),
    },
    getBody: call(ports.getBody),
    putBody: call(ports.putBody),
    sendDeadLetter: call(ports.sendDeadLetter),
    deleteMessage: call(ports.deleteMessage),
    returnMessageAfter: call(ports.returnMessageAfter),
    sendBack: call(ports.sendBack),
  };
}

/** One process after the other, until the queue is empty. */
async function worker(world: World, room: WaitingRoom, chaos: Chaos): Promise<void> {
  while (world.queue.size > 0) {
    await room.turn();
    const batch = world.receive();
    if (batch.length === 0) continue;
    const death = Promise.withResolvers<undefined>();
    const ports = processPorts(world, room, chaos, () => death.resolve(undefined));
    const work = consume(batch, world.invocation(), world.team, ports);
    const answer = await Promise.race([work, death.promise]);
    if (answer) world.answer(batch, answer);
  }
}

/**
 * Several consumers on one queue, in an order that the seed decides: duplicates, crashes before and after any call, lost
 * answers, stalls up to the function's timeout, visibility timeouts that run out meanwhile.
 */
async function simulate(seed: number) {
  const random = randomFrom(seed);
  const room = waitingRoom();
  const chaos = chaosFrom(random);
  const violations: string[] = [];
  const handlers = defineHandlers('stripe', {
    'invoice.paid': async ({ id }) => {
      const status = world.inboundEvents.records.get(`stripe#${id}`)?.status;
      if (status !== 'processing') violations.push(`${id} ran while ${status}`);
      await room.turn();
      if (random.chance(0.3)) throw new Error('try again');
      if (random.chance(0.05)) throw new PermanentFailure('give up');
    },
  });
  // A short wait, a long one, and one that goes in hops.
  const handlerRetryDelays = [5, 90, 1000].map(seconds);
  const world = inboundWorld(handlers, sourceSettings({ handlerRetryDelays }));
  for (const id of ['evt_1', 'evt_1', 'evt_2', 'evt_1', 'evt_3']) world.send(stripeMessage(id));
  const workers = [1, 2, 3].map(() => worker(world, room, chaos));

  for (let step = 0; step < 20_000 && (world.queue.size > 0 || room.waiting.length > 0); step++) {
    if (step === 2000) chaos.end();
    if (random.chance(0.05)) world.clock.now = unixMillis(world.clock.now + random.below(20_000));
    room.waiting.splice(random.below(room.waiting.length), 1)[0]?.();
    for (let tick = 0; tick < 8; tick++) await Promise.resolve();
  }
  await Promise.all(workers);
  return { world, violations };
}

describe('consumers in any order', () => {
  it('consumers in any order end every event processed, or failed with a dead letter, and run no handler without a claim', async () => {
    const ends = new Map<string, number>();

    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const { world, violations } = await simulate(seed);

        expect(violations).toEqual([]);
        expect(world.queue.size).toBe(0);
        for (const id of ['stripe#evt_1', 'stripe#evt_2', 'stripe#evt_3']) {
          const status = world.inboundEvents.records.get(id)?.status ?? 'none';
          ends.set(status, (ends.get(status) ?? 0) + 1);
          expect(['processed', 'failed']).toContain(status);
          if (status === 'failed') expect(world.deadLetters.map((letter) => letter.id)).toContain(id);
        }
      }),
      { numRuns: 300 },
    );

    expect(ends.get('processed')).toBeGreaterThan(0);
    expect(ends.get('failed')).toBeGreaterThan(0);
  });
});
