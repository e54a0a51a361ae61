import type * as v from 'valibot';
import { type Delivery, nextAttemptAtOf } from '../../lambdas/domain/delivery-record.ts';
import type { DeliveryView } from '../../lambdas/management/schemas.ts';
import { cell, counted, instant, shortInstant, table } from '../terminal/table.ts';

/** Formats one delivery with its status and its attempts. */
export function describeDelivery(delivery: Delivery): string {
  const next = nextAttemptAtOf(delivery);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['delivery', delivery.id],
    ['event', `${delivery.eventId} (${delivery.eventType})`],
    ['tenant', delivery.tenant || undefined],
    ['endpoint', `${delivery.endpointId} ${delivery.url ?? ''}`],
    ['status', delivery.status],
    ['created', instant(delivery.createdAt)],
    ['next attempt', next && instant(next)],
    ['last error', delivery.lastError],
    ['round', delivery.round > 1 ? `${delivery.round} (replayed)` : undefined],
  ];
  const lines = facts.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name.padEnd(12)}  ${cell(value, 300)}`],
  );
  return [...lines, attempts(delivery)].join('\n');
}

function attempts({ attemptLog, attempts: count }: Delivery): string {
  if (attemptLog.length === 0) return 'No attempt yet.';
  const rows = attemptLog.map(({ n, at, ms, status, error, location, sample }) => [
    String(n),
    instant(at),
    `${ms} ms`,
    status?.toString() ?? '–',
    // A redirect has no error; its location is shown instead.
    cell(error ?? (location === undefined ? '' : `redirects to ${location}`)),
    cell(sample ?? '', 60),
  ]);
  const drawn = table(['attempt', 'at', 'took', 'status', 'error', 'response'], rows);
  const left = count - attemptLog.length;
  return left > 0 ? `${drawn}\n${left} attempts between the first and the last are not in the log.` : drawn;
}

/** Formats deliveries as the management API lists them. @param count the number that exist */
export const describeListed = (
  deliveries: readonly v.InferOutput<typeof DeliveryView>[],
  count = deliveries.length,
): string =>
  [
    table(
      ['id', 'event', 'type', 'endpoint', 'status', 'attempts', 'created', 'last error'],
      deliveries.map(({ id, eventId, eventType, tenant, endpointId, status, ...more }) => [
        id,
        cell(eventId, 40),
        cell(eventType, 30),
        cell(tenant === '' ? endpointId : `${tenant}/${endpointId}`, 40),
        status,
        String(more.attempts),
        shortInstant(more.createdAt),
        cell(more.lastError ?? ''),
      ]),
    ),
    deliveries.length < count
      ? `${deliveries.length} of ${count} deliveries`
      : counted(count, 'delivery', 'deliveries'),
  ].join('\n');
