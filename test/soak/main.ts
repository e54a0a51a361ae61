import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { SingleBar } from 'cli-progress';
import { type LocalAws, startLocalAws } from '../../local/emulator.ts';
import { argumentsOrExit } from '../../tools/read-options.ts';
import { readSoakArguments } from './arguments.ts';
import { type Sent, sendLoad } from './load.ts';
import { startOutside } from './outside.ts';
import { chart, summary } from './report.ts';
import { functions, growth, type Sample, sample } from './samples.ts';

/** `npm run soak -- --help` says what it does. */
const { minutes, rate } = argumentsOrExit(readSoakArguments);

/** What is accepted ends in this time after the load. */
const patienceMs = 300_000;
/** Memory of a process of V8 is never quite flat. */
const mostGrowth = 1.15;

const stateDir = mkdtempSync(join(tmpdir(), 'hookline-soak-'));
const outside = await startOutside();
const aws = await startLocalAws({
  app: 'test/apps/chaos.ts',
  stateDir,
  strict: false,
  port: 0,
  context: { sink: outside.url },
});
try {
  const samples: Sample[] = [];
  const begun = Date.now();
  const bar = new SingleBar({ format: 'soak {bar} {value}/{total} s', clearOnComplete: true });
  bar.start(minutes * 60, 0);
  const sampling = setInterval(() => {
    const at = Math.round((Date.now() - begun) / 1000);
    samples.push(sample('Chaos', at));
    bar.update(at);
  }, 5000);
  const sent = await sendLoad(aws, outside.url, rate, begun + minutes * 60_000);
  clearInterval(sampling);
  bar.stop();
  const broken = [...(await brokenPromises(sent)), ...grown(samples)];
  for (const text of broken) console.log(text);
  console.log(summary(sent, samples));
  console.log(chart('Memory of the largest process of each function, MB', samples, 'megabytes'));
  console.log(chart('Open files of the same processes', samples, 'files'));
  if (broken.length > 0) process.exitCode = 1;
} finally {
  await aws.stop();
  outside.close();
  rmSync(stateDir, { recursive: true, force: true });
}

async function brokenPromises(sent: Sent): Promise<string[]> {
  const end = Date.now() + patienceMs;
  const left = async () => [
    ...sent.good.filter((id) => !outside.handled.has(id)).map((id) => `${id}: accepted, and not handled`),
    ...sent.deliverable.filter((id) => !outside.delivered.has(id)).map((id) => `${id}: not delivered`),
    ...lettersMissing(await deadLetters(aws), sent.poison.length),
  ];
  let open = await left();
  while (open.length > 0 && Date.now() < end) {
    await pause(2000);
    open = await left();
  }
  const forged = [...outside.handled].filter((id) => id.startsWith('forged'));
  return [
    ...open,
    ...forged.map((id) => `${id}: handled, although its signature is wrong`),
    ...(sent.taken > 0 ? [`${sent.taken} forged requests were answered with 200`] : []),
  ];
}

function lettersMissing(found: number, poison: number): string[] {
  return found >= poison ? [] : [`${found} dead letters of ${poison} poison events`];
}

async function deadLetters({ outputs, clientConfig }: LocalAws): Promise<number> {
  const QueueUrl = outputs.dlqs.inbound['plain'];
  const { Attributes } = await new SQSClient(clientConfig).send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
  );
  return Number(Attributes?.ApproximateNumberOfMessages);
}

function grown(samples: readonly Sample[]): string[] {
  return functions.flatMap((name) =>
    (['megabytes', 'files'] as const)
      .filter((of) => growth(samples, name, of) > mostGrowth)
      .map((of) => `${name}: ${of} grew to ${growth(samples, name, of).toFixed(2)} of the second quarter`),
  );
}
