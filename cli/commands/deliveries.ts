import { type Command, Option } from 'commander';
import { patientCalls } from '../../lambdas/adapters/call-bounds.ts';
import { listStoppedAgain } from '../../lambdas/adapters/dynamodb/deliveries/list-again.ts';
import { scanDeliveries } from '../../lambdas/adapters/dynamodb/deliveries/scan.ts';
import { dynamodbDeliveries } from '../../lambdas/adapters/dynamodb/deliveries/store.ts';
import { deliveryStatuses } from '../../lambdas/domain/delivery-record.ts';
import { asDeliveryId, type DeliveryId, type EndpointId, type TenantId } from '../../lambdas/domain/ids.ts';
import { parseInstant } from '../../lambdas/domain/time.ts';
import { DeliveryView } from '../../lambdas/management/schemas.ts';
import { deliveryDetail, deliveryView } from '../../lambdas/management/views.ts';
import type { ReplayOptions } from '../../lambdas/outbound/replay-route.ts';
import { describeDelivery, describeListed } from '../deliveries/format.ts';
import { deliveryReplay } from '../deliveries/replay.ts';
import { replayAll } from '../deliveries/replay-all.ts';
import { toCurrentEndpointOption } from '../deliveries/to-current-endpoint.ts';
import { allPages, managementOf } from '../stack/all-pages.ts';
import { dynamoClient } from '../stack/aws-clients.ts';
import { openDeployment, outboundOf } from '../stack/deployment.ts';
import type { TargetOptions } from '../stack/target.ts';
import { RefusedError, UsageError } from '../terminal/errors.ts';
import { nextCommand } from '../terminal/next-command.ts';
import {
  endpointIdArgument,
  instantArgument,
  positiveNumber,
  tenantArgument,
} from '../terminal/parse-arguments.ts';
import { print } from '../terminal/print.ts';
import { progressLine } from '../terminal/progress-line.ts';
import { counted } from '../terminal/table.ts';

interface ListOptions extends TargetOptions {
  readonly status?: string;
  readonly limit: number;
  readonly tenant?: TenantId;
  readonly endpoint?: EndpointId;
  readonly since?: string;
}

/** `hookline deliveries`: lists and shows deliveries with their attempts, and replays them. */
export function defineDeliveries(deliveries: Command): void {
  deliveries
    .command('list')
    .description(
      'list the newest deliveries, of one endpoint or of all; without an endpoint it reads the whole table',
    )
    .option('--tenant <tenant>', 'tenant that owns the endpoint', tenantArgument)
    .option('--endpoint <id>', 'only deliveries to this endpoint', endpointIdArgument)
    .option('--since <time>', 'created since 90m, 2h or 3d ago, or since an instant', instantArgument)
    .addOption(new Option('--status <status>', 'only deliveries with this status').choices(deliveryStatuses))
    .option('--limit <number>', 'maximum number of deliveries', positiveNumber, 50)
    .action((_options: unknown, command: Command) => list(command.optsWithGlobals()));
  deliveries
    .command('show')
    .description('show one delivery and its attempts')
    .argument('<deliveryId>', 'id of the delivery')
    .action((id: string, _options: unknown, command: Command) =>
      show(asDeliveryId(id), command.optsWithGlobals()),
    );
  deliveries
    .command('retry')
    .alias('replay')
    .description('send deliveries now; an ended delivery starts over with a fresh retry schedule')
    .argument('<deliveryId...>', 'ids of the deliveries')
    .addOption(toCurrentEndpointOption())
    .action((ids: string[], _options: unknown, command: Command) =>
      replay(ids.map(asDeliveryId), command.optsWithGlobals()),
    );
  deliveries
    .command('list-again')
    .description(
      'once after an update from 0.1.0: let lists by status and recoveries find what failed before; it reads the whole table',
    )
    .action((_options: unknown, command: Command) => listAgain(command.optsWithGlobals()));
}

async function listAgain(options: TargetOptions): Promise<void> {
  const { deliveriesTable } = outboundOf(await openDeployment(options));
  const client = dynamoClient(patientCalls);
  const listed = await listStoppedAgain(client, deliveriesTable, progressLine('listed'));
  print(
    options,
    { listed },
    listed === 0
      ? 'Every failed and discarded delivery is listed already.'
      : `${counted(listed, 'failed or discarded delivery is', 'failed or discarded deliveries are')} listed now.`,
  );
}

const noDeliveries = ({ tenant, endpoint, status, since }: ListOptions): string =>
  [
    'There is no',
    ...(status === undefined ? [] : [status]),
    'delivery',
    ...(endpoint === undefined ? [] : [`of ${tenant}/${endpoint}`]),
    ...(since === undefined ? [] : [`created since ${since}`]),
  ].join(' ');

async function show(id: DeliveryId, options: TargetOptions): Promise<void> {
  const { deliveriesTable } = outboundOf(await openDeployment(options));
  const delivery = await dynamodbDeliveries(dynamoClient(patientCalls), deliveriesTable).read(id);
  if (delivery === undefined)
    throw new RefusedError(
      `Delivery ${id} does not exist. To list the deliveries: ${nextCommand(options, 'deliveries list')}. Events that could not be published: ${nextCommand(options, 'dlq list publish')}.`,
    );
  print(options, deliveryDetail(delivery, undefined), describeDelivery(delivery));
}

async function replay(ids: readonly DeliveryId[], options: TargetOptions & ReplayOptions): Promise<void> {
  const deliveries = deliveryReplay(await openDeployment(options), options);
  const replayOne = async (id: DeliveryId) => {
    const result = await deliveries.replay(id);
    if (result.kind === 'refused') return result.reason;
    if (result.isHeld)
      console.error(
        `${id} is held, because its endpoint is disabled. It is sent when the endpoint is enabled.`,
      );
    return undefined;
  };
  await replayAll(ids, { one: 'delivery', many: 'deliveries' }, replayOne, options);
}

async function list(options: ListOptions): Promise<void> {
  const { tenant, endpoint } = options;
  if (tenant !== undefined && endpoint !== undefined) return listOf(tenant, endpoint, options);
  if (tenant !== undefined || endpoint !== undefined) {
    throw new UsageError('--tenant and --endpoint go together: pass both or neither.');
  }
  const { deliveriesTable } = outboundOf(await openDeployment(options));
  const since = options.since === undefined ? undefined : parseInstant(options.since);
  const filter = { status: options.status, since };
  const all = await scanDeliveries(dynamoClient(patientCalls), deliveriesTable, filter);
  const newest = all.toSorted((one, other) => other.createdAt - one.createdAt).slice(0, options.limit);
  const views = newest.map(deliveryView);
  print(options, views, views.length === 0 ? noDeliveries(options) : describeListed(views, all.length));
}

/** Lists the deliveries of one endpoint, by the index. */
async function listOf(tenant: TenantId, endpoint: EndpointId, options: ListOptions): Promise<void> {
  const call = await managementOf(options);
  const path = `/v1/tenants/${encodeURIComponent(tenant)}/endpoints/${encodeURIComponent(endpoint)}/deliveries`;
  const query = { status: options.status, since: options.since };
  const found = await allPages(call, { method: 'GET', path, query }, DeliveryView, options.limit);
  print(options, found, found.length === 0 ? noDeliveries(options) : describeListed(found));
}
