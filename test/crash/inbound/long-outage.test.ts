import { describe, expect, it } from 'vitest';
import { defineHandlers } from '../../../lambdas/domain/handler.ts';
import { providerOf } from '../../../lambdas/domain/provider/catalogue.ts';
import { later, type Seconds, seconds, type UnixMillis, unixMillis } from '../../../lambdas/domain/time.ts';
import { type ConsumePorts, consume } from '../../../lambdas/inbound/consume.ts';
import { sourceDefaults } from '../../../lib/settings.ts';
import { noTargets } from '../../../testing/memory/targets.ts';
import { inboundTable } from '../../support/worlds/inbound-tables.ts';
import { sourceSettings, stripeMessage } from '../../support/worlds/inbound-world.ts';

const start = unixMillis(1_795_000_000_000);
const twoHours = 2 * 3600;
/** By then all waits of an event are over. */
const longestAfterwards = 3 * 3600;
/** The model has one event a second, and what is in flight grows with the rate. */
const eventsPerSecond = 50;
const inFlightPlaces = 120_000;
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

interface Stored {
  readonly messageId: string;
  readonly text: string;
  visibleAt: UnixMillis;
}

/** A queue that finds its visible messages by the second, and counts those in flight. */
function countedQueue(now: () => UnixMillis) {
  const messages = new Map<string, Stored>();
  const received = new Set<string>();
  const bySecond = new Map<UnixMillis, Stored[]>();
  let sent = 0;
  const showAt = (message: Stored, at: UnixMillis) => {
    message.visibleAt = at;
    bySecond.set(at, [...(bySecond.get(at) ?? []), message]);
  };
  return {
    messages,
    send(text: string, delay = seconds(0)): void {
      if (delay > 900) throw new RangeError(`a delay of ${delay} s`);
      const message = { messageId: `message-${++sent}`, text, visibleAt: now() };
      messages.set(message.messageId, message);
      showAt(message, later(now(), delay));
    },
    returnAfter(messageId: string, after: Seconds): void {
      const message = messages.get(messageId);
      if (message) showAt(message, later(now(), after));
    },
    receiveAll(): Stored[] {
      const visible = (bySecond.get(now()) ?? []).filter(
        (message) => messages.has(message.messageId) && message.visibleAt === now(),
      );
      bySecond.delete(now());
      for (const { messageId } of visible) received.add(messageId);
      return visible;
    },
    delete(messageId: string): void {
      messages.delete(messageId);
      received.delete(messageId);
    },
    inFlight: () => received.size,
  };
}

/** Runs an outage of the handler with one event a second, and then the time until the queue is empty. */
async function outage(
  outageSeconds: number,
  change: (ports: ConsumePorts) => Partial<ConsumePorts> = () => ({}),
) {
  const clock = { now: start };
  const queue = countedQueue(() => clock.now);
  const inboundEvents = inboundTable();
  const handlerRetryDelays = sourceDefaults.handlerRetryDelays.map((delay) => seconds(delay.toSeconds()));
  const settings = sourceSettings({ handlerRetryDelays });
  const isDown = () => clock.now < later(start, seconds(outageSeconds));
  const handle = async () => {
    if (isDown()) throw new Error('the database is down');
  };
  const team = {
    sources: new Map([[settings.name, { settings, provider: providerOf(settings) }]]),
    handlers: { stripe: defineHandlers('stripe', { '*': handle }) },
  };
  const found = { inFlight: 0, waiting: 0, deadLetters: 0, seconds: 0 };
  const ports: ConsumePorts = {
    now: () => clock.now,
    inboundEvents,
    getBody: async () => undefined,
    putBody: async () => undefined,
    sendDeadLetter: async () => void found.deadLetters++,
    deleteMessage: async (messageId) => queue.delete(messageId),
    returnMessageAfter: async (messageId, after) => queue.returnAfter(messageId, after),
    sendBack: async (_message, text, delay) => queue.send(text, delay),
    ...noTargets,
    telemetry: { log: () => quiet, count: () => undefined, seconds: () => undefined },
  };
  const allPorts = { ...ports, ...change(ports) };

  const invocation = (id: string) => ({
    id,
    signal: new AbortController().signal,
    graceOver: new Promise<void>(() => undefined),
    hasTime: () => true,
  });
  for (let second = 0; second < outageSeconds + longestAfterwards; second++) {
    if (isDown()) queue.send(stripeMessage(`evt_${second}`));
    const batch = queue.receiveAll().map((message) => ({ ...message, receiptHandle: message.messageId }));
    const { failedMessageIds } = await consume(batch, invocation(`second-${second}`), team, allPorts);
    for (const { messageId } of batch) if (!failedMessageIds.includes(messageId)) queue.delete(messageId);
    found.inFlight = Math.max(found.inFlight, queue.inFlight());
    found.waiting = Math.max(found.waiting, queue.messages.size);
    clock.now = later(clock.now, seconds(1));
    if (!isDown() && queue.messages.size === 0) break;
  }
  const statuses = [...inboundEvents.records.values()].map(({ status }) => status);
  return { ...found, statuses, left: queue.messages.size };
}

describe('two hours in which a handler fails, at the default delays', { timeout: 300_000 }, () => {
  it('two hours of a failing handler leave the queue its in-flight places, and lose no event', async () => {
    const { inFlight, waiting, statuses, deadLetters, left } = await outage(twoHours);

    // 5 s and 30 s of every event; everything else is delayed.
    expect(inFlight).toBeLessThanOrEqual(40);
    expect(inFlight * eventsPerSecond).toBeLessThan(inFlightPlaces / 50);
    expect(waiting).toBeGreaterThanOrEqual(twoHours - 10);
    expect(statuses).toEqual(Array(twoHours).fill('processed'));
    expect([deadLetters, left]).toEqual([0, 0]);
  });

  it('45 minutes of a failing handler fill the in-flight places if every wait is in flight', async () => {
    const refuses = { sendBack: () => Promise.reject(new Error('no queue')) };

    const { inFlight, left } = await outage(45 * 60, () => refuses);

    expect(inFlight * eventsPerSecond).toBeGreaterThan(inFlightPlaces);
    expect(left).toBe(0);
  });
});
