import { randomBytes } from 'node:crypto';
import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import type * as v from 'valibot';
import type { EndpointId, TenantId } from '../../lambdas/domain/ids.ts';
import { EstimateView, RecoveryView } from '../../lambdas/management/schemas.ts';
import { toCurrentEndpointOption } from '../deliveries/to-current-endpoint.ts';
import { managementOf } from '../stack/all-pages.ts';
import type { ManagementClient } from '../stack/management-client.ts';
import { parseResponse } from '../stack/parse-response.ts';
import type { TargetOptions } from '../stack/target.ts';
import { RefusedError } from '../terminal/errors.ts';
import { untilInterrupted } from '../terminal/interrupt.ts';
import { nextCommand } from '../terminal/next-command.ts';
import { endpointIdArgument, instantArgument, tenantArgument } from '../terminal/parse-arguments.ts';
import { print } from '../terminal/print.ts';
import { counted } from '../terminal/table.ts';

type Recovery = v.InferOutput<typeof RecoveryView>;
interface Options extends TargetOptions {
  readonly since: string;
  readonly until?: string;
  readonly dryRun?: boolean;
  readonly toCurrentEndpoint?: boolean;
}

const pollMs = 1_000;

/** `hookline recover`: replays all failed deliveries of an endpoint. */
export function defineRecover(command: Command): void {
  command
    .argument('<tenant>', 'tenant that owns the endpoint', tenantArgument)
    .argument('<endpointId>', 'id of the endpoint', endpointIdArgument)
    .requiredOption('--since <time>', 'created since 90m, 2h or 3d ago, or since an instant', instantArgument)
    .option('--until <time>', 'created until (default: now)', instantArgument)
    .option('--dry-run', 'only count the deliveries')
    .addOption(toCurrentEndpointOption())
    .action((tenant: TenantId, endpoint: EndpointId) => recover(tenant, endpoint, command.optsWithGlobals()));
}

/** `hookline recover-cancel`: stops a recovery. */
export function defineRecoverCancel(command: Command): void {
  command
    .argument('<recoveryId>', 'id that recover printed', endpointIdArgument)
    .action(async (id: string) => {
      const options = command.optsWithGlobals<TargetOptions>();
      const call = await managementOf(options);
      const { body } = await call({ method: 'DELETE', path: `/v1/recoveries/${encodeURIComponent(id)}` });
      const job = parseResponse(RecoveryView, body);
      print(options, job, summary(job));
    });
}

async function recover(tenant: TenantId, endpointId: EndpointId, options: Options): Promise<void> {
  const call = await managementOf(options);
  const { since, until, toCurrentEndpoint } = options;
  const path = `/v1/tenants/${encodeURIComponent(tenant)}/endpoints/${encodeURIComponent(endpointId)}`;
  const query = { since, until, toCurrentEndpoint: toCurrentEndpoint ? 'true' : undefined };
  const { body } = await call({ method: 'GET', path: `${path}/recovery-estimate`, query });
  const estimate = parseResponse(EstimateView, body);
  const { count, isExact, ofEarlierEndpoint = 0 } = estimate;
  const failed = `${isExact ? '' : 'At least '}${counted(count, 'failed delivery', 'failed deliveries')} since ${since}.`;
  const left = ofEarlierEndpoint > 0 ? leftOut(ofEarlierEndpoint, endpointId) : undefined;
  if (options.dryRun || (count === 0 && isExact)) {
    print(options, estimate, failed);
    // A dry run sends nothing, so this is a note and not a refusal.
    if (options.dryRun && left !== undefined) return console.error(left);
    return refuseIf(left);
  }
  // The id is made here and printed first, so that a user who is interrupted can still stop the recovery.
  const id = `rec_${randomBytes(16).toString('hex')}`;
  console.error(`${failed} Recovery ${id} replays them.`);
  const span = { since, until, toCurrentEndpoint };
  const started = await call({ method: 'POST', path: `${path}/recoveries`, body: { id, ...span } });
  const ended = await followed(parseResponse(RecoveryView, started.body), call, options);
  print(options, ended, summary(ended));
  // A replay leaves the dead letters of the failed deliveries in their queue.
  if (ended.replayed > 0)
    console.error(
      `Remove their dead letters with: ${nextCommand(options, `dlq redrive undelivered --tenant ${tenant} --endpoint ${endpointId}`)}`,
    );
  refuseIf(refusedOf(ended, endpointId));
}

/** Says how many deliveries belong to a deleted endpoint whose id is in use again. */
const leftOut = (count: number, endpointId: EndpointId): string =>
  `${counted(count, 'delivery was', 'deliveries were')} for an earlier endpoint ${endpointId}, which was deleted: --to-current-endpoint sends them to the current one.`;

function refusedOf({ refused, ofEarlierEndpoint }: Recovery, endpointId: EndpointId): string | undefined {
  if (ofEarlierEndpoint > 0) return leftOut(ofEarlierEndpoint, endpointId);
  return refused > 0 ? `${refused} refused: past their retention, or already replayed otherwise.` : undefined;
}

/** @throws RefusedError with the reason, if there is one: some deliveries were not replayed */
function refuseIf(reason: string | undefined): void {
  if (reason !== undefined) throw new RefusedError(reason);
}

/** Shows the progress of a recovery until it ends. Ctrl-C ends the display and not the recovery. */
async function followed(first: Recovery, call: ManagementClient, options: Options): Promise<Recovery> {
  const bar = new SingleBar({
    format: '{bar} {value}/{total} replayed',
    hideCursor: true,
    // Without a terminal only the result is printed.
    noTTYOutput: false,
  });
  if (!options.json) bar.start(Math.max(first.estimate.count, 1), first.replayed);
  const last = await untilInterrupted(async (isStopped) => {
    let job = first;
    while (job.status === 'running' && !isStopped()) {
      await new Promise((resolve) => setTimeout(resolve, pollMs));
      const { body } = await call({ method: 'GET', path: `/v1/recoveries/${job.id}` });
      job = parseResponse(RecoveryView, body);
      bar.update(job.replayed);
    }
    return job;
  });
  bar.update(last.replayed);
  bar.stop();
  if (last.status === 'running') {
    const stop = nextCommand(options, `recover-cancel ${last.id}`);
    throw new RefusedError(`The recovery goes on in the background: ${stop} stops it.`);
  }
  return last;
}

const summary = ({ status, replayed, refused }: Recovery): string =>
  `${status === 'done' ? 'Done' : 'Stopped'}: ${counted(replayed, 'delivery', 'deliveries')} replayed${refused > 0 ? `, ${refused} refused` : ''}.`;
