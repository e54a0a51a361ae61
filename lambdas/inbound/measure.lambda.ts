// Beside the inbound flow, in a deployment that sends nothing: λ sweep does the same where there is one.
// Trigger: a schedule, twice an hour, without retries.
// Input: the dead-letter queues with an alarm → output: nothing; SQS goes on measuring them.
// On failure: the function's error rings the alarm MeasureFails; the next run reads them again.
import { patientCalls } from '../adapters/call-bounds.ts';
import { sqsClient } from '../adapters/sqs/client.ts';
import { queueReaders } from '../adapters/sqs/queue-readers.ts';
import { asError } from '../domain/errors.ts';
import { measureEnv, readEnv } from '../env.ts';

const env = readEnv(measureEnv);
const readQueues = queueReaders(sqsClient(patientCalls), env.QUEUE_URL, env.DEAD_LETTER_QUEUES.split(','));

/**
 * The schedule's entry.
 *
 * SQS sends no metrics of a queue after six hours without an action on it, and a letter that arrives then would look like one
 * that lay there before. A read counts as an action.
 */
export async function handler(): Promise<void> {
  const ends = await Promise.allSettled(readQueues.map((read) => read()));
  for (const end of ends) if (end.status === 'rejected') throw asError(end.reason);
}
