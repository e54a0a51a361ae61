import { setTimeout as pause } from 'node:timers/promises';
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { PurgeQueueCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { LocalAws } from '../../local/emulator.ts';
import { functionProcesses } from '../flows/support/function-processes.ts';
import type { Faults } from './faults.ts';
import { seededRandom } from './random.ts';
import { endSweepWaits } from './waits.ts';

/** What a killed worker took comes back after so many seconds, instead of minutes: where there are claims, after their lease. */
const visibility = { claimed: 30, published: 15 };
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
  const overdue: string[] = [];
  const counts: Record<Act, number> = { kill: 0, purge: 0, throttle: 0, sweep: 0 };

  const hide = (QueueUrl: string, count: number) =>
    sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: String(count) } }));
  await hide(queues.publish, visibility.published);
  for (const url of [queues.delivery, ...Object.values(queues.inbound)]) await hide(url, visibility.claimed);

  /** Its own failures are part of the chaos. */
  async function sweep(): Promise<void> {
    counts.sweep++;
    await lambda.send(new InvokeCommand({ FunctionName: sweepName })).catch(() => undefined);
  }

  /** Lets the waits for the sweep end, and sweeps. */
  async function endWaits(): Promise<void> {
    overdue.push(...(await endSweepWaits(aws)));
    await sweep();
  }

  /** The sweep finds the tasks again; a purge of another queue would delete accepted events. */
  async function purge(): Promise<void> {
    counts.purge++;
    await sqs.send(new PurgeQueueCommand({ QueueUrl: queues.delivery }));
    await endWaits();
  }

  /** One process, as if its machine died; the other processes of the function go on. */
  function kill(): void {
    const processes = functionProcesses('Chaos', anyOf(names, random()) ?? '');
    const pid = anyOf(processes, random());
    if (pid === undefined) return;
    try {
      process.kill(pid, 'SIGKILL');
      counts.kill++;
    } catch {
      // It has ended meanwhile.
    }
  }

  async function killSweepAndPurge(signal: AbortSignal): Promise<void> {
    let sweeping: Promise<void> | undefined;
    while (!signal.aborted) {
      const luck = random();
      if (luck < 0.65) kill();
      // A sweep takes long while its writes are throttled, and processes die meanwhile, too.
      else
        sweeping ??= (luck < 0.7 ? purge() : sweep()).finally(() => {
          sweeping = undefined;
        });
      await pause(500 + random() * 2000, undefined, { signal }).catch(() => undefined);
    }
    await sweeping;
  }

  async function throttleForAMinute(): Promise<void> {
    await pause(5000);
    faults.throttleWrites(true);
    await pause(throttledMs);
    faults.throttleWrites(false);
    counts.throttle++;
  }

  /** Disturbs until the signal. */
  async function run(signal: AbortSignal): Promise<void> {
    await Promise.all([killSweepAndPurge(signal), throttleForAMinute()]);
  }

  return { run, endWaits, counts, overdue };
}

const anyOf = <Item>(items: readonly Item[], luck: number): Item | undefined =>
  items[Math.floor(luck * items.length)];

const names = ['Receive', 'Consume', 'Publish', 'Deliver', 'Sweep'];
