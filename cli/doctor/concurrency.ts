import {
  type EventSourceMappingConfiguration,
  GetAccountSettingsCommand,
  type LambdaClient,
} from '@aws-sdk/client-lambda';
import type { Deployment } from '../stack/deployment.ts';
import { counted } from '../terminal/table.ts';
import type { Finding } from './finding.ts';
import { workQueueNames } from './queue-mappings.ts';

/** The number of functions that may run at once for the queues of a stack. */
export interface AskedConcurrency {
  readonly total: number;
  readonly inWords: string;
}

/** Below this limit, a flood of one source starves the others. */
const enoughConcurrency = 100;
/** The limit of new accounts. */
const ofNewAccounts = 10;
/** The limit that AWS usually grants. */
const usualConcurrency = 1_000;

/** Sums up the bounds of a deployed stack's event source mappings. */
export function askedByStack(
  mappings: readonly EventSourceMappingConfiguration[],
  deployment: Deployment,
): AskedConcurrency {
  const bounds = mappings.flatMap(({ ScalingConfig }) => ScalingConfig?.MaximumConcurrency ?? []);
  const total = bounds.reduce((sum, bound) => sum + bound, 0);
  const queues = workQueueNames(deployment).size;
  return {
    total,
    inWords: `its ${counted(queues, 'queue')} may start ${total} (the sum of every maxConcurrency)`,
  };
}

/** Sums up the defaults of a stack that is not deployed yet. */
export async function askedByDefault(): Promise<AskedConcurrency> {
  const { sourceDefaults, outboundDefaults, sidelineConcurrency } = await import('../../lib/settings.ts');
  const each = sourceDefaults.maxConcurrency;
  const { maxConcurrency, publishMaxConcurrency: publish } = outboundDefaults;
  const deliver = maxConcurrency + sidelineConcurrency(maxConcurrency);
  const sources = 3;
  const total = sources * each + publish + deliver;
  const inWords = `the queues of a stack with ${sources} sources may start ${total} (${each} a source, ${publish} to publish, ${deliver} to deliver)`;
  return { total, inWords };
}

/** Checks that the account's limit covers all functions that the queues may start, and a flood at one source. */
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
      detail: isNew ? `${detail}: while they run, webhooks are throttled and get a 503` : detail,
      advice: `${isNew ? 'Ask for more before you deploy' : 'Ask for more'}: the quota “Concurrent executions” of AWS Lambda, L-B99A9384. Until you have it, lower maxConcurrency of the sources and of outbound, and publishMaxConcurrency.`,
      awsCommand: `service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value ${Math.max(usualConcurrency, asked.total)}`,
    },
  ];
}
