import type { Delivery } from '../domain/delivery-record.ts';
import { type DeliveryTask, taskMessage } from '../domain/delivery-task.ts';
import type { OutboundSettings } from '../domain/outbound-settings.ts';
import { maxQueueDelay } from '../domain/retry-schedule.ts';
import { type Seconds, seconds, type UnixMillis } from '../domain/time.ts';
import {
  type AttemptPorts,
  attemptDelivery,
  hasTimeForAttempt,
  type Invocation,
} from './attempt-delivery.ts';
import { type ClaimPort, type ClaimResult, claimDelivery, claimSuspect } from './claim-delivery.ts';
import { closeInEvent } from './end-delivery.ts';
import { openTask } from './open-task.ts';
import { recordSeenSuccess } from './record-seen-success.ts';
import { acknowledge, type Settlement, type SettlementPorts, tellQueue } from './settlement.ts';
import { asError } from './telemetry.ts';

/** What delivering needs of the outside world. */
export interface DeliverPorts extends AttemptPorts, SettlementPorts {
  readonly deliveries: AttemptPorts['deliveries'] & ClaimPort;
  /** @throws when there is no key to sign with */
  signingKeys(now: UnixMillis): Promise<readonly Uint8Array[]>;
}

/** A message of the delivery queue. */
export interface DeliveryQueueMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly text: string;
}

interface Run {
  readonly settings: OutboundSettings;
  readonly invocation: Invocation;
  readonly ports: DeliverPorts;
  /** Alone in its batch a message has no mates to wait for, and Lambda deletes it. */
  readonly isAlone: boolean;
}

/** A message after its turn. */
interface Ended {
  readonly message: DeliveryQueueMessage;
  readonly settlement: Settlement;
}
/** A message whose turn is yet to come. */
interface Suspect {
  readonly message: DeliveryQueueMessage;
  readonly task: DeliveryTask;
  readonly delivery: Delivery;
}

const comeBackSoon: Settlement = { kind: 'fail', after: seconds(1) };
const withoutKeys = seconds(30);

/**
 * Works through one batch of the delivery queue.
 *
 * Everything but suspects runs at once, and each message is settled as soon as its own turn is over. A suspect, which may
 * have killed its worker, runs last and alone: the fewest crashes first, so that a killer takes nobody with it.
 *
 * @returns the ids of the messages that come back
 */
export async function deliver(
  messages: readonly DeliveryQueueMessage[],
  hasTime: Invocation['hasTime'],
  settings: OutboundSettings,
  ports: DeliverPorts,
): Promise<readonly string[]> {
  const keys = await readKeys(ports);
  const run = { settings, ports, isAlone: messages.length === 1, invocation: { hasTime, keys: keys ?? [] } };
  const turn = keys === undefined ? waitForKeys : takeTurn;
  const turns = await Promise.all(messages.map((message) => settled(message, run, () => turn(message, run))));
  const suspects = turns.filter((ended) => 'delivery' in ended);
  const ended = [...turns.filter((end) => 'settlement' in end), ...(await runAlone(suspects, run))];
  return ended.filter(({ settlement }) => settlement.kind === 'fail').map(({ message }) => message.messageId);
}

async function readKeys(ports: DeliverPorts): Promise<readonly Uint8Array[] | undefined> {
  try {
    return await ports.signingKeys(ports.now());
  } catch (error) {
    ports.telemetry.error('delivery.unsigned', {}, asError(error));
    return undefined;
  }
}

const waitForKeys = async (message: DeliveryQueueMessage): Promise<Ended> => ({
  message,
  settlement: { kind: 'fail', after: withoutKeys },
});

async function takeTurn(message: DeliveryQueueMessage, run: Run): Promise<Ended | Suspect> {
  const { settings, ports } = run;
  const task = await openTask(message, ports);
  if (task === undefined) return { message, settlement: acknowledge };
  if (task.seen !== undefined) {
    await recordSeenSuccess(task, task.seen, settings.deliveryRetention, ports);
    return { message, settlement: acknowledge };
  }
  // Before the claim: one that is not carried out would count as a crash.
  if (!hasTimeForAttempt(settings, run.invocation)) return { message, settlement: comeBackSoon };
  const result = await claimDelivery(
    task.deliveryId,
    task.attempt,
    settings.lease,
    ports.now(),
    ports.deliveries,
  );
  if (result.kind === 'suspect') return { message, task, delivery: result.delivery };
  return { message, settlement: await carryOut(task, result, run) };
}

/** Suspects one by one; those that the time does not reach come back uncounted. */
async function runAlone(suspects: readonly Suspect[], run: Run): Promise<Ended[]> {
  const inOrder = [...suspects].sort((a, b) => a.delivery.crashes - b.delivery.crashes);
  const ended: Ended[] = [];
  for (const { message, task, delivery } of inOrder) {
    const turn = await settled(message, run, async () => {
      if (!hasTimeForAttempt(run.settings, run.invocation)) return { message, settlement: comeBackSoon };
      const { settings, ports } = run;
      const result = await claimSuspect(
        delivery,
        task.attempt,
        settings.lease,
        ports.now(),
        ports.deliveries,
      );
      return { message, settlement: await carryOut(task, result, run) };
    });
    ended.push(turn);
  }
  return ended;
}

/** Does what the claim allows. */
async function carryOut(task: DeliveryTask, result: ClaimResult, run: Run): Promise<Settlement> {
  const { settings, invocation, ports } = run;
  switch (result.kind) {
    case 'claimed':
      return attemptDelivery(
        { delivery: result.delivery, payload: task.payload },
        settings,
        invocation,
        ports,
      );
    case 'busy':
      return { kind: 'fail', after: result.wait };
    case 'suspect':
      return comeBackSoon;
    case 'recorded':
      return acknowledge;
    case 'terminal':
      // Its recorder may have died before this.
      await closeInEvent(result.delivery, ports);
      return acknowledge;
    case 'early':
      await sendLater(task, result.delivery, result.wait, ports);
      return acknowledge;
    case 'missing':
      ports.telemetry.error('delivery.missing', { deliveryId: task.deliveryId, attempt: task.attempt });
      ports.telemetry.count('DeliveriesMissing', {});
      return acknowledge;
  }
}

/** What is later than SQS can carry is the sweep's to send. */
async function sendLater(
  task: DeliveryTask,
  delivery: Delivery,
  wait: Seconds,
  ports: DeliverPorts,
): Promise<void> {
  if (wait <= maxQueueDelay) await ports.sendTask(taskMessage(task, delivery, wait));
}

/** Runs a message's turn and tells the queue at once; whatever goes wrong fails this message only. */
async function settled<Turn extends Ended | Suspect>(
  message: DeliveryQueueMessage,
  run: Run,
  turn: () => Promise<Turn>,
): Promise<Turn | Ended> {
  try {
    const result = await turn();
    if ('settlement' in result) await tellQueue(result.message, result.settlement, run.isAlone, run.ports);
    return result;
  } catch (error) {
    run.ports.telemetry.error('delivery.errored', { messageId: message.messageId }, asError(error));
    const failed: Ended = { message, settlement: { kind: 'fail', after: run.settings.lease } };
    await tellQueue(failed.message, failed.settlement, run.isAlone, run.ports);
    return failed;
  }
}
