import { describe, expect, test } from 'vitest';
import { eventSource } from '../../bench/scale/event-source.ts';
import { fairQueue } from '../../bench/scale/fair-queue.ts';
import { virtualClock } from '../../bench/scale/virtual-clock.ts';

describe('virtual time', () => {
  test('virtual time runs what is planned in order, and at the same time in the order of planning', () => {
    const clock = virtualClock();
    const seen: string[] = [];
    for (const [at, name] of [
      [5, 'c'],
      [1, 'a'],
      [5, 'd'],
      [3, 'b'],
      [9, 'never'],
    ] as const)
      clock.at(at, () => seen.push(`${name}@${clock.now()}`));
    clock.runUntil(8);

    expect(seen).toEqual(['a@1', 'b@3', 'c@5', 'd@5']);
    expect(clock.now()).toBe(8);
  });
});

describe('a fair queue', () => {
  const of = (group: number) => ({ group });

  test('a fair queue is first in, first out while every group is quiet', () => {
    const queue = fairQueue<{ readonly group: number }>();
    for (const group of [1, 1, 2, 3]) queue.push(of(group));

    expect(queue.receive(3).map(({ group }) => group)).toEqual([1, 1, 2]);
    expect([queue.visible(), queue.inFlight()]).toEqual([1, 3]);
  });

  test('a fair queue puts a group last that has more than a tenth, and thirty, of what is in flight', () => {
    const queue = fairQueue<{ readonly group: number }>();
    for (let nth = 0; nth < 40; nth++) queue.push(of(1));
    queue.receive(30);
    queue.push(of(2));

    expect(queue.receive(2).map(({ group }) => group)).toEqual([2, 1]);
  });

  test('a fair queue does not know a noisy group among hundreds that share what is in flight', () => {
    const queue = fairQueue<{ readonly group: number }>();
    for (let nth = 0; nth < 300; nth++) queue.push(of(nth));
    queue.receive(300);
    queue.push(of(7));
    queue.push(of(1_000));

    expect(queue.receive(1).map(({ group }) => group)).toEqual([7]);
  });
});

describe('an event source', () => {
  function runOf(maxConcurrency: number, seconds: number) {
    const clock = virtualClock();
    const queue = fairQueue<{ readonly group: number }>();
    const source = eventSource(queue, { batchSize: 1, maxConcurrency }, clock, () => 3_600_000);
    for (let group = 0; group < 10_000; group++) source.send({ group });
    clock.runUntil(seconds * 1_000);
    return source.running();
  }

  test('an event source starts with five functions, and adds 300 a minute while messages wait', () => {
    expect(runOf(1_250, 0)).toBe(10);
    expect(runOf(1_250, 60)).toBe(310);
    expect(runOf(1_250, 120)).toBe(610);
  });

  test('an event source stops at its maximum concurrency', () => {
    expect(runOf(50, 600)).toBe(50);
    expect(runOf(2, 600)).toBe(2);
  });
});
