import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { patientCalls } from '../../lambdas/adapters/aws/call-bounds.ts';
import { sqsClient } from '../../lambdas/adapters/aws/sqs-client.ts';
import { deliveryId } from '../../lambdas/domain/delivery-record.ts';
import { openPublication } from '../../lambdas/domain/publish-message.ts';
import { openDeployment } from '../deployment.ts';
import { publishWebhook } from '../publish-webhook.ts';
import { RefusedError } from '../refusal.ts';
import type { TargetOptions } from '../target.ts';

interface PublishOptions extends TargetOptions {
  readonly to: string;
  readonly endpoint: string;
  readonly data: string;
  readonly dataFile?: string;
  readonly id?: string;
  readonly tenant?: string;
}

/** `hookline publish`: an event to an endpoint, as an app publishes it. */
export function addPublishCommand(program: Command): void {
  program
    .command('publish')
    .description('publish an event to an endpoint')
    .argument('<type>', 'e.g. invoice.paid')
    .requiredOption('--to <url>', 'the endpoint’s URL')
    .option('--endpoint <id>', 'the endpoint’s id', 'cli')
    .option('--data <json>', 'what the event carries', '{}')
    .option('--data-file <file>', 'the same, from a file')
    .option('--id <id>', 'the same id is one event; a new one without it')
    .option('--tenant <tenant>', 'whose event it is')
    .action((type: string, _options: unknown, command: Command) => publish(type, command.optsWithGlobals()));
}

async function publish(type: string, options: PublishOptions): Promise<void> {
  const { id, tenant, endpoint, to } = options;
  const event = { type, data: dataOf(options), id, tenant, endpoint: { id: endpoint, url: to } };
  const opened = openPublication({ text: JSON.stringify(event), messageId: 'none' });
  // The function would only say so in the dead-letter queue.
  if (opened.kind === 'unusable') throw new RefusedError(`It cannot be published: ${opened.reason}.`);
  const { publishQueueUrl } = await openDeployment(options);
  const [eventId = ''] = await publishWebhook(sqsClient(patientCalls), publishQueueUrl, [event]);
  const delivery = deliveryId(tenant ?? '', eventId, endpoint);
  console.log(`Published ${eventId}. What becomes of it: npx hookline deliveries show ${delivery}`);
}

function dataOf({ data, dataFile }: PublishOptions): unknown {
  try {
    return JSON.parse(dataFile === undefined ? data : readFileSync(dataFile, 'utf8'));
  } catch (error) {
    throw new RefusedError(
      `${dataFile ?? '--data'} is no JSON that can be read: ${error instanceof Error ? error.message : error}`,
    );
  }
}
