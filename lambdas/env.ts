import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { parseJson } from './domain/json.ts';

/** The environment of each function, shared by `lib/` (which must set all of it) and the function (which reads it once). */
export const receiveEnv = [
  'SOURCE',
  'SECRET_ARN_PREFIX',
  'SECRET_IDS',
  'INBOUND_EVENTS_TABLE',
  'QUEUE_URL',
  'PAYLOAD_BUCKET',
] as const;
export const consumeEnv = [
  'TAP_QUEUE_PREFIX',
  'INBOUND_EVENTS_TABLE',
  'QUEUE_URL',
  'DLQ_URL',
  'PAYLOAD_BUCKET',
  'TARGETS',
] as const;
export const publishEnv = [
  'OUTBOUND_EVENTS_TABLE',
  'DELIVERIES_TABLE',
  'ENDPOINTS_TABLE',
  'DELIVERY_QUEUE_URL',
  'PUBLISH_QUEUE_URL',
  'PUBLISH_DLQ_URL',
  'PAYLOAD_BUCKET',
] as const;
export const deliverEnv = [
  'OUTBOUND_EVENTS_TABLE',
  'DELIVERIES_TABLE',
  'ENDPOINTS_TABLE',
  'DELIVERY_QUEUE_URL',
  'SIDELINE_QUEUE_URL',
  'DELIVERY_DLQ_URL',
  'UNDELIVERED_QUEUE_URL',
  'PAYLOAD_BUCKET',
  'SIGNING_SECRET',
  'MASTER_SECRET',
  'OPERATIONS_TOPIC_ARN',
  'REFUSED_RANGES',
] as const;
export const sweepEnv = [
  'OUTBOUND_EVENTS_TABLE',
  'DELIVERIES_TABLE',
  'ENDPOINTS_TABLE',
  'DELIVERY_QUEUE_URL',
  'DELIVERY_DLQ_URL',
  'UNDELIVERED_QUEUE_URL',
  'OPERATIONS_TOPIC_ARN',
  'DEAD_LETTER_QUEUES',
] as const;

export const measureEnv = ['QUEUE_URL', 'DEAD_LETTER_QUEUES'] as const;

/**
 * `INBOUND_QUEUES` is JSON: the sources by the name of the queue that they share. `INBOUND_QUEUE_URL` is the URL of any of them.
 * The variables of a part that the deployment does not have are empty.
 */
export const managementEnv = [
  'INBOUND_EVENTS_TABLE',
  'OUTBOUND_EVENTS_TABLE',
  'DELIVERIES_TABLE',
  'ENDPOINTS_TABLE',
  'PUBLISH_QUEUE_URL',
  'DELIVERY_QUEUE_URL',
  'INBOUND_QUEUES',
  'INBOUND_QUEUE_URL',
  'PAYLOAD_BUCKET',
  'MASTER_SECRET',
  'OPERATIONS_TOPIC_ARN',
] as const;

type EnvOf<Names extends readonly string[]> = { readonly [Name in Names[number]]: string };
/**
 * `SOURCE` is empty under `isolation: 'shared'`: there the last segment of the path names the source. `SECRET_IDS` has the
 * ends of the secrets' ARNs, separated by commas, in the order of the sources in `settings.json`: sixty whole ARNs would not
 * fit the environment.
 */
export type ReceiveEnv = EnvOf<typeof receiveEnv>;
/** `TARGETS` is JSON: for each source the ARNs of its targets, and the URLs of queues. */
export type ConsumeEnv = EnvOf<typeof consumeEnv>;
export type PublishEnv = EnvOf<typeof publishEnv>;
/** `REFUSED_RANGES` has the ranges of the network that requests leave from, separated by commas; empty outside a VPC. */
export type DeliverEnv = EnvOf<typeof deliverEnv>;
/** `DEAD_LETTER_QUEUES` has the names of all dead-letter queues that have an alarm, separated by commas. */
export type SweepEnv = EnvOf<typeof sweepEnv>;
/** `QUEUE_URL` is that of any queue of the same account and region. */
export type MeasureEnv = EnvOf<typeof measureEnv>;
export type ManagementEnv = EnvOf<typeof managementEnv>;

/** The deployed function lacks a variable or a setting. */
class ConfigurationError extends Error {
  override name = 'ConfigurationError' as const;
}

/**
 * Reads the named variables, once, at module load.
 *
 * @throws ConfigurationError naming every variable that is missing
 */
export function readEnv<const Names extends readonly string[]>(names: Names): EnvOf<Names> {
  const missing = names.filter((name) => process.env[name] === undefined);
  if (missing.length > 0) {
    throw new ConfigurationError(`the environment lacks ${missing.join(', ')}; deploy the stack again`);
  }
  return Object.fromEntries(names.map((name) => [name, process.env[name]])) as EnvOf<Names>;
}

/**
 * The ARNs of the sources' secrets, in the order of the sources in `settings.json`.
 *
 * @param count how many sources there are
 * @throws ConfigurationError when there are more or fewer
 */
export function secretArns(
  { SECRET_ARN_PREFIX, SECRET_IDS }: Pick<ReceiveEnv, 'SECRET_ARN_PREFIX' | 'SECRET_IDS'>,
  count: number,
): string[] {
  const ids = SECRET_IDS.split(',');
  if (ids.length === count) return ids.map((id) => `${SECRET_ARN_PREFIX}${id}`);
  throw new ConfigurationError(
    `SECRET_IDS has ${ids.length} secrets for ${count} sources; deploy the stack again`,
  );
}

/**
 * Reads the settings that the deployment compiled in beside the function's code.
 *
 * @throws ConfigurationError when the file is missing or does not fit the schema
 */
export function readSettings<Schema extends v.GenericSchema>(schema: Schema): v.InferOutput<Schema> {
  const file = new URL('./settings.json', import.meta.url);
  const result = v.safeParse(schema, parseJson(readFileSync(file, 'utf8')));
  if (result.success) return result.output;
  const where = result.issues.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`).join('; ');
  throw new ConfigurationError(`settings.json does not fit: ${where}; deploy the stack again`);
}
