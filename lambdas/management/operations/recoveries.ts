import * as v from 'valibot';
import { endpointHash } from '../../domain/delivery-task.ts';
import { firstPlace, type Recovery } from '../../domain/recovery.ts';
import { type Seconds, toIsoInstant, type UnixMillis } from '../../domain/time.ts';
import { resumeEndpoint } from '../../outbound/release-waiting.ts';
import { estimateFailed } from '../../outbound/sweep/estimate-failed.ts';
import { type RecoverPorts, recover } from '../../outbound/sweep/recover.ts';
import { type EndpointPorts, endpointFor } from '../endpoint-ports.ts';
import { keptSpan } from '../listed-span.ts';
import { operation } from '../operation.ts';
import { Problem } from '../problem.ts';
import { EndpointParams, EstimateView, RecoveryView } from '../schemas.ts';
import { InstantQuery } from './deliveries.ts';

/** What recovering needs of the outside world. */
export interface RecoveryPorts extends RecoverPorts {
  hasTime(): boolean;
  /** How long a finished delivery is kept. */
  readonly retention: Seconds;
  newId(prefix: string): string;
  readonly recoveries: RecoverPorts['recoveries'] & {
    /** @returns false when there is one of that id */
    create(recovery: Recovery): Promise<boolean>;
    read(id: string): Promise<Recovery | undefined>;
    /** @returns undefined when it has ended already */
    cancel(id: string, now: UnixMillis): Promise<Recovery | undefined>;
  };
}

const tag = 'Recoveries';
const RecoveryId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/, '1 to 64 of A-Z a-z 0-9 _ -'));
const RecoveryParams = v.object({ recoveryId: RecoveryId });
const Flag = v.picklist(['true', 'false']);
const Span = { since: InstantQuery, until: v.optional(InstantQuery) };

const view = (recovery: Recovery): v.InferOutput<typeof RecoveryView> => {
  const { id, tenant, endpointId, status, estimate, replayed, refused } = recovery;
  return {
    ...{ id, tenant, endpointId, status, estimate, replayed, refused },
    toCurrentEndpoint: recovery.toCurrentEndpoint ?? false,
    ofEarlierEndpoint: recovery.ofEarlierEndpoint ?? 0,
    ...{ since: toIsoInstant(recovery.since), until: toIsoInstant(recovery.until) },
    ...{ createdAt: toIsoInstant(recovery.createdAt), updatedAt: toIsoInstant(recovery.updatedAt) },
  };
};

export const estimateRecovery = operation(
  {
    ...{ id: 'estimateRecovery', method: 'GET', tag, params: EndpointParams },
    path: '/v1/tenants/{tenant}/endpoints/{endpointId}/recovery-estimate',
    summary: 'How many failed deliveries a recovery would send again',
    query: v.object({ ...Span, toCurrentEndpoint: v.optional(Flag, 'false') }),
    answers: { 200: { description: 'The count, as far as counting came', schema: EstimateView } },
  },
  async ({ params, query }, ports: RecoveryPorts & EndpointPorts) => {
    const endpoint = await endpointFor(params, undefined, ports);
    const options = { toCurrentEndpoint: query.toCurrentEndpoint === 'true' };
    const span = keptSpan(query, ports.now(), ports.retention);
    const estimate = await estimateFailed(endpoint, span, ports.hasTime, ports.deliveries, options);
    return { status: 200, body: estimate };
  },
);

export const startRecovery = operation(
  {
    ...{ id: 'startRecovery', method: 'POST', tag, params: EndpointParams },
    path: '/v1/tenants/{tenant}/endpoints/{endpointId}/recoveries',
    summary: 'Sends all deliveries of an endpoint again that failed, of those created in a span of time',
    /** With an id of the caller's the same request again makes no second job. */
    body: v.strictObject({
      id: v.optional(RecoveryId),
      ...Span,
      /** Also what was for an earlier endpoint of the id, and what its deletion discarded. */
      toCurrentEndpoint: v.optional(v.boolean(), false),
    }),
    answers: { 202: { description: 'The job, which goes on by itself', schema: RecoveryView } },
  },
  async ({ params, body }, ports: RecoveryPorts & EndpointPorts) => {
    const endpoint = await endpointFor(params, undefined, ports);
    const { tenant, id: endpointId } = endpoint;
    const now = ports.now();
    const span = keptSpan(body, now, ports.retention);
    const { id = ports.newId('rec'), toCurrentEndpoint } = body;
    const begun = body.id === undefined ? undefined : await ports.recoveries.read(id);
    if (begun !== undefined) return { status: 202, body: view(asAsked(begun, params)) };
    const recovery: Recovery = {
      ...{ id, tenant, endpointId, ...span, toCurrentEndpoint, status: 'running' },
      estimate: await estimateFailed(endpoint, span, ports.hasTime, ports.deliveries, body),
      ...{ replayed: 0, refused: 0, place: firstPlace(span.since), createdAt: now, updatedAt: now },
    };
    // First: what the outage taught must not keep what is sent again waiting for a probe.
    const limiterKey = endpointHash({ tenant, endpointId });
    if (endpoint.status === 'enabled') await ports.limiter.reset(limiterKey);
    if (!(await ports.recoveries.create(recovery))) throw taken(id);
    // What there is time for at once; the sweep goes on.
    await recover([recovery.id], ports.hasTime, ports);
    if (endpoint.status === 'enabled') await resumeEndpoint(endpoint, ports.hasTime, ports);
    // It is there whether or not that can be read now: an error would have it started once more.
    const known = await ports.recoveries.read(recovery.id).catch(() => undefined);
    return { status: 202, body: view(known ?? recovery) };
  },
);

/** @throws Problem when it is another endpoint's */
function asAsked(begun: Recovery, { tenant, endpointId }: v.InferOutput<typeof EndpointParams>): Recovery {
  if (begun.tenant === tenant && begun.endpointId === endpointId) return begun;
  throw taken(begun.id);
}

const taken = (id: string): Problem => new Problem('conflict', `There is a recovery ${id} already.`);

const path = '/v1/recoveries/{recoveryId}';

export const getRecovery = operation(
  {
    ...{ id: 'getRecovery', method: 'GET', path, tag, params: RecoveryParams },
    summary: 'How far a recovery has come',
    answers: { 200: { description: 'The job', schema: RecoveryView } },
  },
  async ({ params: { recoveryId } }, ports: RecoveryPorts) => {
    const recovery = await ports.recoveries.read(recoveryId);
    if (recovery === undefined) throw new Problem('not-found', `There is no recovery ${recoveryId}.`);
    return { status: 200, body: view(recovery) };
  },
);

export const cancelRecovery = operation(
  {
    ...{ id: 'cancelRecovery', method: 'DELETE', path, tag, params: RecoveryParams },
    summary: 'Stops a recovery; what it has sent again stays sent',
    answers: { 200: { description: 'The job', schema: RecoveryView } },
  },
  async ({ params: { recoveryId } }, ports: RecoveryPorts) => {
    const recovery = await ports.recoveries.read(recoveryId);
    if (recovery === undefined) throw new Problem('not-found', `There is no recovery ${recoveryId}.`);
    const cancelled = await ports.recoveries.cancel(recoveryId, ports.now());
    return { status: 200, body: view(cancelled ?? recovery) };
  },
);
