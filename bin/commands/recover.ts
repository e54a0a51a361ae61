import { randomBytes } from 'node:crypto';
import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import * as v from 'valibot';
import { EstimateView, RecoveryView } from '../../lambdas/management/schemas.ts';
import { answer } from '../answer.ts';
import { endpointIdArgument, instantArgument, tenantArgument } from '../arguments.ts';
import { untilInterrupted } from '../interrupt.ts';
import { manageWith } from '../manage.ts';
import type { ManagementClient } from '../management-client.ts';
import { nextCommand } from '../next-command.ts';
import { RefusedError } from '../refusal.ts';
import { counted } from '../table.ts';
import type { TargetOptions } from '../target.ts';

type Recovery = v.InferOutput<typeof RecoveryView>;
interface Options extends TargetOptions {
  readonly since: string;
  readonly until?: string;
  readonly dryRun?: boolean;
}

const pollMs = 1_000;

/** `hookline recover`: everything that an endpoint failed to take, once more. */
export function addRecoverCommand(program: Command): void {
  program
    .command('recover')
    .description('send all deliveries of an endpoint again that failed since a time')
    .argument('<tenant>', 'whose it is', tenantArgument)
    .argument('<endpointId>', 'within the tenant', endpointIdArgument)
    .requiredOption('--since <time>', 'of their creation: 90m, 2h, 3d, or an instant', instantArgument)
    .option('--until <time>', 'now without it', instantArgument)
    .option('--dry-run', 'only say how many there are')
    .action((tenant: string, endpoint: string, _options: unknown, command: Command) =>
      recover(tenant, endpoint, command.optsWithGlobals()),
    );
  program
    .command('recover-cancel')
    .description('stop a recovery; what it has sent again stays sent')
    .argument('<recoveryId>', 'as recover says it', endpointIdArgument)
    .action(async (id: string, _options: unknown, command: Command) => {
      const options = command.optsWithGlobals<TargetOptions>();
      const call = await manageWith(options);
      const { body } = await call({ method: 'DELETE', path: `/v1/recoveries/${encodeURIComponent(id)}` });
      const job = v.parse(RecoveryView, body);
      answer(options, job, summary(job));
    });
}

async function recover(tenant: string, endpointId: string, options: Options): Promise<void> {
  const call = await manageWith(options);
  const { since, until } = options;
  const path = `/v1/tenants/${encodeURIComponent(tenant)}/endpoints/${encodeURIComponent(endpointId)}`;
  const { body } = await call({ method: 'GET', path: `${path}/recovery-estimate`, query: { since, until } });
  const { count, isExact } = v.parse(EstimateView, body);
  const failed = `${isExact ? '' : 'At least '}${counted(count, 'failed delivery', 'failed deliveries')} since ${since}.`;
  if (options.dryRun || (count === 0 && isExact)) return answer(options, { count, isExact }, failed);
  // Of our making, and said first: whoever is interrupted from here on can still stop it.
  const id = `rec_${randomBytes(16).toString('hex')}`;
  console.error(`${failed} Recovery ${id} sends them again.`);
  const started = await call({ method: 'POST', path: `${path}/recoveries`, body: { id, since, until } });
  const ended = await followed(v.parse(RecoveryView, started.body), call, options);
  answer(options, ended, summary(ended));
  // They are in the delivery DLQ since they failed, and so in its alarm.
  if (ended.replayed > 0)
    console.error(`Their dead letters go away with: ${nextCommand(options, 'dlq redrive delivery')}`);
}

/** Shows how far the job is until it has ended; Ctrl-C only ends the looking. */
async function followed(first: Recovery, call: ManagementClient, options: Options): Promise<Recovery> {
  const bar = new SingleBar({
    format: '{bar} {value}/{total} sent again',
    hideCursor: true,
    // Elsewhere only the end is told.
    noTTYOutput: false,
  });
  if (!options.json) bar.start(Math.max(first.estimate.count, 1), first.replayed);
  const last = await untilInterrupted(async (isStopped) => {
    let job = first;
    while (job.status === 'running' && !isStopped()) {
      await new Promise((resolve) => setTimeout(resolve, pollMs));
      const { body } = await call({ method: 'GET', path: `/v1/recoveries/${job.id}` });
      job = v.parse(RecoveryView, body);
      bar.update(job.replayed);
    }
    return job;
  });
  bar.update(last.replayed);
  bar.stop();
  if (last.status === 'running') {
    const stop = nextCommand(options, `recover-cancel ${last.id}`);
    throw new RefusedError(`It goes on without you: ${stop} stops it.`);
  }
  return last;
}

const summary = ({ status, replayed, refused }: Recovery): string =>
  `${status === 'done' ? 'Done' : 'Stopped'}: ${counted(replayed, 'delivery', 'deliveries')} sent again${refused > 0 ? `, ${refused} refused` : ''}.`;
