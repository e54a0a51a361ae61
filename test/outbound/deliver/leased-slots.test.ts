import { describe, expect, it } from 'vitest';
import {
  days,
  later,
  type Millis,
  millis,
  seconds,
  type UnixMillis,
  unixMillis,
} from '../../../lambdas/domain/time.ts';
import { acquirePermit } from '../../../lambdas/outbound/deliver/acquire-permit.ts';
import type { LimiterPorts, Permit } from '../../../lambdas/outbound/deliver/acquire-slot.ts';
import type { EndpointFinding } from '../../../lambdas/outbound/deliver/endpoint-health.ts';
import { endpointMemories } from '../../../lambdas/outbound/deliver/endpoint-memory.ts';
import { releasePermit } from '../../../lambdas/outbound/deliver/release-permit.ts';
import { settle, virtualTime } from '../../crash/outbound/virtual-time.ts';
import { down, limiterKey, limiterOf as of, up } from '../../support/fixtures/findings.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';

/** One batch of a worker, whose tasks ask for slots of one endpoint. */
function batchOf(limits: { readonly concurrent?: number; readonly perSecond?: number }, isProven = true) {
  const world = outboundWorld();
  const time = virtualTime(world.now, world.advance);
  const known = { slots: {}, failures: 0, probes: 0 };
  if (isProven)
    world.limiter.limiter.set(limiterKey, { ...known, provenAt: world.now(), answerMs: millis(50) });
  const calls: string[] = [];
  /** What other workers do before a lease, and after it. */
  const meanwhile: { before?: () => void; take?: () => Promise<void> } = {};
  const { limiter } = world;
  const ports: LimiterPorts = {
    ...world.deliverPorts,
    limiter: {
      ...limiter,
      take: async (...args) => {
        calls.push(`take ${args[1].count}`);
        meanwhile.before?.();
        const taken = await limiter.take(...args);
        await meanwhile.take?.();
        return taken;
      },
      leave: (...args) => {
        calls.push(`leave ${args[3] ?? 1} ${args[1]?.health ?? '-'}`);
        return limiter.leave(...args);
      },
      reserve: (...args) => {
        calls.push(`reserve ${args[3] ?? 1}`);
        return limiter.reserve(...args);
      },
    },
    memoryOf: endpointMemories(),
    pause: (span: Millis) => time.sleep(span),
  };
  const request = {
    limiterKey,
    of,
    batch: {},
    limits: { breakAfter: 5, disableAfter: days(5), ...limits },
    holdFor: millis(36_000),
    isByHand: false,
  };
  const acquired: { readonly permit: Permit; readonly at: UnixMillis }[] = [];
  const waiting: UnixMillis[] = [];
  const ask = async (): Promise<void> => {
    const answer = await acquirePermit(request, ports);
    if (answer.kind === 'acquired') acquired.push({ permit: answer.permit, at: world.now() });
    else waiting.push(answer.until);
  };
  const next = (): Permit => acquired.shift()?.permit ?? expect.fail('no permit');
  return {
    calls,
    acquired,
    waiting,
    meanwhile,
    now: world.now,
    /** Another worker leases so many slots. */
    occupy(count: number): void {
      const state = world.limiter.limiter.get(limiterKey) ?? known;
      const other = { count, until: later(world.now(), seconds(36)) };
      world.limiter.limiter.set(limiterKey, { ...state, slots: { ...state.slots, other } });
    },
    /** Slots that are taken, as other workers see them. */
    taken: async () =>
      Object.values((await limiter.read(limiterKey)).slots).reduce((sum, { count }) => sum + count, 0),
    state: () => limiter.read(limiterKey),
    async ask(count: number): Promise<void> {
      for (let nth = 0; nth < count; nth++) void ask();
      await settle();
    },
    next,
    /** Ends requests at the same time. */
    async end(...findings: readonly EndpointFinding[]): Promise<void> {
      const permits = findings.map(next);
      for (const [nth, permit] of permits.entries()) void releasePermit(permit, findings[nth], ports);
      await settle();
    },
    async wait(span: number): Promise<void> {
      const end = world.now() + span;
      while (time.moveTo(Math.min(time.nextWake(), end), end)) {
        await settle();
        if (world.now() >= end) break;
      }
    },
  };
}

describe('the slots of a batch', () => {
  it('the slots of a batch are taken by one write, and given back by one', async () => {
    const { ask, calls, end, taken } = batchOf({ concurrent: 40 });

    await ask(5);
    expect(await taken()).toBe(5);
    await end(up, up, up, up, up);

    expect(calls).toEqual(['take 5', 'leave 5 up']);
    expect(await taken()).toBe(0);
  });

  it('a batch leases a quarter of the slots at a time, and ends with all of them if no other batch asks', async () => {
    const { acquired, ask, calls } = batchOf({ concurrent: 8 });

    await ask(5);

    expect(calls).toEqual(['take 2', 'take 2', 'take 1']);
    expect(acquired).toHaveLength(5);
  });

  it('the slots of a batch are given back together if their requests end within the time of two, if few are free', async () => {
    const { ask, calls, end, taken, wait } = batchOf({ concurrent: 12 });
    await ask(7);
    const before = calls.length;

    await end(up);
    await wait(5);
    await end(up);
    await wait(90);
    expect(calls.slice(before)).toEqual([]);
    await wait(10);
    expect(calls.slice(before)).toEqual(['leave 2 up']);
    await end(up);

    expect(calls.slice(before)).toEqual(['leave 2 up', 'leave 1 up']);
    expect(await taken()).toBe(4);
  });

  it('the slots of a batch are given back together if their requests end within a second, if half of all are free', async () => {
    const { ask, calls, end, taken, wait } = batchOf({ concurrent: 40 });
    await ask(4);

    await end(up);
    await wait(900);
    await end(up);
    expect(calls).toEqual(['take 4']);
    await wait(101);
    expect(calls).toEqual(['take 4', 'leave 2 up']);
    await end(up, up);
    expect(calls).toEqual(['take 4', 'leave 2 up', 'leave 2 up']);
    expect(await taken()).toBe(0);
  });

  it('the tasks of a batch look before they ask for a slot when all were taken', async () => {
    const { ask, calls, occupy, wait } = batchOf({ concurrent: 1 });
    occupy(1);

    await ask(3);
    await wait(1_500);

    expect(calls).toEqual(['reserve 3']);
  });

  it('the tasks of a batch do not ask again at once when another worker was first', async () => {
    const { acquired, ask, calls, meanwhile, occupy, wait } = batchOf({ concurrent: 8 });
    meanwhile.before = () => {
      delete meanwhile.before;
      occupy(7);
    };

    await ask(2);
    expect(calls).toEqual(['take 2']);
    await wait(20);

    expect(calls).toEqual(['take 2', 'take 1']);
    expect(acquired).toHaveLength(1);
  });

  it('the slots of a batch go to its tasks that wait, without a write', async () => {
    const { acquired, ask, calls, end, taken } = batchOf({ concurrent: 4 });
    await ask(7);
    expect(acquired).toHaveLength(4);
    const before = calls.length;

    await end(up, up, up);

    expect(acquired).toHaveLength(4);
    expect(calls).toHaveLength(before);
    await end(up, up, up, up);
    expect(await taken()).toBe(0);
  });

  it('the slots of a batch are given back, and what failed recorded, before they are used again', async () => {
    const { acquired, ask, calls, end, state } = batchOf({ concurrent: 4 });
    await ask(5);

    await end(down);

    expect(calls).toContain('leave 1 down');
    expect(await state()).toMatchObject({ failures: 1 });
    expect(acquired).toHaveLength(3);
  });

  it('the first answer of an endpoint that was not proven is recorded before its slot is used again', async () => {
    const { ask, calls, end, state } = batchOf({ concurrent: 40 }, false);
    await ask(5);
    expect(calls.filter((call) => call.startsWith('take'))).toEqual(['take 2']);

    await end(up);

    expect(await state()).toMatchObject({ provenAt: expect.any(Number) });
  });

  it('the slots of a batch begin no request that their lease does not cover', async () => {
    const { ask, calls, end, wait } = batchOf({ concurrent: 4 });
    await ask(4);
    await wait(2_001);
    await ask(1);
    const before = calls.length;

    await end(up);
    await wait(60);

    expect(calls.slice(before)).toContain('leave 1 up');
  });

  it('the slots of a batch that no task needs any more are given back at once', async () => {
    const { ask, calls, end, meanwhile, taken } = batchOf({ concurrent: 12 });
    await ask(2);
    // While three more are taken for others, these end.
    meanwhile.take = async () => {
      delete meanwhile.take;
      await end(up, up);
    };

    await ask(3);
    await settle();

    expect(calls).toContain('leave 2 -');
    expect(await taken()).toBe(3);
  });

  it('the tasks of a batch that get no slot come back at times of their own, by one write', async () => {
    const { ask, calls, waiting, wait } = batchOf({ concurrent: 1 });
    await ask(4);

    await wait(1_500);

    expect(calls.filter((call) => call.startsWith('reserve'))).toEqual(['reserve 3']);
    expect(new Set(waiting).size).toBe(3);
  });

  it('the tasks of a batch wait for their places under a rate, and ask for each', async () => {
    const { acquired, ask, calls, end, now, wait } = batchOf({ perSecond: 10 });
    const start = now();
    await ask(3);
    await wait(500);
    expect(acquired.map(({ at }) => at - start)).toEqual([0, 100, 200]);
    await end(up, up, up);
    expect(calls).toEqual(['take 3', 'leave 3 up']);
  });

  it('a task gets no slot under a rate from a request that has ended, because it needs a place', async () => {
    const { acquired, ask, end, now, wait } = batchOf({ concurrent: 1, perSecond: 10 });
    const start = now();
    await ask(2);
    await end(up);
    await wait(400);

    expect(acquired.map(({ at }) => at - start)).toEqual([expect.any(Number)]);
    expect(acquired[0]?.at).toBeGreaterThanOrEqual(unixMillis(start + 100));
  });
});

it('the tasks that an endpoint without limits keeps waiting come back at times of their own', async () => {
  const { acquired, ask, waiting, wait } = batchOf({});
  await ask(4);

  await wait(1_500);

  expect(acquired).toHaveLength(2);
  expect(new Set(waiting).size).toBe(2);
});
