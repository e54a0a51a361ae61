import { setTimeout as pause } from 'node:timers/promises';
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { PurgeQueueCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { LocalAws } from '../../local/emulator.ts';
import { killFunction } from '../flows/support/function-processes.ts';
import type { Faults } from './faults.ts';
import { seededRandom } from './random.ts';

/** What a killed worker took comes back after so long, instead of minutes. */
const visibilitySeconds = 20;
const throttledMs = 60_000;

type Act = 'kill' | 'purge' | 'throttle' | 'sweep';

/** Kills processes, purges the delivery queue, throttles writes for a minute and runs the sweep, until it is stopped. */
export async function disturber(aws: LocalAws, faults: Faults, seed: number) {
  const random = seededRandom(seed);
  const sqs = new SQSClient(aws.clientConfig);
  const lambda = new LambdaClient(aws.clientConfig);
  const { queues } = aws.outputs;
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
  const sweepName = Functions.find(({ FunctionName }) => FunctionName?.includes('Sweep'))?.FunctionName;
  const counts: Record<Act, number> = { kill: 0, purge: 0, throttle: 0, sweep: 0 };

  for (const QueueUrl of [queues.publish, queues.delivery, ...Object.values(queues.inbound)]) {
    const Attributes = { VisibilityTimeout: String(visibilitySeconds) };
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
  }

  /** Its own failures are part of the chaos. */
  async function sweep(): Promise<void> {
    counts.sweep++;
    await lambda.send(new InvokeCommand({ FunctionName: sweepName })).catch(() => undefined);
  }

  async function disturb(): Promise<void> {
    const luck = random();
    if (luck < 0.5) counts.kill += killFunction('Chaos', names[Math.floor(random() * names.length)] ?? '');
    else if (luck < 0.65) {
      counts.purge++;
      // The sweep finds its tasks again; a purge of another queue would delete accepted events.
      await sqs.send(new PurgeQueueCommand({ QueueUrl: queues.delivery })).catch(() => undefined);
    } else await sweep();
  }

  /** Disturbs until the signal; once on the way all writes are throttled for a minute. */
  async function run(signal: AbortSignal): Promise<void> {
    const throttleAt = Date.now() + 5000;
    while (!signal.aborted) {
      await disturb();
      if (counts.throttle === 0 && Date.now() > throttleAt) {
        counts.throttle++;
        faults.throttleWrites(true);
        setTimeout(() => faults.throttleWrites(false), throttledMs).unref();
      }
      await pause(1000 + random() * 3000, undefined, { signal }).catch(() => undefined);
    }
  }

  return { run, sweep, counts };
}

const names = ['Receive', 'Consume', 'Publish', 'Deliver', 'Sweep'];
