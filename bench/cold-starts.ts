import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { assetOf } from '../test/lib/support/assets.ts';
import { synth } from '../test/lib/support/synth.ts';
import { median } from './cpu-time.ts';
import { startEmptyAws } from './empty-aws.ts';
import { firstEvents } from './first-events.ts';

/** The cold start of one function: medians of fresh processes. */
export interface ColdStart {
  readonly name: string;
  readonly kilobytes: number;
  /** From the start of the process until the bundle is loaded. */
  readonly loadedMs: number;
  /** From the start of the process until the first event is handled. */
  readonly answeredMs: number;
  /** Of the process, until the first event is handled. */
  readonly cpuMs: number;
  readonly megabytes: number;
}

const run = promisify(execFile);

/** Handles one event in a process of its own, and prints the times since the process was started. */
const child = `
const { handler } = await import(process.env.BUNDLE);
const loadedMs = performance.now();
await handler(JSON.parse(process.env.EVENT), { awsRequestId: 'r', getRemainingTimeInMillis: () => 60_000 });
const answeredMs = performance.now();
const { user, system } = process.cpuUsage();
const megabytes = process.memoryUsage.rss() / 2 ** 20;
process.stdout.write('\\n' + JSON.stringify({ loadedMs, answeredMs, cpuMs: (user + system) / 1000, megabytes }));
process.exit(0);`;
const Times = v.object({
  loadedMs: v.number(),
  answeredMs: v.number(),
  cpuMs: v.number(),
  megabytes: v.number(),
});

/** Starts each function and an empty one `rounds` times in turn, beside an AWS that answers at once. */
export async function measureColdStarts(rounds: number): Promise<readonly ColdStart[]> {
  const aws = await startEmptyAws();
  const empty = mkdtempSync(join(tmpdir(), 'hookline-empty-'));
  writeFileSync(join(empty, 'empty.mjs'), 'export const handler = async () => undefined;');
  const app = synth();
  const bundles = [
    { name: 'empty', directory: empty, event: {} },
    ...Object.entries(firstEvents()).map(([name, { lambda, event }]) => {
      const { directory } = assetOf(app, lambda);
      return { name, directory, event };
    }),
  ];
  const measured = new Map<string, v.InferOutput<typeof Times>[]>(bundles.map(({ name }) => [name, []]));
  // The first round fills the disk's cache.
  for (let round = 0; round <= rounds; round++)
    for (const { name, directory, event } of bundles) {
      const times = await startOnce(join(directory, `${name}.mjs`), event, aws.url);
      if (round > 0) measured.get(name)?.push(times);
    }
  aws.stop();
  const found = bundles.map(({ name, directory }) => {
    const times = measured.get(name) ?? [];
    return {
      name,
      kilobytes: kilobytesOf(directory),
      loadedMs: median(times.map(({ loadedMs }) => loadedMs)),
      answeredMs: median(times.map(({ answeredMs }) => answeredMs)),
      cpuMs: median(times.map(({ cpuMs }) => cpuMs)),
      megabytes: median(times.map(({ megabytes }) => megabytes)),
    };
  });
  rmSync(empty, { recursive: true });
  return found;
}

async function startOnce(bundle: string, event: object, aws: string) {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', child], {
    env: { ...environment(aws), BUNDLE: `file://${bundle}`, EVENT: JSON.stringify(event) },
  });
  return v.parse(Times, JSON.parse(stdout.split('\n').at(-1) ?? ''));
}

const kilobytesOf = (directory: string): number =>
  readdirSync(directory)
    .filter((file) => file.endsWith('.mjs'))
    .reduce((sum, file) => sum + statSync(join(directory, file)).size / 1024, 0);

/** All variables of all functions; a queue's URL is the server's, and any other value is a name. */
const environment = (aws: string): Record<string, string> => ({
  AWS_ENDPOINT_URL: aws,
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  POWERTOOLS_METRICS_NAMESPACE: 'bench',
  SOURCE: 'stripe',
  SECRET_ARN_PREFIX: 'arn:',
  SECRET_IDS: 'stripe',
  INBOUND_QUEUES: '{}',
  ...Object.fromEntries(
    [
      'QUEUE',
      'DLQ',
      'DELIVERY_QUEUE',
      'DELIVERY_DLQ',
      'UNDELIVERED_QUEUE',
      'PUBLISH_QUEUE',
      'PUBLISH_DLQ',
      'SIDELINE_QUEUE',
    ].map((name) => [`${name}_URL`, `${aws}/1/${name}`]),
  ),
  ...Object.fromEntries(
    [
      'INBOUND_EVENTS_TABLE',
      'OUTBOUND_EVENTS_TABLE',
      'DELIVERIES_TABLE',
      'ENDPOINTS_TABLE',
      'PAYLOAD_BUCKET',
      'TAP_QUEUE_PREFIX',
      'SIGNING_SECRET',
      'MASTER_SECRET',
      'OPERATIONS_TOPIC_ARN',
      'DEAD_LETTER_QUEUES',
    ].map((name) => [name, name]),
  ),
});
