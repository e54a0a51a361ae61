import { addressOf, isAddressed } from '../stack/address.ts';
import type { Deployment } from '../stack/deployment.ts';
import { RefusedError } from '../terminal/errors.ts';
import type { DlqKind } from './dead-letter.ts';

/** One dead-letter queue of a deployment. */
export interface Dlq {
  /** Its unique name on the command line. */
  readonly name: string;
  readonly kind: DlqKind;
  readonly url: string;
  /** The queue that SQS moves messages from; the subscription has none. */
  readonly workQueueUrl?: string;
  /** Its dead letters are failures of endpoints and not of the stack. */
  readonly isOfEndpoints?: boolean;
  /** Set when sources share the queue: only the dead letters of this source are meant. */
  readonly source?: string;
}

/**
 * Finds the DLQ of a name: `publish`, `subscription`, `delivery`, `undelivered` or a source; without a name, all.
 *
 * If a source has one of these names, both are written with their owner: `stack:publish` and `source:publish`.
 *
 * @throws RefusedError listing the known names, also when the name may mean two queues
 */
export function dlqsNamed(deployment: Deployment, words?: string): readonly Dlq[] {
  const { shared, ofSources } = inboundDlqs(deployment);
  const ofStack = [...outboundDlqs(deployment), ...shared];
  const all = [...addressed('stack', ofStack, ofSources), ...addressed('source', ofSources, ofStack)];
  if (words === undefined) return all.filter(({ source }) => source === undefined);
  const isMeant = (owner: 'stack' | 'source') => (dlq: Dlq) => isAddressed(words, owner, dlq.name);
  const meant = [
    ...addressed('stack', ofStack.filter(isMeant('stack')), ofSources),
    ...addressed('source', ofSources.filter(isMeant('source')), ofStack),
  ];
  if (meant.length === 1) return meant;
  const names = (dlqs: readonly Dlq[]): string => [...new Set(dlqs.map(({ name }) => name))].join(', ');
  throw new RefusedError(
    meant.length > 1
      ? `'${words}' is a queue of the stack and a source: write ${meant.map(({ name }) => name).join(' or ')}.`
      : `The stack has no dead-letter queue '${words}'; it has ${names(all)}.`,
  );
}

const addressed = (owner: 'stack' | 'source', dlqs: readonly Dlq[], others: readonly Dlq[]): Dlq[] =>
  dlqs.map((dlq) => {
    const names = others.map(({ name }) => name);
    return { ...dlq, name: addressOf(owner, dlq.name, names) };
  });

const outboundDlqs = ({ outbound }: Deployment): readonly Dlq[] =>
  outbound === undefined ? [] : dlqsOf(outbound);

const dlqsOf = (outbound: NonNullable<Deployment['outbound']>): readonly Dlq[] => [
  {
    name: 'publish',
    kind: 'publish',
    url: outbound.publishDlqUrl,
    workQueueUrl: outbound.publishQueueUrl,
  },
  { name: 'subscription', kind: 'subscription', url: outbound.subscriptionDlqUrl },
  {
    name: 'delivery',
    kind: 'delivery',
    url: outbound.deliveryDlqUrl,
    workQueueUrl: outbound.deliveryQueueUrl,
  },
  { name: 'undelivered', kind: 'delivery', url: outbound.undeliveredQueueUrl, isOfEndpoints: true },
];

/** The DLQs of the sources; a shared one is listed as `inbound`, and once for each source. */
function inboundDlqs(deployment: Deployment) {
  const sources = Object.values(deployment.sources);
  const isShared = new Set(sources.map(({ dlqUrl }) => dlqUrl)).size < sources.length;
  const ofSources = sources.map(({ name, dlqUrl, queueUrl }): Dlq => {
    const dlq = { name, kind: 'inbound', url: dlqUrl, workQueueUrl: queueUrl } as const;
    return isShared ? { ...dlq, source: name } : dlq;
  });
  const shared = isShared ? ofSources.slice(0, 1) : [];
  return { shared: shared.map((dlq): Dlq => ({ ...dlq, name: 'inbound', source: undefined })), ofSources };
}
