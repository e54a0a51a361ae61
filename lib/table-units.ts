import { Annotations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { OutboundProps } from './outbound-settings.ts';
import { outboundDefaults, sidelineConcurrency, tableUnits } from './settings.ts';
import { SettingsError } from './settings-error.ts';
import { sharedConsumer } from './shared-consumer.ts';
import type { SourceGroup } from './source-groups.ts';

/** The stack's tables. */
const tables = ['inboundEvents', 'events', 'deliveries', 'endpoints'] as const;
type Table = (typeof tables)[number];

/** Request units a second, by table. */
export type UnitsByTable = Readonly<Record<Table, number>>;

/** The most functions of each kind that run at once. `consume` is the sum over all consumers. */
export interface Concurrency {
  readonly consume: number;
  readonly publish: number;
  readonly deliver: number;
}

/** The settings of the app that decide how many units the tables need. */
export interface TableUnitsProps {
  /** @default - nothing is sent */
  readonly outbound?: OutboundProps;
  readonly maxTableUnitsPerSecond?: number;
}

/** The sources of one consumer. */
type Consumer = Pick<SourceGroup, 'sources'>;

/** The concurrency that the settings allow. */
const concurrencyOf = (consumers: readonly Consumer[], { outbound }: TableUnitsProps): Concurrency => ({
  consume: consumers
    .map(({ sources }) => sharedConsumer(Object.values(sources)).maxConcurrency)
    .reduce((sum, one) => sum + one, 0),
  publish: outbound ? (outbound.publishMaxConcurrency ?? outboundDefaults.publishMaxConcurrency) : 0,
  deliver: outbound ? deliverFunctions(outbound.maxConcurrency ?? outboundDefaults.maxConcurrency) : 0,
});

/** Of both task queues. */
const deliverFunctions = (maxConcurrency: number): number =>
  maxConcurrency + sidelineConcurrency(maxConcurrency);

/** The units a second that these functions cause at most, for events of any kind. Pure. */
export function causedUnits({ consume, publish, deliver }: Concurrency): UnitsByTable {
  const { messagesPerFunction, ofMessage } = tableUnits;
  const consumed = consume * messagesPerFunction.consume;
  const published = publish * messagesPerFunction.publish;
  const delivered = deliver * messagesPerFunction.deliver;
  return {
    inboundEvents: consumed * ofMessage.consume.inboundEvents,
    events: published * ofMessage.publish.events,
    deliveries: published * ofMessage.publish.deliveries + delivered * ofMessage.deliver.deliveries,
    endpoints: delivered * ofMessage.deliver.endpoints,
  };
}

/**
 * The maximum of each table: the app's setting, else what the configured concurrency can cause.
 *
 * Warns about a maximum at which DynamoDB would throttle functions that the settings allow to run.
 *
 * @throws SettingsError when the app's setting is not a whole number of units
 */
export function maxTableUnits(
  deployment: Construct,
  consumers: readonly Consumer[],
  props: TableUnitsProps,
): UnitsByTable {
  const { maxTableUnitsPerSecond: given } = props;
  if (given !== undefined && !(Number.isInteger(given) && given >= 1)) {
    throw new SettingsError(
      `maxTableUnitsPerSecond is ${given}; write a whole number from 1, or leave it out`,
    );
  }
  const concurrency = concurrencyOf(consumers, props);
  const caused = causedUnits(concurrency);
  const most = (table: Table): number =>
    given ?? Math.min(Math.max(caused[table], tableUnits.least), tableUnits.most);
  const short = tables.filter((table) => most(table) < caused[table]);
  const needed = short.map((table) => `${table} ${caused[table]} (its maximum is ${most(table)})`);
  if (needed.length > 0) warn(deployment, concurrency, needed, given === undefined);
  return {
    inboundEvents: most('inboundEvents'),
    events: most('events'),
    deliveries: most('deliveries'),
    endpoints: most('endpoints'),
  };
}

function warn(
  deployment: Construct,
  { consume, publish, deliver }: Concurrency,
  needed: readonly string[],
  isDerived: boolean,
): void {
  const remedy = isDerived
    ? `${tableUnits.most} is the default quota of an account: raise that, then set maxTableUnitsPerSecond (docs/scale.md), or lower the concurrency`
    : 'raise maxTableUnitsPerSecond, leave it out, or lower the concurrency';
  Annotations.of(deployment).addWarningV2(
    'hookline:table-units',
    `maxTableUnitsPerSecond: ${consume} consumers, ${publish} publish and ${deliver} deliver functions can cause more units a second than a table allows: ${needed.join(', ')}; DynamoDB throttles the rest, and events wait; ${remedy}`,
  );
}
