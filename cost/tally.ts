import { type CountedStep, type PriceName, priceOf } from './data.ts';
import { gigabyte, memoryMb } from './rates.ts';

/** One line of the bill. */
export interface BillLine {
  readonly service: string;
  readonly item: string;
  readonly price: PriceName;
  readonly quantity: number;
  readonly usd: number;
}

const services: Readonly<Record<PriceName, readonly [service: string, item: string]>> = {
  apiRequest: ['API Gateway', 'requests'],
  lambdaRequest: ['Lambda', 'invocations'],
  lambdaGbSecond: ['Lambda', 'GB-seconds'],
  sqsRequest: ['SQS', 'requests'],
  sqsFairRequest: ['SQS', 'requests with a message group'],
  snsPublish: ['SNS', 'publishes'],
  writeUnit: ['DynamoDB', 'write units'],
  readUnit: ['DynamoDB', 'read units'],
  tableGbMonth: ['DynamoDB', 'GB-months stored'],
  recoveryGbMonth: ['DynamoDB', 'GB-months recoverable'],
  s3Put: ['S3', 'PUT'],
  s3Get: ['S3', 'GET'],
  s3GbMonth: ['S3', 'GB-months stored'],
  secretMonth: ['Secrets Manager', 'secrets'],
  secretCall: ['Secrets Manager', 'calls'],
  logGb: ['CloudWatch', 'GB of logs'],
  metricMonth: ['CloudWatch', 'custom metrics'],
  alarmMonth: ['CloudWatch', 'alarms'],
  dashboardMonth: ['CloudWatch', 'dashboards'],
  kmsCall: ['KMS', 'calls'],
  transferGb: ['Data transfer', 'GB out'],
  scheduledCall: ['Scheduler', 'invocations'],
};

/**
 * Days for which the data of an event is kept: received ones in the table; sent ones, which stay a day longer than the records
 * of their deliveries; and in the bucket by kind.
 */
export const keptDays = { received: 35, sent: 31, inbound: 35, outbound: 100 } as const;
const daysOfMonth = 30;
const queueChunk = 64 * 1024;
const megabytesOfGigabyte = 1024;

/** The number of requests that a message of this size is billed as. */
export const chunksOf = (bytes: number): number => Math.max(1, Math.ceil(bytes / queueChunk));

/** The sizes of an event at a step. */
export interface Sizes {
  /** Bytes of its message in a queue. */
  readonly message: number;
  /** Bytes of its body, which may be in the bucket instead. */
  readonly body: number;
}

const isPriceName = (name: string): name is PriceName => name in services;

/** Adds up the usage. @param flow decides how long objects stay in the bucket */
export function tally(flow: 'inbound' | 'outbound' = 'inbound') {
  const used = new Map<PriceName, number>();
  const add = (name: PriceName, quantity: number): void => {
    used.set(name, (used.get(name) ?? 0) + quantity);
  };

  /** Calls that are billed one by one; DynamoDB's are billed by their units. */
  function calls({ calls: counted }: CountedStep, events: number, { message, body }: Sizes): void {
    const countOf = (isMeant: (call: string) => boolean): number =>
      Object.entries(counted).reduce((sum, [call, count]) => (isMeant(call) ? sum + count : sum), 0);
    const sends = countOf((call) => call.startsWith('sqs.Send'));
    const others = countOf((call) => call.startsWith('sqs.')) - sends;
    const puts = countOf((call) => call === 's3.PUT');
    const months = keptDays[flow] / daysOfMonth;
    add('sqsRequest', events * (sends * chunksOf(message) + others));
    add('snsPublish', events * countOf((call) => call === 'sns.Publish'));
    add('s3Put', events * puts);
    add('s3GbMonth', (events * puts * body * months) / gigabyte);
    add('s3Get', events * countOf((call) => call === 's3.GET'));
  }

  function stored({ storedBytes, indexStoredBytes }: CountedStep, events: number): void {
    const days = flow === 'inbound' ? keptDays.received : keptDays.sent;
    const kept = (events * days) / daysOfMonth / gigabyte;
    add('tableGbMonth', (storedBytes + indexStoredBytes) * kept);
    // Indexes have no backup, since a restore builds them again.
    add('recoveryGbMonth', storedBytes * kept);
  }

  return {
    add,

    /** Adds a number of events of one size that take a step, and what it stores. */
    step(counted: CountedStep, events: number, sizes: Sizes): void {
      add('writeUnit', events * (counted.write + counted.indexWrite));
      add('readUnit', events * counted.read);
      stored(counted, events);
      add('logGb', (events * counted.lineBytes) / gigabyte);
      calls(counted, events, sizes);
    },

    /** Adds a number of invocations of a duration, each with the lines of its metrics and of Lambda. */
    invocations(
      count: number,
      milliseconds: number,
      lineBytes: number,
      megabytes: number = memoryMb.usual,
    ): void {
      add('lambdaRequest', count);
      add('lambdaGbSecond', (count * milliseconds * megabytes) / megabytesOfGigabyte / 1000);
      add('logGb', (count * lineBytes) / gigabyte);
    },

    /** Adds the calls of an event source mapping for an invocation: one receive and one delete of the whole batch. */
    mapping(invocations: number, batchBytes: number): void {
      add('sqsRequest', invocations * (chunksOf(batchBytes) + 1));
    },

    lines: (): BillLine[] => linesOf(used),
  };
}

const linesOf = (used: ReadonlyMap<PriceName, number>): BillLine[] =>
  Object.keys(services)
    .filter(isPriceName)
    .flatMap((price) => {
      const [service, item] = services[price];
      const quantity = used.get(price) ?? 0;
      return quantity <= 0 ? [] : [{ service, item, price, quantity, usd: priceOf(price, quantity) }];
    });

export type Tally = ReturnType<typeof tally>;

/** Sums lines in USD. */
export const sumOf = (lines: readonly BillLine[]): number => lines.reduce((sum, { usd }) => sum + usd, 0);
