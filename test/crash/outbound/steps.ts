import { isDeepStrictEqual } from 'node:util';
import { type OutboundEvent, outboundEventKey } from '../../../lambdas/domain/outbound-event.ts';
import type { OutboundSettings } from '../../../lambdas/domain/outbound-settings.ts';
import { toUnixSeconds, type UnixMillis } from '../../../lambdas/domain/time.ts';
import type { StoredDelivery } from '../../support/worlds/stored-delivery.ts';

const isUnfinished = ({ status }: StoredDelivery) => status === 'pending' || status === 'held';

/** Whether an event may go while a delivery of it is unfinished. */
export const isOutlived = (
  deliveries: Iterable<StoredDelivery>,
  events: Pick<ReadonlyMap<string, OutboundEvent>, 'get'>,
  now: UnixMillis,
): boolean =>
  [...deliveries].some((delivery) => {
    const event = events.get(outboundEventKey(delivery.tenant, delivery.eventId));
    return event !== undefined && event.expiresAt <= toUnixSeconds(now) && isUnfinished(delivery);
  });

/** A write to a delivery. */
interface Step {
  /** Of the port call. */
  readonly name: string;
  readonly now: UnixMillis;
  readonly settings: OutboundSettings;
  /** It waits for its limiterKey, not for its schedule. */
  readonly wasDeferred: boolean;
}

/** The promises that one write to a delivery breaks. */
export function brokenByStep(step: Step, was: StoredDelivery | undefined, is: StoredDelivery): string[] {
  const rules: readonly [boolean, string][] = [
    ...standing(is),
    ...(was === undefined
      ? []
      : [keepsDueTime(was, is), ...counting(step.name, was, is), ...waiting(was, is, step)]),
  ];
  return rules.filter(([isBroken]) => isBroken).map(([, promise]) => promise);
}

/** A manifest leads the sweep to a delivery only before its first failure, wait or round after the first. */
const isNew = ({ status, attempts, round, nextAttemptAt }: StoredDelivery) =>
  status === 'pending' && attempts === 0 && round === 1 && nextAttemptAt === undefined;

const standing = (is: StoredDelivery): [boolean, string][] => [
  [isUnfinished(is) && !isNew(is) && is.dueAt === undefined, 'unfinished, and not in the due index'],
  [isUnfinished(is) && is.expiresAt !== undefined, 'unfinished, and expires'],
  [!isUnfinished(is) && is.expiresAt === undefined, 'over, and never expires'],
];

/** So that a delivery without need of a manifest never needs one again. */
const keepsDueTime = (was: StoredDelivery, is: StoredDelivery): [boolean, string] => [
  isUnfinished(is) && was.dueAt !== undefined && is.dueAt === undefined,
  'a due time was removed before the end',
];

function counting(name: string, was: StoredDelivery, is: StoredDelivery): [boolean, string][] {
  const more = is.attempts - was.attempts;
  const isRecord = name === 'deliveries.record';
  const isRepeated = was.lastAttemptAt === is.lastAttemptAt && was.status === is.status;
  const isEntryAdded = is.attemptLog.length === was.attemptLog.length + 1;
  const logIsKept = was.attemptLog.every((entry, at) => isDeepStrictEqual(is.attemptLog[at], entry));
  return [
    [more !== 0 && !isRecord, `attempts changed in ${name}`],
    [more < 0 || more > 1, 'attempts did not advance one by one'],
    [
      isRecord && more !== is.attemptLog.length - was.attemptLog.length,
      'an attempt is not an entry of the log',
    ],
    [isRecord && more === 0 && !isRepeated && is.status !== 'failed', 'a record without an attempt'],
    [
      more === 1 && (!isEntryAdded || is.attemptLog.at(-1)?.n !== is.attempts),
      'an entry with a wrong number',
    ],
    [!logIsKept, 'an entry of the log is gone'],
    [is.claims < was.claims || is.round < was.round, 'claims or rounds went back'],
    [
      was.status === 'delivered' && is.status !== 'delivered' && is.round === was.round,
      'delivered, then not',
    ],
    [was.status === 'failed' && is.status === 'pending' && is.round === was.round, 'failed, then pending'],
  ];
}

function waiting(
  was: StoredDelivery,
  is: StoredDelivery,
  { now, settings, wasDeferred }: Step,
): [boolean, string][] {
  const isClaim = is.claims > was.claims;
  const scheduled = settings.retryDelays[is.attempts - is.attemptsBefore - 1] ?? 0;
  const { at = 0, ms = 0 } = is.attemptLog.at(-1) ?? {};
  const isRetry = is.attempts > was.attempts && is.status === 'pending';
  return [
    [
      isClaim && !wasDeferred && (was.nextAttemptAt ?? now) > now,
      'an attempt began before its delay was over',
    ],
    [isClaim && (was.leaseUntil ?? now) > now, 'two workers have a lease on one delivery'],
    [isRetry && (is.nextAttemptAt ?? 0) < at + ms + scheduled * 800, 'a retry earlier than its schedule'],
  ];
}
