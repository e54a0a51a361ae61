import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { patientCalls } from '../../lambdas/adapters/aws/call-bounds.ts';
import { sqsClient } from '../../lambdas/adapters/aws/sqs-client.ts';
import { deliveryId } from '../../lambdas/domain/delivery-record.ts';
import { parseExactly } from '../../lambdas/domain/exact-json.ts';
import { openPublication } from '../../lambdas/domain/publish-message.ts';
import { answer } from '../answer.ts';
import { openDeployment } from '../deployment.ts';
import { publishWebhook } from '../publish-webhook.ts';
import { RefusedError } from '../refusal.ts';
import type { TargetOptions } from '../target.ts';

interface PublishOptions extends TargetOptions {
  readonly to?: string;
  readonly endpoint?: string;
  readonly data: string;
  readonly dataFile?: string;
  readonly id?: string;
  readonly tenant?: string;
}

/** `hookline publish`: an event to an endpoint, as an app publishes it. */
export function addPublishCommand(program: Command): void {
  program
    .command('publish')
    .description('publish an event: to a tenant, to one of its endpoints, or straight to a URL')
    .argument('<type>', 'e.g. invoice.paid')
    .option('--tenant <tenant>', 'whose event it is: all its subscribed endpoints get it')
    .option('--endpoint <id>', 'only this one, whatever it is subscribed to')
    .option('--to <url>', 'a URL that is not registered')
    .option('--data <json>', 'what the event carries', '{}')
    .option('--data-file <file>', 'the same, from a file')
    .option('--id <id>', 'the same id is one event; a new one without it')
    .action((type: string, _options: unknown, command: Command) => publish(type, command.optsWithGlobals()));
}

async function publish(type: string, options: PublishOptions): Promise<void> {
  const { id, tenant, endpoint, to } = options;
  const event = { type, data: dataOf(options), id, ...addressOf(options) };
  const opened = openPublication({ text: JSON.stringify(event), messageId: 'none' });
  // The function would only say so in the dead-letter queue.
  if (opened.kind === 'unusable') throw new RefusedError(`It cannot be published: ${opened.reason}.`);
  const { publishQueueUrl } = await openDeployment(options);
  const [eventId = ''] = await publishWebhook(sqsClient(patientCalls), publishQueueUrl, [event]);
  const receiver = to === undefined ? endpoint : (endpoint ?? unnamed);
  const delivery = receiver && deliveryId(tenant ?? '', eventId, receiver);
  const next = delivery
    ? `deliveries show ${delivery}`
    : `deliveries list --tenant ${tenant} --endpoint <id>`;
  answer(
    options,
    { id: eventId, deliveryId: delivery },
    `Published ${eventId}. What becomes of it: npx hookline ${next}`,
  );
}

/** What a URL without a name of its own is called. */
const unnamed = 'cli';

/** @throws RefusedError when it is for nobody */
function addressOf({ tenant, endpoint, to }: PublishOptions) {
  if (to !== undefined) return { tenant, endpoint: { id: endpoint ?? unnamed, url: to } };
  if (tenant === undefined)
    throw new RefusedError('Say for whom: --tenant, or --to for a URL that is not registered.');
  return { tenant, ...(endpoint !== undefined && { endpoint: { id: endpoint } }) };
}

function dataOf({ data, dataFile }: PublishOptions): unknown {
  try {
    return parseExactly(dataFile === undefined ? data : readFileSync(dataFile, 'utf8'));
  } catch (error) {
    throw new RefusedError(
      `${dataFile ?? '--data'} is no JSON that can be read: ${error instanceof Error ? error.message : error}`,
    );
  }
}
