import { expect, it } from 'vitest';
import { unixMillis } from '../../../lambdas/domain/time.ts';
import { keepMeasured } from '../../../lambdas/outbound/sweep/keep-measured.ts';
import { outboundWorld } from '../../support/worlds/outbound-world.ts';

const start = Date.UTC(2026, 0, 1);
const minute = 60_000;

/** A sweep each minute for a day; when the queues were read, in minutes. */
async function aDay(skipped: (nth: number) => boolean = () => false): Promise<number[]> {
  const reads: number[] = [];
  const { telemetry } = outboundWorld().report;
  for (let nth = 0; nth < 24 * 60; nth++) {
    if (skipped(nth)) continue;
    await keepMeasured({
      now: () => unixMillis(start + nth * minute + 17_000),
      readQueues: [async () => void reads.push(nth)],
      telemetry,
    });
  }
  return reads;
}

it('the sweep reads the queues twice an hour, since SQS measures them for six hours after each read', async () => {
  expect(await aDay()).toHaveLength(48);
});

it('the sweep leaves no six hours without a read even if most runs are missing', async () => {
  const reads = await aDay((nth) => nth % 60 !== 30);
  const gaps = reads.map((at, nth) => at - (reads[nth - 1] ?? 0));

  expect(Math.max(...gaps)).toBeLessThan(6 * 60);
});

it('the sweep counts a queue that it cannot read, and reads the others', async () => {
  const { report } = outboundWorld();
  const read: string[] = [];
  const denied = async (): Promise<never> => {
    throw new Error('not authorized to perform: sqs:GetQueueAttributes');
  };

  await keepMeasured({
    now: () => unixMillis(start),
    readQueues: [async () => void read.push('a'), denied, async () => void read.push('b')],
    telemetry: report.telemetry,
  });

  expect(read).toEqual(['a', 'b']);
  expect(report.named('sweep.errored')).toHaveLength(1);
  expect(report.total('WorkErrored')).toBe(1);
});
