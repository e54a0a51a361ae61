import type { Delivery } from '../domain/delivery-record.ts';
import type { DeliveryTask } from '../domain/delivery-task.ts';
import { taskMessage } from '../domain/delivery-task.ts';
import type { Endpoint } from '../domain/endpoint.ts';
import type { OutboundSettings } from '../domain/outbound-settings.ts';
import { maxQueueDelay } from '../domain/retry-schedule.ts';
import { millis, type Seconds, seconds } from '../domain/time.ts';
import { type AdmitPorts, admitTask, type Recipient } from './admit-task.ts';
import {
  type AttemptEnd,
  type AttemptPorts,
  attemptDelivery,
  hasTimeForAttempt,
  type Invocation,
} from './attempt-delivery.ts';
import { type ClaimPort, type ClaimResult, claimDelivery, claimSuspect } from './claim-delivery.ts';
import { disableAfterAttempt } from './disable-endpoint.ts';
import { settleHeld } from './hold-delivery.ts';
import { beginAnew, type FoundWellPorts } from './let-go.ts';
import { missing } from './missing-record.ts';
import { healthOf, leaveGate, type Pass, patienceOf } from './pass-gate.ts';
import { acknowledge, type Settlement } from './settlement.ts';

/** What one task needs of the outside world. */
export interface TurnPorts extends AttemptPorts, AdmitPorts {
  readonly telemetry: AttemptPorts['telemetry'] & AdmitPorts['telemetry'];
  readonly deliveries: AttemptPorts['deliveries'] &
    AdmitPorts['deliveries'] &
    FoundWellPorts['deliveries'] &
    ClaimPort;
  readonly endpoints: AttemptPorts['endpoints'] & AdmitPorts['endpoints'] & FoundWellPorts['endpoints'];
}

/** What all tasks of a batch share. */
export interface Run {
  readonly settings: OutboundSettings;
  readonly invocation: Invocation;
  readonly ports: TurnPorts;
  /** Each endpoint is read once. */
  endpointOf(task: DeliveryTask): Promise<Endpoint | undefined>;
}

/** A turn is over, or a suspect has to wait for the end of the batch. */
export type Turn =
  | { readonly kind: 'settled'; readonly settlement: Settlement }
  | { readonly kind: 'suspect'; readonly delivery: Delivery };

export const comeBackSoon: Settlement = { kind: 'fail', after: seconds(1) };

/** Carries a task out as far as it may be: admission, claim, attempt. @param seen a suspect, whose turn it is now */
export async function takeTurn(task: DeliveryTask, run: Run, seen?: Delivery): Promise<Turn> {
  const { settings, invocation, ports, endpointOf } = run;
  // Before the claim: one that is not carried out would count as a crash.
  if (!hasTimeForAttempt(settings, invocation)) return { kind: 'settled', settlement: comeBackSoon };
  const admission = await admitTask(task, endpointOf, settings, ports);
  if (admission.kind === 'settled') return admission;
  const { recipient, pass } = admission;
  let end: AttemptEnd | undefined;
  let claimed: Delivery | undefined;
  try {
    const result = await claim(task, settings.lease, ports, seen);
    if (result.kind === 'suspect' && seen === undefined) return result;
    if (result.kind === 'claimed') claimed = result.delivery;
    end = await carryOut(task, result, recipient, run);
    return { kind: 'settled', settlement: end.settlement };
  } finally {
    await leave(pass, recipient, claimed, end, run);
  }
}

const claim = (
  task: DeliveryTask,
  lease: Seconds,
  ports: TurnPorts,
  seen?: Delivery,
): Promise<ClaimResult> =>
  seen === undefined
    ? claimDelivery(task.deliveryId, task.attempt, lease, ports.now(), ports.deliveries)
    : claimSuspect(seen, task.attempt, lease, ports.now(), ports.deliveries);

/** Does what the claim allows. */
async function carryOut(
  task: DeliveryTask,
  result: ClaimResult,
  recipient: Recipient,
  { settings, invocation, ports }: Run,
): Promise<AttemptEnd> {
  switch (result.kind) {
    case 'claimed':
      return attemptDelivery(
        { delivery: result.delivery, payload: task.payload },
        recipient,
        invocation,
        ports,
      );
    case 'busy':
      return { settlement: { kind: 'fail', after: result.wait } };
    case 'suspect':
      return { settlement: comeBackSoon };
    case 'held':
      await settleHeld(result.delivery, settings.deliveryRetention, ports);
      return { settlement: acknowledge };
    case 'early':
      await sendLater(task, result.delivery, result.wait, ports);
      return { settlement: acknowledge };
    case 'missing':
      return { settlement: await missing(task, ports) };
    case 'recorded':
    case 'terminal':
      return { settlement: acknowledge };
  }
}

/** What is later than SQS can carry is the sweep's to send. */
async function sendLater(
  task: DeliveryTask,
  delivery: Delivery,
  wait: Seconds,
  ports: TurnPorts,
): Promise<void> {
  if (wait <= maxQueueDelay) await ports.sendTask(taskMessage(task, delivery, wait));
}

/** What letting go takes at most at the end of an invocation. */
const toLetGo = millis(10_000);

/**
 * Gives the place free. An endpoint that has failed for too long is disabled; what waits for one that a person has tried
 * and found well goes now.
 */
async function leave(
  pass: Pass,
  { endpoint }: Recipient,
  delivery: Delivery | undefined,
  end: AttemptEnd | undefined,
  { ports, invocation }: Run,
): Promise<void> {
  const outcome = end?.outcome;
  const health = outcome && healthOf(outcome, end?.took ?? millis(0));
  const patience = outcome && patienceOf(outcome);
  const hasFailedTooLong = await leaveGate(pass, health, patience, ports);
  if (pass.isByHand && outcome?.kind === 'accepted' && endpoint)
    await beginAnew(endpoint, () => invocation.hasTime(toLetGo), ports);
  if (hasFailedTooLong && outcome && endpoint && delivery)
    await disableAfterAttempt(endpoint, 'failing', { delivery, outcome }, ports);
}
