import type { outboundWorld } from '../../support/worlds/outbound-world.ts';
import type { StoredDelivery } from '../../support/worlds/stored-delivery.ts';
import type { EndpointHistory } from './endpoint-history.ts';

const minute = 60_000;
const hour = 60 * minute;
/** A sweep a minute; each may be the one before the last. */
const sweeps = 3 * minute;
/** The longest pause of the sweep before it sends the same task again, and some sweeps. */
const longestSweepPause = hour + 10 * minute;
/** The sweep looks at a delivery that is held for a deleted endpoint at least once a day. */
const heldCheck = 24 * hour + 10 * minute;

/** What is known of a run at a moment. */
export interface Moments {
  /** Faults so far. */
  readonly faults: number;
  /** Since when nothing has gone wrong. */
  readonly calmSince: number;
  /** Since when no worker has had a task. */
  readonly idleSince: number;
  /** Of each delivery: the last write. */
  readonly writtenAt: ReadonlyMap<string, number>;
  /** Whether each read of an index sees all that is written. */
  readonly isPunctual: boolean;
}

/**
 * Finds what waits for longer than anything of the schedule explains.
 *
 * Without a fault nothing relies on the sweep's second look; after one it may, and that comes within the longest pause.
 */
export function overdue(
  { table, manifests, tallies, recoveries, now }: ReturnType<typeof outboundWorld>,
  history: EndpointHistory,
  moments: Moments,
): string[] {
  const { calmSince } = moments;
  const isLate = (since: readonly (number | undefined)[], patience: number): boolean =>
    now() - Math.max(calmSince, ...since.map((at) => at ?? 0)) > patience;
  const found: string[] = [];
  const note = (isBroken: boolean, text: string): void => {
    if (isBroken) found.push(text);
  };
  for (const delivery of table.deliveries.values())
    for (const text of lateIn(delivery, history, moments, isLate)) found.push(text);
  for (const { lookAt } of manifests.manifests.values())
    note(isLate([lookAt], sweeps), 'a manifest is due, and no sweep looks at it');
  for (const { count, notifyAt, since } of tallies.tallies.values())
    note(
      count > 0 && isLate([notifyAt, since], sweeps),
      'a failure was counted, and operators are not notified',
    );
  for (const { status, updatedAt, leaseUntil } of recoveries.recoveries.values())
    note(
      status === 'running' && isLate([updatedAt, leaseUntil], sweeps),
      'a recovery stands still, and no sweep goes on with it',
    );
  for (const { endpoint, removedAt, statusSince } of history.lives)
    note(
      removedAt === undefined &&
        endpoint.status === 'disabled' &&
        endpoint.attentionAt !== undefined &&
        isLate([statusSince, endpoint.attentionAt], sweeps),
      'an endpoint was disabled, and operators are not notified',
    );
  return found;
}

function lateIn(
  delivery: StoredDelivery,
  history: EndpointHistory,
  { faults, idleSince, writtenAt, isPunctual }: Moments,
  isLate: (since: readonly (number | undefined)[], patience: number) => boolean,
): string[] {
  const { id, status, tenant, endpointId, generation, url, nextAttemptAt, leaseUntil, waitsSince } = delivery;
  const written = writtenAt.get(id);
  const life = history.current(tenant, endpointId);
  const isGone = url === undefined && life?.generation !== generation;
  const isEnabled = !isGone && life?.endpoint.status === 'enabled';
  const patience = faults === 0 ? sweeps : longestSweepPause;
  const rules: readonly (readonly [boolean, string])[] = [
    [
      status === 'pending' && isLate([written, nextAttemptAt, leaseUntil, idleSince], patience),
      faults === 0
        ? 'a delivery waits for minutes, although nothing went wrong'
        : 'a delivery waits for more than an hour after the last fault',
    ],
    [
      status === 'failed' && delivery.dueAt !== undefined && isLate([written, idleSince], patience),
      'a delivery failed, and its last effects are not done',
    ],
    [
      status === 'held' && isEnabled && isLate([life.statusSince, delivery.heldAt, written], sweeps),
      'a delivery is held, although its endpoint is enabled',
    ],
    [
      status === 'held' &&
        isGone &&
        isLate(
          [life?.createdAt, delivery.heldAt, lastGone(history, delivery)],
          faults === 0 && isPunctual ? sweeps : heldCheck,
        ),
      'a delivery is held for an endpoint that was deleted',
    ],
    [
      status === 'pending' &&
        isEnabled &&
        leaseUntil === undefined &&
        waitsSince !== undefined &&
        life.resumedAt !== undefined &&
        waitsSince <= life.resumedAt &&
        nextAttemptAt !== undefined &&
        isLate([life.resumedAt, written], sweeps),
      'a delivery still waits for an endpoint that was said to work again',
    ],
  ];
  return rules.filter(([isBroken]) => isBroken).map(([, text]) => text);
}

const lastGone = ({ lives }: EndpointHistory, { tenant, endpointId }: StoredDelivery): number =>
  Math.max(
    0,
    ...lives
      .filter(({ endpoint }) => endpoint.tenant === tenant && endpoint.id === endpointId)
      .map(({ removedAt = 0 }) => removedAt),
  );
