import { firstRecord, idOfAnnounced } from '../../domain/announced-delivery.ts';
import { type Manifest, needsManifest, type StandingDelivery } from '../../domain/delivery-manifest.ts';
import { asError } from '../../domain/errors.ts';
import type { DeliveryId } from '../../domain/ids.ts';
import { dueAfterSweep } from '../../domain/retry-schedule.ts';
import { days, later, type Seconds, seconds, type UnixMillis, unixMillis } from '../../domain/time.ts';
import type { OutboundPorts } from '../ports.ts';
import { keepEvent, type ResentTask, resend } from './resend.ts';

export type SweepManifestPorts = Pick<
  OutboundPorts<'WorkErrored'>,
  'now' | 'deliveries' | 'manifests' | 'events' | 'telemetry'
>;

/** What the sweep did about a delivery that a manifest names. */
export type ManifestResult = ResentTask | { readonly kind: 'error' };

/** The sweep looks again this long after a lease, since its worker may be about to record. */
export const leaseGrace = seconds(60);

/** A delivery that is missing in a manifest this old was erased, or has ended and expired. */
const missingFor = days(1);

type Standings = ReadonlyMap<DeliveryId, StandingDelivery>;

/** Looks at manifests: deletes those whose deliveries are done, and makes a task for each other delivery without a worker. */
export async function lookAtManifests(
  page: readonly Manifest[],
  retention: Seconds,
  ports: SweepManifestPorts,
): Promise<readonly ManifestResult[]> {
  const now = ports.now();
  const manifests = page.filter(({ lookAt }) => lookAt <= now);
  if (manifests.length === 0) return [];
  const ids = [...new Set(manifests.flatMap(({ deliveries }) => deliveries))];
  const standings = byId(await ports.deliveries.standings(ids, false, malformed(ports)));
  const results = await Promise.all(
    manifests.map((manifest) => lookAtOne(manifest, standings, retention, ports)),
  );
  return results.flat();
}

/** A malformed delivery counts as missing: nothing can be sent for it, and it must not keep the others waiting. */
export const malformed =
  ({ telemetry }: Pick<SweepManifestPorts, 'telemetry'>) =>
  (error: Error): void => {
    telemetry.error('sweep.errored', {}, error);
    telemetry.count('WorkErrored', {});
  };

const byId = (found: readonly StandingDelivery[]): Standings =>
  new Map(found.map((standing) => [standing.id, standing]));

/** An error skips this manifest only. */
async function lookAtOne(
  manifest: Manifest,
  seen: Standings,
  retention: Seconds,
  ports: SweepManifestPorts,
): Promise<readonly ManifestResult[]> {
  try {
    const made = await withAnnounced(manifest, seen, ports);
    const standings = await withMissing(manifest, made, ports);
    const isOpen = (id: DeliveryId) => {
      const standing = standings.get(id);
      return standing === undefined ? !isOld(manifest, ports.now()) : needsManifest(standing);
    };
    const open = manifest.deliveries.filter(isOpen);
    if (open.length > 0) return await goOn(manifest, open, standings, retention, ports);
    await end(manifest, standings, ports);
    return [];
  } catch (error) {
    ports.telemetry.error('sweep.errored', { manifest: manifest.id }, asError(error));
    ports.telemetry.count('WorkErrored', {});
    return [{ kind: 'error' }];
  }
}

const isOld = ({ madeAt }: Manifest, now: UnixMillis): boolean => later(madeAt, missingFor) <= now;

/** Makes the records of announced deliveries that no worker has claimed, with the event's id as correlation id. One that exists after all is taken as it stands. */
async function withAnnounced(
  { announced }: Manifest,
  seen: Standings,
  { deliveries }: SweepManifestPorts,
): Promise<Standings> {
  const unmade = announced.filter((delivery) => !seen.has(idOfAnnounced(delivery)));
  const made = await Promise.all(
    unmade.map(async (delivery) => {
      const first = firstRecord({ ...delivery, correlationId: delivery.eventId });
      return (await deliveries.create(first)) ?? first;
    }),
  );
  return new Map([...seen, ...byId(made)]);
}

/** Reads consistently what is missing for so long that it may be gone; until then, a missing delivery is not done. */
async function withMissing(
  manifest: Manifest,
  standings: Standings,
  ports: SweepManifestPorts,
): Promise<Standings> {
  const missing = manifest.deliveries.filter((id) => !standings.has(id));
  if (missing.length === 0 || !isOld(manifest, ports.now())) return standings;
  return new Map([...standings, ...byId(await ports.deliveries.standings(missing, true, malformed(ports)))]);
}

/** Deletes a manifest whose deliveries are done. They stay so: only a final status removes a due time. */
async function end(manifest: Manifest, standings: Standings, ports: SweepManifestPorts): Promise<void> {
  for (const deliveryId of manifest.deliveries)
    if (!standings.has(deliveryId)) ports.telemetry.error('delivery.missing', { deliveryId });
  await ports.manifests.remove(manifest);
}

/** Moves a manifest on, then makes the tasks. A sweep whose move is refused makes none, so overlapping sweeps send nothing twice. */
async function goOn(
  manifest: Manifest,
  open: readonly DeliveryId[],
  standings: Standings,
  retention: Seconds,
  ports: SweepManifestPorts,
): Promise<readonly ManifestResult[]> {
  const now = ports.now();
  const found = open.flatMap((id) => standings.get(id) ?? []);
  const leases = found.flatMap(({ leaseUntil = now }) => (leaseUntil > now ? [leaseUntil] : []));
  const unowned = found.filter(({ leaseUntil = now }) => leaseUntil <= now);
  await Promise.all(found.map((delivery) => keepEvent(delivery, now, retention, ports)));
  const isOwned = leases.length === open.length;
  const next = isOwned
    ? later(unixMillis(Math.max(...leases)), leaseGrace)
    : dueAfterSweep(manifest.looks, now);
  const isMoved = await ports.manifests.moveOn(manifest, next, manifest.looks + (isOwned ? 0 : 1));
  if (!isMoved) return [];
  return unowned.map((delivery) => resend(delivery, delivery.claims === 0, seconds(0), ports));
}
