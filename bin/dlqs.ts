import type { DlqKind } from './dead-letters.ts';
import type { Deployment } from './deployment.ts';
import { RefusedError } from './refusal.ts';

/** One dead-letter queue of a deployment. */
export interface Dlq {
  /** What the command line calls it. */
  readonly name: string;
  readonly kind: DlqKind;
  readonly url: string;
  /** The queue from which SQS moves messages there; the subscription has none. */
  readonly workQueueUrl?: string;
  /** What is in it is the fault of endpoints: nothing of the stack is to be mended. */
  readonly isOfEndpoints?: boolean;
  /** Sources may share a queue: then only the dead letters of this one are meant. */
  readonly source?: string;
}

/**
 * The DLQs that are meant by a name: `publish`, `subscription`, `delivery`, `undelivered` or a source's; all without one.
 *
 * @throws RefusedError listing the names that there are
 */
export function dlqsNamed(deployment: Deployment, name?: string): readonly Dlq[] {
  const inbound = inboundDlqs(deployment);
  const all = [...outboundDlqs(deployment), ...inbound.filter(({ source }) => source === undefined)];
  if (name === undefined) return all;
  const named = [...all, ...inbound].filter((dlq) => dlq.name === name);
  if (named[0]) return [named[0]];
  const known = [...new Set([...all, ...inbound].map((dlq) => dlq.name))];
  throw new RefusedError(`There is no dead-letter queue '${name}'; this stack has ${known.join(', ')}.`);
}

const outboundDlqs = (deployment: Deployment): readonly Dlq[] => [
  {
    name: 'publish',
    kind: 'publish',
    url: deployment.publishDlqUrl,
    workQueueUrl: deployment.publishQueueUrl,
  },
  { name: 'subscription', kind: 'subscription', url: deployment.subscriptionDlqUrl },
  {
    name: 'delivery',
    kind: 'delivery',
    url: deployment.deliveryDlqUrl,
    workQueueUrl: deployment.deliveryQueueUrl,
  },
  { name: 'undelivered', kind: 'delivery', url: deployment.undeliveredQueueUrl, isOfEndpoints: true },
];

/** Those of the sources; where they share one, it is there as `inbound`, and once for each source. */
function inboundDlqs(deployment: Deployment): readonly Dlq[] {
  const sources = Object.values(deployment.sources);
  const isShared = new Set(sources.map(({ dlqUrl }) => dlqUrl)).size < sources.length;
  const ofSources = sources.map(({ name, dlqUrl, queueUrl }): Dlq => {
    const dlq = { name, kind: 'inbound', url: dlqUrl, workQueueUrl: queueUrl } as const;
    return isShared ? { ...dlq, source: name } : dlq;
  });
  const [first] = ofSources;
  return isShared && first ? [{ ...first, name: 'inbound', source: undefined }, ...ofSources] : ofSources;
}
