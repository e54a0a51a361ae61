import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CountedStep } from '../../cost/data.ts';
import { startEndpoint } from '../flows/support/endpoint.ts';
import { hasPython } from '../support/local-python.ts';
import { type Counted, type CountedStack, countedStack } from './support/counted-stack.ts';
import { inboundTraffic, outboundTraffic } from './support/traffic.ts';

const file = join(import.meta.dirname, '../../cost/calls.json');
/** `UPDATE_COSTS=1 npx vitest run test/cost/calls.test.ts` writes the file. */
const isUpdate = process.env['UPDATE_COSTS'] === '1';
const about =
  'Counted by test/cost/calls.test.ts on the local AWS: calls and units for each event, bytes of log lines.';
/** Bytes of a body, around the limits at which a record takes one more unit, or the bucket. */
const sizes = [500, 1000, 2000, 3000, 4000, 6000, 8000, 16_000, 40_000];
/** More than a message of the queue holds. */
const inBucket = 300_000;
/** Lines have times and ids of various lengths. */
const linesDiffer = 0.05;

const handled = 'payment_intent.succeeded';
const unhandled = 'charge.updated';

interface Calls {
  readonly requestHeadBytes: number;
  /** Bytes around the data in the body that is sent. */
  readonly requestEnvelopeBytes: number;
  readonly lines: Readonly<Record<string, number>>;
  readonly steps: Readonly<Record<string, CountedStep>>;
}

const isPossible = await hasPython();
if (!isPossible) console.warn('No Python 3.10 or newer here: the calls of an event are not counted.');
const minute = 60_000;

// On an AWS for this file alone, so it runs beside the flows.
describe.runIf(isPossible)('What an event calls, as cost/calls.json has it', { timeout: 3 * minute }, () => {
  let stack: CountedStack;
  const steps: Record<string, CountedStep> = {};
  let requestHeadBytes = 0;
  let requestEnvelopeBytes = 0;
  /** The longest of each kind. */
  const longest: Record<string, number> = {};
  const calls: Calls = JSON.parse(readFileSync(file, 'utf8'));
  const pinned = calls.steps;

  /** Compares a step with what the model counts on. */
  function check(name: string, events: number, counted: Counted): void {
    const step = perEvent(events, counted);
    checkLines(counted.lines);
    steps[name] = step;
    if (isUpdate) return;
    const { lineBytes, metricBytes } = step;
    const counts = countsOf(step);
    const expected = countsOf(pinned[name]);
    // Concurrent attempts wait for each other's limits, and those of a failing endpoint depend on the time.
    if (events === 1 && !/^(?:failed|tried again|given up)/.test(name)) {
      // Ids are random, so a compressed item may be a byte larger, and then be rounded to the next step.
      const { storedBytes } = expected;
      expect(Math.abs(counts.storedBytes - storedBytes), `${name}: stored bytes`).toBeLessThanOrEqual(100);
      expect({ [name]: { ...counts, storedBytes } }).toEqual({ [name]: expected });
    } else
      expect(Math.abs(counts.write - expected.write), `${name}: write units`).toBeLessThan(
        events === 1 ? 1.5 : 1,
      );
    // Of a batch, a write may miss the call that gathers the others, and be made by a call of its own.
    const [kinds, known] = [Object.keys(counts.calls), Object.keys(expected.calls)];
    expect(kinds, name).toEqual(events === 1 ? known : known.filter((kind) => kinds.includes(kind)));
    expect(lineBytes, `${name}: ${JSON.stringify(counted.lines)}`).toBeLessThanOrEqual(
      (pinned[name]?.lineBytes ?? 0) * (1 + linesDiffer),
    );
    expect(metricBytes).toBeLessThanOrEqual((pinned[name]?.metricBytes ?? 0) * (1 + linesDiffer));
  }

  /** A line may not grow beyond its budget. */
  function checkLines(lines: Counted['lines']): void {
    for (const [name, sizesOfLines] of Object.entries(lines)) {
      longest[name] = Math.max(longest[name] ?? 0, ...sizesOfLines);
      if (isUpdate) continue;
      const budget = calls.lines[name] ?? 0;
      expect(longest[name], `${name}: bytes`).toBeLessThanOrEqual(budget * (1 + linesDiffer));
    }
  }

  beforeAll(async () => {
    stack = await countedStack();
  }, 3 * minute);
  afterAll(async () => {
    await stack.stop();
    if (isUpdate)
      writeFileSync(
        file,
        `${JSON.stringify({ about, requestHeadBytes, requestEnvelopeBytes, lines: longest, steps }, undefined, 2)}\n`,
      );
  });

  it('the calls of an inbound event are those in cost/calls.json: accepted, refused, handled, a duplicate, without a handler', async () => {
    const { post, take, batch, consume } = inboundTraffic(stack);
    // The first of each reads secrets and opens connections.
    await consume(await batch(handled, 1, 1000));

    check('receive', 1, await stack.counted(() => post(handled, 1000)));
    // A secret is read again once in two seconds, for any number of forged requests.
    await post(handled, 1000, 'forged');
    const refused = await stack.counted(() => post(handled, 1000, 'forged'));
    // The secret is read again after two seconds, which a busy machine may take; the model adds these reads by itself.
    const { 'secretsmanager.GetSecretValue': _, ...calls } = refused.calls;
    check('refused', 1, { ...refused, calls });
    check('handled', 1, await consume(await take(1)));
    const ten = await batch(handled, 10, 1000);
    check('handled, batch', 10, await consume(ten));
    check('duplicate, batch', 10, await consume(ten));
    check('ignored, batch', 10, await consume(await batch(unhandled, 10, 1000)));
    for (const bytes of sizes)
      check(`ignored, ${bytes} B`, 1, await consume(await batch(unhandled, 1, bytes)));
    check('receive, in the bucket', 1, await stack.counted(() => post(handled, inBucket)));
    check('handled, in the bucket', 1, await consume(await take(1)));
    check('ignored, in the bucket', 1, await consume(await batch(unhandled, 1, inBucket)));
  });

  it('the calls of an outbound event are those in cost/calls.json: published, delivered, failed and retried, to many', async () => {
    let failures = 0;
    using endpoint = await startEndpoint((response, _nth, request) => {
      const fails = request.url?.endsWith('/flaky') && failures++ === 0;
      response.writeHead(fails ? 503 : 200).end();
    });
    const { register, publish, deliver } = outboundTraffic(stack, endpoint.url);
    await register('acme');
    await register('flaky');
    await register('wide', 10);
    // The first success of an endpoint clears what its registration left open.
    await publish('acme', 1, 1000);
    await deliver(1);

    for (const bytes of sizes) {
      check(`published, ${bytes} B`, 1, await publish('acme', 1, bytes));
      check(`delivered, ${bytes} B`, 1, await deliver(1));
    }
    requestHeadBytes = Math.max(...endpoint.requests.map(({ headers }) => JSON.stringify(headers).length));
    requestEnvelopeBytes = Math.max(
      ...endpoint.requests.map(
        ({ body }) => Buffer.byteLength(body) - Buffer.byteLength(JSON.stringify(JSON.parse(body).data)),
      ),
    );
    if (!isUpdate)
      expect(requestEnvelopeBytes).toBeLessThanOrEqual(calls.requestEnvelopeBytes * (1 + linesDiffer));
    if (!isUpdate) expect(requestHeadBytes).toBeLessThanOrEqual(calls.requestHeadBytes * (1 + linesDiffer));
    check('published, batch', 10, await publish('acme', 10, 1000));
    check('delivered, batch', 10, await deliver(10));
    await publish('flaky', 1, 1000);
    check('failed', 1, await deliver(1));
    check('tried again', 1, await deliver(1));
    check('fanned out to 10', 1, await publish('wide', 1, 1000));
    // Their tasks must not mix with those of the next test.
    await deliver(10);
  });

  it('the calls of an idle sweep are those in cost/calls.json', async () => {
    // The first sweep counts all endpoints, once.
    await sweep(stack);
    check('sweep', 1, await sweep(stack));
  });

  it('the calls of a failed delivery, and of the sweep that notifies operators, are those in cost/calls.json', async () => {
    using endpoint = await startEndpoint((response) => {
      response.writeHead(503).end();
    });
    const { register, publish, deliver } = outboundTraffic(stack, endpoint.url);
    // The breaker opens after five failures, which is when this endpoint is given up.
    await register('gone', 1, { retryDelays: [1, 1, 1, 1] });
    await publish('gone', 1, 1000);
    for (let nth = 1; nth <= 3; nth++) await deliver(1);

    check('failed, a later time', 1, await deliver(1));
    check('given up', 1, await deliver(1));
    check('sweep, with one to notify', 1, await sweep(stack));
  });
});

/** Counts a sweep that reads no queues for CloudWatch, which is twice an hour: see keep-measured.ts. */
async function sweep(stack: CountedStack): Promise<Counted> {
  const readEvery = 30 * minute;
  // Too near its end, the sweep could start in the minute of the reads.
  const untilRead = readEvery - (Date.now() % readEvery);
  if (untilRead > readEvery - minute) await pause(untilRead - readEvery + minute);
  else if (untilRead < 5000) await pause(untilRead + minute);
  return stack.counted(() => stack.invoke('OutboundSweep', {}));
}

const none: CountedStep = {
  calls: {},
  write: 0,
  indexWrite: 0,
  read: 0,
  storedBytes: 0,
  indexStoredBytes: 0,
  lineBytes: 0,
  metricBytes: 0,
};

function countsOf(step: CountedStep = none): Omit<CountedStep, 'lineBytes' | 'metricBytes'> {
  const { lineBytes, metricBytes, ...counts } = step;
  return counts;
}

/** Counts our own lines by event and metrics by invocation, without the team's own lines. */
function perEvent(events: number, { calls, lines, milliseconds, ...units }: Counted): CountedStep {
  const share = (value: number) => Math.round((value / events) * 100) / 100;
  const bytes = (isMeant: (name: string) => boolean) =>
    Object.entries(lines)
      .filter(([name]) => isMeant(name))
      .flatMap(([, sizesOfLines]) => sizesOfLines)
      .reduce((total, size) => total + size, 0);
  return {
    calls: Object.fromEntries(Object.entries(calls).map(([name, count]) => [name, share(count)])),
    write: share(units.write),
    indexWrite: share(units.indexWrite),
    read: share(units.read),
    storedBytes: toNextFifty(share(units.stored)),
    indexStoredBytes: toNextFifty(share(units.indexStored)),
    lineBytes: Math.round(share(bytes((name) => name !== 'metrics' && name !== 'account.credited'))),
    metricBytes: bytes((name) => name === 'metrics'),
  };
}

/** Ids and times have various lengths. */
const toNextFifty = (bytes: number): number => Math.ceil(Math.max(0, bytes) / 50) * 50 || 0;
