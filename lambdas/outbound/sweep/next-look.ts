import type { DeliveryFacts } from '../../domain/delivery-record.ts';
import { endpointHash } from '../../domain/delivery-task.ts';
import { isSidelined } from '../../domain/limiter.ts';
import { dueAfterSweep, hourlyFrom } from '../../domain/retry-schedule.ts';
import type { UnixMillis } from '../../domain/time.ts';
import type { OutboundPorts } from '../ports.ts';

export type NextLookPorts = Pick<OutboundPorts, 'limiter'>;

/**
 * When the sweep looks again at deliveries whose tasks it sends now.
 *
 * The tasks of a sidelined endpoint may wait in its queue for hours, and each look adds one more, which passes through the delivery
 * queue, too. So the pauses go on doubling, to six hours, while all of the endpoints are sidelined.
 *
 * @param looks how often it has looked before; only from the hourly looks on does it read limiters
 */
export async function nextLook(
  looks: number,
  deliveries: readonly Pick<DeliveryFacts, 'tenant' | 'endpointId'>[],
  now: UnixMillis,
  { limiter }: NextLookPorts,
): Promise<UnixMillis> {
  if (looks < hourlyFrom) return dueAfterSweep(looks, now, false);
  const states = await Promise.all(
    [...new Set(deliveries.map(endpointHash))].map((key) => limiter.read(key)),
  );
  return dueAfterSweep(looks, now, states.length > 0 && states.every(isSidelined));
}
