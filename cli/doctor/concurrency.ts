import {
  GetAccountSettingsCommand,
  type LambdaClient,
  paginateListEventSourceMappings,
} from '@aws-sdk/client-lambda';
import type { Deployment } from '../stack/deployment.ts';
import { counted } from '../terminal/table.ts';
import type { Finding } from './finding.ts';

/** Functions that may run at once for the queues of a stack, and how many that is for each. */
export interface AskedConcurrency {
  readonly total: number;
  readonly inWords: string;
}

/** Functions that the account cannot run at once are throttled; below this a flood at one source starves the others. */
const enoughConcurrency = 100;
/** What new accounts may have. */
const ofNewAccounts = 10;
/** What AWS gives to an account that asks. */
const usualConcurrency = 1_000;

/** Of a stack that is deployed: by its event source mappings. */
export async function askedByStack(client: LambdaClient, deployment: Deployment): Promise<AskedConcurrency> {
  const { sources, publishQueueUrl, deliveryQueueUrl } = deployment;
  const urls = [publishQueueUrl, deliveryQueueUrl, ...Object.values(sources).map(({ queueUrl }) => queueUrl)];
  const names = new Set(urls.map((url) => url.slice(url.lastIndexOf('/') + 1)));
  const bounds: number[] = [];
  for await (const { EventSourceMappings = [] } of paginateListEventSourceMappings({ client }, {})) {
    const own = EventSourceMappings.filter(({ EventSourceArn = '' }) =>
      names.has(EventSourceArn.split(':').at(-1) ?? ''),
    );
    bounds.push(...own.flatMap(({ ScalingConfig }) => ScalingConfig?.MaximumConcurrency ?? []));
  }
  const total = bounds.reduce((sum, bound) => sum + bound, 0);
  return {
    total,
    inWords: `its ${counted(names.size, 'queue')} may start ${total} (the sum of every maxConcurrency)`,
  };
}

/** Of the app as it comes, before it is deployed. */
export async function askedByDefault(): Promise<AskedConcurrency> {
  const { sourceDefaults, outboundDefaults } = await import('../../lib/settings.ts');
  const each = sourceDefaults.maxConcurrency;
  const { maxConcurrency: deliver, publishMaxConcurrency: publish } = outboundDefaults;
  const sources = 3;
  const total = sources * each + publish + deliver;
  const inWords = `the queues of a stack with ${sources} sources may start ${total} (${each} a source, ${publish} to publish, ${deliver} to deliver)`;
  return { total, inWords };
}

/** The account's limit leaves room for all that the queues may start, and for a flood at one source. */
export async function checkConcurrency(client: LambdaClient, asked: AskedConcurrency): Promise<Finding[]> {
  const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}));
  const limit = AccountLimit?.UnreservedConcurrentExecutions ?? AccountLimit?.ConcurrentExecutions ?? 0;
  const ok = limit >= Math.max(enoughConcurrency, asked.total);
  const detail = `${counted(limit, 'function')} may run at once in this account and region; ${asked.inWords}`;
  if (ok) return [{ check: 'concurrency', ok, detail }];
  const isNew = (AccountLimit?.ConcurrentExecutions ?? limit) <= ofNewAccounts;
  return [
    {
      check: 'concurrency',
      ok,
      detail: isNew ? `${detail}: what comes in is throttled, and answered 503, while they run` : detail,
      advice: `${isNew ? 'Ask for more before you deploy' : 'Ask for more'}: the quota “Concurrent executions” of AWS Lambda, L-B99A9384. Until you have it, lower maxConcurrency of the sources and of outbound, and publishMaxConcurrency.`,
      awsCommand: `service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value ${Math.max(usualConcurrency, asked.total)}`,
    },
  ];
}
