import { asError } from '../../domain/errors.ts';
import type { OutboundPorts } from '../ports.ts';

export type KeepMeasuredPorts = Pick<OutboundPorts<'WorkErrored'>, 'now' | 'readQueues' | 'telemetry'>;

/** The minutes of an hour in which the queues are read: twice an hour, a dozen times within the six hours of SQS. */
const everyMinutes = 30;

/**
 * Keeps CloudWatch measuring queues that are idle.
 *
 * SQS sends no metrics of a queue after six hours without an action on it; after the next action the first ones come up to 15
 * minutes late. A letter that arrives then looks like letters that lay there before. A read counts as an action.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/monitoring-using-cloudwatch.html
 */
export async function keepMeasured({ now, readQueues, telemetry }: KeepMeasuredPorts): Promise<void> {
  if (Math.floor(now() / 60_000) % everyMinutes !== 0) return;
  const ends = await Promise.allSettled(readQueues.map((read) => read()));
  for (const { reason } of ends.filter((end) => end.status === 'rejected')) {
    telemetry.error('sweep.errored', {}, asError(reason));
    telemetry.count('WorkErrored', {});
  }
}
