import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineHandlers, PermanentFailure } from '../../lambdas/domain/handler.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import { type ConsumePorts, consume } from '../../lambdas/inbound/consume.ts';
import { inboundWorld, stripeMessage } from '../fakes/inbound-world.ts';

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

/**
 * Several consumers on one queue, in an order that the seed decides: duplicates, crashes before and after any call, calls
 * that are made twice because their first answer was lost, stalls up to the function's timeout, visibility timeouts that
 * run out meanwhile.
 */
async function simulate(seed: number) {
  const random = randomFrom(seed);
  const waiting: (() => void)[] = [];
  const turn = () => new Promise<void>((resolve) => waiting.push(resolve));
  const chaos = { crashes: random.below(4), lostAnswers: random.below(4), isOver: false };
  const violations: string[] = [];

  const handlers = defineHandlers('stripe', {
    'invoice.paid': async ({ id }) => {
      if (world.claims.records.get(`stripe#${id}`)?.status !== 'processing')
        violations.push(`${id} ran unclaimed`);
      await turn();
      if (random.chance(0.3)) throw new Error('try again');
      if (random.chance(0.05)) throw new PermanentFailure('give up');
    },
  });
  const world = inboundWorld(handlers);

  /** The ports of one process, which may die at any call and certainly does at the function's timeout. */
  function processOf(startedAt: number, die: () => void): ConsumePorts {
    let alive = true;
    const dead = () => {
      alive = false;
      die();
      return never;
    };
    const crash = () => !chaos.isOver && chaos.crashes > 0 && random.chance(0.05) && chaos.crashes-- > 0;
    const isLate = () => world.clock.now - startedAt >= functionTimeoutMs;
    const call =
      <Args extends unknown[], T>(port: (...args: Args) => Promise<T>) =>
      async (...args: Args): Promise<T> => {
        await turn();
        if (!alive || isLate() || crash()) return dead();
        let value = await port(...args);
        if (chaos.lostAnswers > 0 && random.chance(0.05)) {
          chaos.lostAnswers--;
          await turn();
          if (isLate()) return dead();
          value = await port(...args);
        }
        await turn();
        return isLate() || crash() ? dead() : value;
      };
    const { ports } = world;
    return {
      ...ports,
      claims: {
        claim: call(ports.claims.claim),
        reclaim: call(ports.claims.reclaim),
        finish: call(ports.claims.finish),
      },
      getBody: call(ports.getBody),
      putBody: call(ports.putBody),
      sendDeadLetter: call(ports.sendDeadLetter),
      deleteMessage: call(ports.deleteMessage),
      returnMessageAfter: call(ports.returnMessageAfter),
    };
  }

  async function worker(): Promise<void> {
    while (world.queue.size > 0) {
      await turn();
      const batch = world.receive();
      if (batch.length === 0) continue;
      const death = Promise.withResolvers<undefined>();
      const ports = processOf(world.clock.now, () => death.resolve(undefined));
      const work = consume(batch, world.invocation(), world.team, ports);
      const answer = await Promise.race([work, death.promise]);
      if (answer) world.answer(batch, answer);
    }
  }

  for (const id of ['evt_1', 'evt_1', 'evt_2', 'evt_1', 'evt_3']) world.send(stripeMessage(id));
  const workers = [worker(), worker(), worker()];
  for (let step = 0; world.queue.size > 0 && step < 20_000; step++) {
    chaos.isOver = step > 2000;
    if (waiting.length === 0 || random.chance(0.05)) {
      world.clock.now = unixMillis(world.clock.now + random.below(20_000));
    }
    waiting.splice(random.below(waiting.length), 1)[0]?.();
    for (let tick = 0; tick < 8; tick++) await Promise.resolve();
  }
  while (waiting.length > 0) {
    waiting.shift()?.();
    await new Promise(setImmediate);
  }
  await Promise.all(workers);
  return { world, violations };
}

describe('consumers in any order', () => {
  it('end every event processed, or failed with a dead letter, and run no handler without a claim', async () => {
    const ends = new Map<string, number>();

    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const { world, violations } = await simulate(seed);

        expect(violations).toEqual([]);
        expect(world.queue.size).toBe(0);
        for (const id of ['stripe#evt_1', 'stripe#evt_2', 'stripe#evt_3']) {
          const status = world.claims.records.get(id)?.status ?? 'none';
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
