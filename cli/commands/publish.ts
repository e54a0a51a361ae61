import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { publishWebhook, type WebhookEvent } from '../../client/publish-webhook.ts';
import { patientCalls } from '../../lambdas/adapters/call-bounds.ts';
import { dynamodbDeliveries } from '../../lambdas/adapters/dynamodb/deliveries/store.ts';
import { dynamodbEndpoints } from '../../lambdas/adapters/dynamodb/endpoints/store.ts';
import { dynamodbOutboundEvents } from '../../lambdas/adapters/dynamodb/outbound-events/store.ts';
import { deliveryId } from '../../lambdas/domain/delivery-record.ts';
import { asError } from '../../lambdas/domain/errors.ts';
import { parseExactly } from '../../lambdas/domain/exact-json.ts';
import { asEventId } from '../../lambdas/domain/ids.ts';
import { openPublication, type Publication } from '../../lambdas/domain/publish-message.ts';
import { unixMillis } from '../../lambdas/domain/time.ts';
import {
  type PublicationPreview,
  previewPublication,
} from '../../lambdas/outbound/publish/preview-publication.ts';
import { dynamoClient, sqsClient } from '../stack/aws-clients.ts';
import { openDeployment, outboundOf } from '../stack/deployment.ts';
import type { TargetOptions } from '../stack/target.ts';
import { RefusedError, UsageError } from '../terminal/errors.ts';
import { nextCommand } from '../terminal/next-command.ts';
import { print } from '../terminal/print.ts';

interface PublishOptions extends TargetOptions {
  readonly to?: string;
  readonly endpoint?: string;
  readonly data?: string;
  readonly dataFile?: string;
  readonly id?: string;
  readonly tenant?: string;
}

/** `hookline publish`: publishes one event, in the way an app does. */
export function definePublish(command: Command): void {
  command
    .argument('<type>', 'event type, e.g. invoice.paid')
    .option('--tenant <tenant>', 'tenant of the event; all its subscribed endpoints get it')
    .option('--endpoint <id>', 'only this endpoint, subscribed or not')
    .option('--to <url>', 'URL that is not a registered endpoint')
    .addOption(new Option('--data <json>', 'payload of the event (default: {})').conflicts('dataFile'))
    .option('--data-file <file>', 'payload of the event, from a file')
    .option('--id <id>', 'event id; publishing an id twice makes one event (default: a generated one)')
    .action((type: string) => publish(type, command.optsWithGlobals()));
}

async function publish(type: string, options: PublishOptions): Promise<void> {
  const { id, tenant } = options;
  const event = { type, data: dataOf(options), id, ...addressOf(options) };
  const opened = openPublication({ text: JSON.stringify(event), messageId: 'none' });
  // λ publish would report this only in its dead-letter queue.
  if (opened.kind === 'unusable') throw new UsageError(`The event cannot be published: ${opened.reason}.`);
  const outbound = outboundOf(await openDeployment(options));
  const expected = await preview(opened.publication, id === undefined, outbound);
  if (expected !== undefined && expected.kind !== 'sends')
    throw new RefusedError(`Nothing was published: ${expected.reason}.`);
  const [eventId = ''] = await published(event, outbound.publishQueueUrl);
  if (expected?.endpoint?.status === 'disabled')
    console.error(`${expected.endpoint.id} is disabled: the event is held until it is enabled.`);
  const destination = opened.publication.to;
  const delivery =
    destination.kind === 'tenant'
      ? undefined
      : deliveryId(opened.publication.tenant, asEventId(eventId), destination.id);
  const next = delivery ? `deliveries show ${delivery}` : `deliveries list --tenant ${tenant} --endpoint ID`;
  print(
    options,
    { id: eventId, deliveryId: delivery },
    `Published ${eventId}. Its delivery: ${nextCommand(options, next)}`,
  );
}

/** What publishing would do; undefined when the caller may not read the tables. */
async function preview(
  publication: Publication,
  isNewId: boolean,
  tables: ReturnType<typeof outboundOf>,
): Promise<PublicationPreview | undefined> {
  const client = dynamoClient(patientCalls);
  try {
    return await previewPublication(publication, isNewId, {
      now: () => unixMillis(Date.now()),
      events: dynamodbOutboundEvents(client, tables.outboundEventsTable),
      deliveries: dynamodbDeliveries(client, tables.deliveriesTable),
      endpoints: dynamodbEndpoints(client, tables.endpointsTable),
    });
  } catch (error) {
    if (error instanceof Error && error.name === 'AccessDeniedException') return undefined;
    throw error;
  }
}

async function published(event: WebhookEvent, queueUrl: string): Promise<readonly string[]> {
  try {
    return await publishWebhook(sqsClient(patientCalls), queueUrl, [event]);
  } catch (error) {
    if (error instanceof RangeError)
      throw new RefusedError(`The event cannot be published: ${error.message}.`);
    throw error;
  }
}

/** The endpoint id of a URL when --endpoint is not given. */
const unnamed = 'cli';

/** @throws UsageError when no destination is given */
function addressOf({ tenant, endpoint, to }: PublishOptions) {
  if (to !== undefined) return { tenant, endpoint: { id: endpoint ?? unnamed, url: to } };
  if (tenant === undefined)
    throw new UsageError('Pass a destination: --tenant, or --to for a URL that is not registered.');
  return { tenant, ...(endpoint !== undefined && { endpoint: { id: endpoint } }) };
}

function dataOf({ data = '{}', dataFile }: PublishOptions): unknown {
  try {
    return parseExactly(dataFile === undefined ? data : readFileSync(dataFile, 'utf8'));
  } catch (error) {
    const why = error instanceof RangeError ? 'it is nested too deeply' : asError(error).message;
    throw new UsageError(`${dataFile ?? '--data'} cannot be read as JSON: ${why}`);
  }
}
