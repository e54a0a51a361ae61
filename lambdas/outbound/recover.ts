import { type Delivery, listedAt } from '../domain/delivery-record.ts';
import type { Estimate, Recovery, RecoveryPlace } from '../domain/recovery.ts';
import { byEndpointIndex } from '../domain/tables.ts';
import {
  dayStart,
  days,
  later,
  type Millis,
  millis,
  seconds,
  type UnixMillis,
  utcDay,
} from '../domain/time.ts';
import { type ReplayPorts, replayDelivery } from './replay.ts';
import { asError, type OutboundTelemetry } from './telemetry.ts';

/** Where the deliveries of an endpoint are listed. */
export interface ListedDeliveries {
  /** Of one partition, the oldest first. */
  listed(
    endpoint: { readonly tenant: string; readonly endpointId: string },
    place: Pick<RecoveryPlace, 'day' | 'shard'>,
    bounds: { readonly after: string; readonly upTo: string },
    limit: number,
  ): Promise<readonly string[]>;
  readAll(ids: readonly string[]): Promise<readonly Delivery[]>;
}

/** What recovering needs of the outside world. */
export interface RecoverPorts extends ReplayPorts {
  now(): UnixMillis;
  pause(span: Millis): Promise<void>;
  readonly deliveries: ReplayPorts['deliveries'] & ListedDeliveries;
  readonly recoveries: {
    running(): Promise<readonly string[]>;
    /** Takes a running job that nobody works on. */
    claim(id: string, now: UnixMillis, until: UnixMillis): Promise<Recovery | undefined>;
    /** Notes how far it came, if it is still ours; undefined: it is cancelled, or somebody else's. */
    advance(seen: Recovery, progress: Progress, now: UnixMillis): Promise<Recovery | undefined>;
  };
  readonly telemetry: OutboundTelemetry;
}

/** How far a job came. */
export interface Progress {
  readonly place: RecoveryPlace;
  readonly replayed: number;
  readonly refused: number;
  readonly status: Recovery['status'];
  /** Undefined: nobody works on it any more. */
  readonly leaseUntil?: UnixMillis;
}

const pageSize = 25;
/** Between two pages: the endpoint has just been ill. */
const pauseBetweenPages = millis(500);
const lease = seconds(60);

/** Goes on with every running job that nobody works on. @returns how many deliveries were replayed */
export async function recoverAll(hasTime: () => boolean, ports: RecoverPorts): Promise<number> {
  let replayed = 0;
  for (const id of await ports.recoveries.running()) {
    if (!hasTime()) break;
    replayed += await recover(id, hasTime, ports);
  }
  return replayed;
}

/**
 * Goes on with one job as far as the time lasts; whoever comes next goes on from there.
 *
 * A crash between replays and the note of them repeats none: what began a round after the job did is passed by.
 */
export async function recover(id: string, hasTime: () => boolean, ports: RecoverPorts): Promise<number> {
  const claimed = await ports.recoveries.claim(id, ports.now(), later(ports.now(), lease));
  let job = claimed;
  while (job?.status === 'running' && hasTime()) {
    const step = await recoverPage(job, ports);
    job = await ports.recoveries.advance(
      job,
      { ...step, leaseUntil: later(ports.now(), lease) },
      ports.now(),
    );
    if (job?.status === 'running') await ports.pause(pauseBetweenPages);
  }
  if (job?.status === 'running')
    await ports.recoveries.advance(job, { ...job, leaseUntil: undefined }, ports.now());
  return (job?.replayed ?? 0) - (claimed?.replayed ?? 0);
}

async function recoverPage(job: Recovery, ports: RecoverPorts): Promise<Progress> {
  const ids = await ports.deliveries.listed(job, job.place, boundsOf(job), pageSize);
  const deliveries = await ports.deliveries.readAll(ids);
  const done = await Promise.all(deliveries.map((delivery) => recoverOne(delivery, job, ports)));
  const count = (kind: 'replayed' | 'refused') => done.filter((end) => end === kind).length;
  const next = ids.length < pageSize ? nextPlace(job) : { ...job.place, after: lastOf(ids, deliveries) };
  return {
    place: next ?? job.place,
    replayed: job.replayed + count('replayed'),
    refused: job.refused + count('refused'),
    status: next === undefined ? 'done' : 'running',
  };
}

/** One that is not there any more leaves its key out: the page begins after the last that is. */
const lastOf = (ids: readonly string[], deliveries: readonly Delivery[]): string => {
  const last = deliveries.find(({ id }) => id === ids.at(-1)) ?? deliveries.at(-1);
  return last === undefined ? '~' : listedAt(last);
};

/** A place within a span of time. */
type Bounded = Pick<Recovery, 'place' | 'since' | 'until'>;

const boundsOf = ({ since, until, place }: Bounded) => ({
  after: place.after ?? listedAt({ id: '', createdAt: since }),
  upTo: listedAt({ id: '~', createdAt: until }),
});

/** The partitions in turn: the shards of a day, then the next day. */
function nextPlace({ place, until }: Pick<Bounded, 'place' | 'until'>): RecoveryPlace | undefined {
  if (place.shard + 1 < byEndpointIndex.shards) return { day: place.day, shard: place.shard + 1 };
  const next = later(dayStart(place.day), days(1));
  return next > until ? undefined : { day: utcDay(next), shard: 0 };
}

async function recoverOne(
  delivery: Delivery,
  { createdAt }: Recovery,
  ports: RecoverPorts,
): Promise<'replayed' | 'refused' | 'passed'> {
  // The beginning of its round, or later where its deadline was moved on.
  const roundBegan = delivery.deadline - delivery.lifetime;
  if (roundBegan >= createdAt) return delivery.round > 1 ? 'replayed' : 'passed';
  if (delivery.status !== 'failed') return 'passed';
  try {
    const replay = await replayDelivery(delivery.id, ports.now(), ports);
    return replay.kind;
  } catch (error) {
    ports.telemetry.error('recovery.errored', { deliveryId: delivery.id }, asError(error));
    return 'refused';
  }
}

/** How many failed deliveries of an endpoint there are in a span, as far as the time lasts. */
export async function estimateOf(
  endpoint: { readonly tenant: string; readonly endpointId: string },
  span: { readonly since: UnixMillis; readonly until: UnixMillis },
  hasTime: () => boolean,
  deliveries: ListedDeliveries,
): Promise<Estimate> {
  let count = 0;
  let place: RecoveryPlace | undefined = firstPlace(span.since);
  while (place !== undefined) {
    if (!hasTime()) return { count, isExact: false };
    const at: Bounded = { place, ...span };
    const ids = await deliveries.listed(endpoint, place, boundsOf(at), 100);
    const found = await deliveries.readAll(ids);
    count += found.filter(({ status }) => status === 'failed').length;
    place = ids.length < 100 ? nextPlace(at) : { ...place, after: lastOf(ids, found) };
  }
  return { count, isExact: true };
}

/** Where a job begins. */
export const firstPlace = (since: UnixMillis): RecoveryPlace => ({ day: utcDay(since), shard: 0 });
