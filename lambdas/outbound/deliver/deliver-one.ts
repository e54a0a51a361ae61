import type { ClaimedDelivery, PendingDelivery } from '../../domain/delivery-record.ts';
import type { DeliveryTask } from '../../domain/delivery-task.ts';
import type { OutboundSettings } from '../../domain/outbound-settings.ts';
import { millis, type Seconds, seconds } from '../../domain/time.ts';
import { disableAfterAttempt } from '../disable-endpoint.ts';
import { recheckHeld } from '../hold-delivery.ts';
import { answerForMissing } from '../missing-record.ts';
import type { OutboundPorts } from '../ports.ts';
import { acknowledge, type QueueAnswer } from '../queue-answer.ts';
import { type ResumePorts, resumeEndpoint } from '../release-waiting.ts';
import { sendTaskAfter } from '../send-task-after.ts';
import type { Permit } from './acquire-slot.ts';
import { type AdmitPorts, admit, type ResolvedDestination } from './admit.ts';
import {
  type AttemptEnd,
  type AttemptPorts,
  attemptDelivery,
  hasTimeForAttempt,
  type Invocation,
} from './attempt.ts';
import { type ClaimResult, claimDelivery, claimSuspect } from './claim.ts';
import { findingOf } from './endpoint-health.ts';
import { watchRequest } from './free-request.ts';
import { releasePermit } from './release-permit.ts';

export type DeliverOnePorts = AttemptPorts & AdmitPorts & ResumePorts & Pick<OutboundPorts, 'after'>;

/** What all tasks of a batch share. */
export interface Run {
  readonly settings: OutboundSettings;
  readonly invocation: Invocation;
  readonly ports: DeliverOnePorts;
}

/** The result of a task: a queue answer, or a suspect that has to wait for the end of the batch. */
export type TaskResult =
  | { readonly kind: 'answered'; readonly queueAnswer: QueueAnswer }
  | { readonly kind: 'suspect'; readonly delivery: PendingDelivery };

export const retryInOneSecond: QueueAnswer = { kind: 'fail', after: seconds(1) };

/** Runs one task: admission, claim, attempt. @param seen a suspect that runs alone now */
export async function deliverOne(task: DeliveryTask, run: Run, seen?: PendingDelivery): Promise<TaskResult> {
  const { settings, invocation, ports } = run;
  // Comes before the claim: a claim without an attempt would count as a crash.
  if (!hasTimeForAttempt(settings, invocation)) return { kind: 'answered', queueAnswer: retryInOneSecond };
  const admission = await admit(task, invocation, settings, ports);
  if (admission.kind === 'answered') return admission;
  const { destination, permit } = admission;
  const endWatch = watchRequest(permit, ports);
  let end: AttemptEnd | undefined;
  let claimed: ClaimedDelivery | undefined;
  try {
    const result = await claim(task, settings.lease, ports, seen);
    if (result.kind === 'suspect' && seen === undefined) return result;
    if (result.kind === 'claimed') claimed = result.delivery;
    end = await actOnClaim(task, result, destination, run);
    return { kind: 'answered', queueAnswer: end.queueAnswer };
  } finally {
    endWatch();
    await releaseAndReact(permit, destination, claimed, end, run);
  }
}

const claim = (
  task: DeliveryTask,
  lease: Seconds,
  ports: DeliverOnePorts,
  seen?: PendingDelivery,
): Promise<ClaimResult> =>
  seen === undefined
    ? claimDelivery(task.deliveryId, task.attempt, lease, ports.now(), ports.deliveries)
    : claimSuspect(seen, task.attempt, lease, ports.now(), ports.deliveries);

/** Does what the claim allows. */
async function actOnClaim(
  task: DeliveryTask,
  result: ClaimResult,
  destination: ResolvedDestination,
  { settings, invocation, ports }: Run,
): Promise<AttemptEnd> {
  switch (result.kind) {
    case 'claimed':
      return attemptDelivery(
        { delivery: result.delivery, payload: task.payload },
        destination,
        invocation,
        ports,
      );
    case 'busy':
      return { queueAnswer: { kind: 'fail', after: result.wait } };
    case 'suspect':
      return { queueAnswer: retryInOneSecond };
    case 'held':
      await recheckHeld(result.delivery, settings.deliveryRetention, ports);
      return { queueAnswer: acknowledge };
    case 'early':
      // The task came early, so it is sent again.
      await sendTaskAfter(result.wait, task, result.delivery, ports);
      return { queueAnswer: acknowledge };
    case 'missing':
      return { queueAnswer: await answerForMissing(task, ports) };
    case 'recorded':
    case 'terminal':
      return { queueAnswer: acknowledge };
  }
}

/** The most time that the release of waiting deliveries takes at the end of an invocation. */
const resumeReserve = millis(10_000);

/**
 * Gives the permit back. Disables the endpoint if it has failed for longer than `disableAfter`. After a success by hand,
 * releases the deliveries that wait for the endpoint.
 */
async function releaseAndReact(
  permit: Permit,
  { endpoint }: ResolvedDestination,
  delivery: ClaimedDelivery | undefined,
  end: AttemptEnd | undefined,
  { ports, invocation }: Run,
): Promise<void> {
  const outcome = end?.outcome;
  const finding = outcome && findingOf(outcome, end?.took ?? millis(0));
  const hasFailedTooLong = await releasePermit(permit, finding, ports);
  if (permit.kind === 'slot' && permit.slot.isByHand && outcome?.kind === 'accepted' && endpoint)
    await resumeEndpoint(endpoint, () => invocation.hasTime(resumeReserve), ports);
  if (hasFailedTooLong && outcome && endpoint && delivery)
    await disableAfterAttempt(endpoint, 'failing', { delivery, outcome }, ports);
}
