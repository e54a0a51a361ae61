import { type CountedStep, type PriceName, priceOf } from './data.ts';
import { gigabyte } from './rates.ts';

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

/** Days that what an event leaves behind is kept: in the tables, and in the bucket by what it is of. */
export const keptDays = { table: 35, inbound: 35, outbound: 100 } as const;
const daysOfMonth = 30;
const queueChunk = 64 * 1024;
const gigabytesOfMemory = 0.5;

/** Requests that a message of this size is billed as. */
export const chunksOf = (bytes: number): number => Math.max(1, Math.ceil(bytes / queueChunk));

/** How large an event is at a step. */
export interface Sizes {
  /** Bytes of its message in a queue. */
  readonly message: number;
  /** Bytes of its body, which may be in the bucket instead. */
  readonly body: number;
}

const isPriceName = (name: string): name is PriceName => name in services;

/** Adds up what is used. @param flow whose objects lie in the bucket for as long as it says */
export function tally(flow: 'inbound' | 'outbound' = 'inbound') {
  const used = new Map<PriceName, number>();
  const add = (name: PriceName, quantity: number): void => {
    used.set(name, (used.get(name) ?? 0) + quantity);
  };

  /** Calls that are billed by themselves; DynamoDB's are billed by their units. */
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

  return {
    add,

    /** So many events of a size that take a step. */
    step(counted: CountedStep, events: number, sizes: Sizes): void {
      const { storedBytes, indexStoredBytes } = counted;
      const months = keptDays.table / daysOfMonth;
      add('writeUnit', events * (counted.write + counted.indexWrite));
      add('readUnit', events * counted.read);
      add('tableGbMonth', (events * (storedBytes + indexStoredBytes) * months) / gigabyte);
      // Indexes have no backup: a restore builds them again.
      add('recoveryGbMonth', (events * storedBytes * months) / gigabyte);
      add('logGb', (events * counted.lineBytes) / gigabyte);
      calls(counted, events, sizes);
    },

    /** So many invocations of so many milliseconds, each with the lines of its metrics and of Lambda. */
    invocations(count: number, milliseconds: number, lineBytes: number): void {
      add('lambdaRequest', count);
      add('lambdaGbSecond', (count * milliseconds * gigabytesOfMemory) / 1000);
      add('logGb', (count * lineBytes) / gigabyte);
    },

    /** What an event source mapping does for an invocation: one receive, one delete, each of the whole batch. */
    mapping(invocations: number, batchBytes: number): void {
      add('sqsRequest', invocations * (chunksOf(batchBytes) + 1));
    },

    lines: (): BillLine[] =>
      Object.keys(services)
        .filter(isPriceName)
        .flatMap((price) => {
          const [service, item] = services[price];
          const quantity = used.get(price) ?? 0;
          return quantity <= 0 ? [] : [{ service, item, price, quantity, usd: priceOf(price, quantity) }];
        }),
  };
}

export type Tally = ReturnType<typeof tally>;

/** USD of some lines. */
export const sumOf = (lines: readonly BillLine[]): number => lines.reduce((sum, { usd }) => sum + usd, 0);
