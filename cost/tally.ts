import { type CountedStep, type PriceName, priceOf } from './data.ts';

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

/** How long what an event leaves behind is kept, in months, and the sizes that AWS counts in. */
const monthsInTable = 35 / 30;
const monthsInBucket = 35 / 30;
const gigabyte = 1024 ** 3;
const queueChunk = 64 * 1024;
const gigabytesOfMemory = 0.5;

/** Requests that a message of this size is billed as. */
export const chunksOf = (bytes: number): number => Math.max(1, Math.ceil(bytes / queueChunk));

/** Adds up what is used. */
export function tally() {
  const used = new Map<PriceName, number>();
  const add = (name: PriceName, quantity: number): void => {
    used.set(name, (used.get(name) ?? 0) + quantity);
  };

  /** Calls that are billed by themselves; DynamoDB's are billed by their units. */
  function calls({ calls: counted }: CountedStep, events: number, messageBytes: number): void {
    const countOf = (isMeant: (call: string) => boolean): number =>
      Object.entries(counted).reduce((sum, [call, count]) => (isMeant(call) ? sum + count : sum), 0);
    const sends = countOf((call) => call.startsWith('sqs.Send'));
    const others = countOf((call) => call.startsWith('sqs.')) - sends;
    const puts = countOf((call) => call === 's3.PUT');
    add('sqsRequest', events * (sends * chunksOf(messageBytes) + others));
    add('s3Put', events * puts);
    add('s3GbMonth', (events * puts * messageBytes * monthsInBucket) / gigabyte);
    add('s3Get', events * countOf((call) => call === 's3.GET'));
  }

  return {
    add,

    /** So many events that take a step, with messages of this size. */
    step(counted: CountedStep, events: number, messageBytes: number): void {
      add('writeUnit', events * (counted.write + counted.indexWrite));
      add('readUnit', events * counted.read);
      add('tableGbMonth', (events * counted.storedBytes * monthsInTable) / gigabyte);
      add('recoveryGbMonth', (events * counted.storedBytes * monthsInTable) / gigabyte);
      add('logGb', (events * counted.lineBytes) / gigabyte);
      calls(counted, events, messageBytes);
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
      Object.entries(services).flatMap(([name, [service, item]]) => {
        const price = name as PriceName;
        const quantity = used.get(price) ?? 0;
        return quantity === 0 ? [] : [{ service, item, price, quantity, usd: priceOf(price, quantity) }];
      }),
  };
}

export type Tally = ReturnType<typeof tally>;

/** USD of some lines. */
export const sumOf = (lines: readonly BillLine[]): number => lines.reduce((sum, { usd }) => sum + usd, 0);
