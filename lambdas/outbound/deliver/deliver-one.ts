import type { ClaimedDelivery, PendingDelivery } from '../../domain/delivery-record.ts';
import type { DeliveryTask } from '../../domain/delivery-task.ts';
import type { OutboundSettings } from '../../domain/outbound-settings.ts';
import { deadlineOf } from '../../domain/request-deadline.ts';
import { type Millis, millis, seconds, secondsUntil } from '../../domain/time.ts';
import { type DisablePorts, disableAfterAttempt } from '../disable-endpoint.ts';
import { recheckHeld } from '../hold-delivery.ts';
import { answerForMissing } from '../missing-record.ts';
import type { OutboundPorts } from '../ports.ts';
import { acknowledge, type QueueAnswer } from '../queue-answer.ts';
import { type ResumePorts, resumeEndpoint } from '../release-waiting.ts';
import { sendTaskAfter } from '../send-task-after.ts';
import type { Permit } from './acquire-slot.ts';
import { type AdmitPorts, admit, type ResolvedDestination } from './admit.ts';
import { type AttemptPorts, attempt, hasTimeForAttempt, type Invocation } from './attempt.ts';
import { type ClaimRefusal, claimDelivery } from './claim.ts';
import { type EndpointFinding, findingOf, findingOfCut } from './endpoint-health.ts';
import { type FinishPorts, finish } from './finish.ts';
import { watchRequest } from './free-request.ts';
import { type ClaimEnd, planAfter } from './plan-after.ts';
import { releasePermit } from './release-permit.ts';

export type DeliverOnePorts = AttemptPorts &
  FinishPorts &
  DisablePorts &
  AdmitPorts &
  ResumePorts &
  Pick<OutboundPorts, 'after'>;

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

/** Runs one task: admit, claim, attempt, plan, finish. @param seen a suspect that runs alone now */
export async function deliverOne(task: DeliveryTask, run: Run, seen?: PendingDelivery): Promise<TaskResult> {
  const { settings, invocation, ports } = run;
  // Comes before the claim: a claim without an attempt would count as a crash.
  if (!hasTimeForAttempt(settings, invocation)) return answered(retryInOneSecond);
  const admission = await admit(task, invocation, settings, ports);
  if (admission.kind === 'answered') return admission;
  const { destination, permit } = admission;
  const deadline = deadlineFor(permit, destination, run);
  const endWatch = watchRequest(permit, deadline, ports);
  let seenEnd: SeenEnd | undefined;
  try {
    const claim = await claimDelivery(task, seen, settings, ports.now(), ports.deliveries);
    if (claim.kind === 'suspect' && seen === undefined) return claim;
    if (claim.kind !== 'claimed') return answered(await answerUnclaimed(claim, task, run));
    const { delivery } = claim;
    const { payload, byHand } = task;
    const work = { delivery, payload, byHand };
    const end = await attempt(work, destination, { invocation, deadline }, ports);
    if (end.kind === 'too late') return answered(whenLeaseEnds(delivery, ports));
    const moment = { now: ports.now(), random: ports.random() };
    const plan = planAfter(end, delivery, destination.settings, moment);
    await disableIfGone(delivery, end, destination, ports);
    const queueAnswer = await finish(work, end, plan, destination.settings, ports);
    seenEnd = { end, delivery };
    return answered(queueAnswer);
  } finally {
    endWatch();
    await releaseAndReact(permit, destination, seenEnd, run);
  }
}

/** How a claim ended. */
interface SeenEnd {
  readonly end: ClaimEnd;
  readonly delivery: ClaimedDelivery;
}

const deadlineFor = (permit: Permit, { settings }: ResolvedDestination, { invocation }: Run): Millis => {
  const failedProbes = probeOf(permit)?.failedProbes;
  return deadlineOf({ queue: invocation.queue, failedProbes }, settings.attemptTimeout);
};

const probeOf = (permit: Permit) =>
  permit.kind === 'slot' && permit.slot.held.kind === 'probe' ? permit.slot.held : undefined;

const answered = (queueAnswer: QueueAnswer): TaskResult => ({ kind: 'answered', queueAnswer });

/** Answers for a delivery that could not be claimed. */
async function answerUnclaimed(
  claim: ClaimRefusal,
  task: DeliveryTask,
  { settings, ports }: Run,
): Promise<QueueAnswer> {
  switch (claim.kind) {
    case 'busy':
      return { kind: 'fail', after: claim.wait };
    case 'suspect':
      return retryInOneSecond;
    case 'held':
      await recheckHeld(claim.delivery, settings.deliveryRetention, ports);
      return acknowledge;
    case 'early':
      // The task came early, so it is sent again.
      await sendTaskAfter(claim.wait, task, claim.delivery, ports);
      return acknowledge;
    case 'missing':
      return answerForMissing(task, ports);
    case 'recorded':
    case 'terminal':
      return acknowledge;
  }
}

const whenLeaseEnds = ({ leaseUntil }: ClaimedDelivery, { now }: DeliverOnePorts): QueueAnswer => ({
  kind: 'fail',
  after: secondsUntil(leaseUntil, now()),
});

/** Comes before the record: if the worker dies in between, the endpoint that wants no more events is disabled already. */
async function disableIfGone(
  delivery: ClaimedDelivery,
  end: ClaimEnd,
  { endpoint }: ResolvedDestination,
  ports: DisablePorts,
): Promise<void> {
  if (end.kind === 'made' && end.outcome.kind === 'gone' && endpoint)
    await disableAfterAttempt(endpoint, 'gone', { delivery, outcome: end.outcome }, ports);
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
  seen: SeenEnd | undefined,
  { ports, invocation }: Run,
): Promise<void> {
  const hasFailedTooLong = await releasePermit(permit, seen && findingIn(seen.end, permit), ports);
  if (seen?.end.kind !== 'made' || endpoint === undefined) return;
  const { outcome } = seen.end;
  if (permit.kind === 'slot' && permit.slot.isByHand && outcome.kind === 'accepted')
    await resumeEndpoint(endpoint, () => invocation.hasTime(resumeReserve), ports);
  if (hasFailedTooLong)
    await disableAfterAttempt(endpoint, 'failing', { delivery: seen.delivery, outcome }, ports);
}

/** What a claim's end says about the endpoint. @returns undefined when no request was sent */
function findingIn(end: ClaimEnd, permit: Permit): EndpointFinding | undefined {
  if (end.kind === 'made') return findingOf(end.outcome, end.took);
  return end.kind === 'cut' ? findingOfCut(end.took, probeOf(permit) !== undefined) : undefined;
}
