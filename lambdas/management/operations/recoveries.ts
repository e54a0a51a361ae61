import * as v from 'valibot';
import { endpointHash } from '../../domain/delivery-task.ts';
import type { Recovery } from '../../domain/recovery.ts';
import { toIsoInstant } from '../../domain/time.ts';
import { resumeEndpoint } from '../../outbound/release-waiting.ts';
import { estimateFailed } from '../../outbound/sweep/estimate-failed.ts';
import { type RecoverPorts, recover } from '../../outbound/sweep/recover.ts';
import { type EndpointPorts, endpointFor } from '../endpoint-ports.ts';
import { keptSpan } from '../listed-span.ts';
import { operation } from '../operation.ts';
import type { ManagementPorts } from '../ports.ts';
import { Problem } from '../problem.ts';
import { EndpointParams, EstimateView, RecoveryView } from '../schemas.ts';
import { InstantQuery } from './deliveries.ts';

export type RecoveryPorts = RecoverPorts & Pick<ManagementPorts, 'hasTime' | 'retention' | 'newId'>;

const tag = 'Recoveries';
const RecoveryId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/, '1 to 64 of A-Z a-z 0-9 _ -'));
const RecoveryParams = v.object({ recoveryId: RecoveryId });
const Flag = v.picklist(['true', 'false']);
const Span = { since: InstantQuery, until: v.optional(InstantQuery) };

const recoveryView = (recovery: Recovery): v.InferOutput<typeof RecoveryView> => {
  const { id, tenant, endpointId, status, estimate, replayed, refused } = recovery;
  return {
    id,
    tenant,
    endpointId,
    status,
    estimate,
    replayed,
    refused,
    toCurrentEndpoint: recovery.toCurrentEndpoint ?? false,
    ofEarlierEndpoint: recovery.ofEarlierEndpoint ?? 0,
    since: toIsoInstant(recovery.since),
    until: toIsoInstant(recovery.until),
    createdAt: toIsoInstant(recovery.createdAt),
    updatedAt: toIsoInstant(recovery.updatedAt),
  };
};

export const estimateRecovery = operation(
  {
    id: 'estimateRecovery',
    method: 'GET',
    tag,
    params: EndpointParams,
    path: '/v1/tenants/{tenant}/endpoints/{endpointId}/recovery-estimate',
    summary: 'Counts the failed deliveries that a recovery would replay',
    query: v.object({ ...Span, toCurrentEndpoint: v.optional(Flag, 'false') }),
    responses: {
      200: { description: 'The count; isExact is false when counting ran out of time', schema: EstimateView },
    },
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
    id: 'startRecovery',
    method: 'POST',
    tag,
    params: EndpointParams,
    path: '/v1/tenants/{tenant}/endpoints/{endpointId}/recoveries',
    summary: 'Replays the failed deliveries of an endpoint that were created in a span of time',
    /** A caller that gives an id may repeat the request without starting a second job. */
    body: v.strictObject({
      id: v.optional(RecoveryId),
      ...Span,
      /** Also replays deliveries for an earlier endpoint of the id, and those that its deletion discarded. */
      toCurrentEndpoint: v.optional(v.boolean(), false),
    }),
    responses: { 202: { description: 'The job, which continues in the background', schema: RecoveryView } },
  },
  async ({ params, body }, ports: RecoveryPorts & EndpointPorts) => {
    const endpoint = await endpointFor(params, undefined, ports);
    const { tenant, id: endpointId } = endpoint;
    const now = ports.now();
    const span = keptSpan(body, now, ports.retention);
    const { id = ports.newId('rec'), toCurrentEndpoint } = body;
    const existing = body.id === undefined ? undefined : await ports.recoveries.read(id);
    if (existing !== undefined) return { status: 202, body: recoveryView(checkEndpoint(existing, params)) };
    const recovery: Recovery = {
      id,
      tenant,
      endpointId,
      ...span,
      toCurrentEndpoint,
      status: 'running',
      estimate: await estimateFailed(endpoint, span, ports.hasTime, ports.deliveries, body),
      replayed: 0,
      refused: 0,
      createdAt: now,
      updatedAt: now,
    };
    // Before the replays: an open breaker would make them wait for a probe.
    const limiterKey = endpointHash({ tenant, endpointId });
    if (endpoint.status === 'enabled') await ports.limiter.reset(limiterKey);
    if (!(await ports.recoveries.create(recovery))) throw taken(id);
    // Replays as many as there is time for; the sweep continues.
    await recover([recovery.id], ports.hasTime, ports);
    if (endpoint.status === 'enabled') await resumeEndpoint(endpoint, ports.hasTime, ports);
    // The job exists even if this read fails; an error would make the caller start another one.
    const known = await ports.recoveries.read(recovery.id).catch(() => undefined);
    return { status: 202, body: recoveryView(known ?? recovery) };
  },
);

/** @throws Problem when the recovery belongs to another endpoint */
function checkEndpoint(
  recovery: Recovery,
  { tenant, endpointId }: v.InferOutput<typeof EndpointParams>,
): Recovery {
  if (recovery.tenant === tenant && recovery.endpointId === endpointId) return recovery;
  throw taken(recovery.id);
}

const taken = (id: string): Problem => new Problem('conflict', `There is already a recovery ${id}.`);

const path = '/v1/recoveries/{recoveryId}';

export const getRecovery = operation(
  {
    id: 'getRecovery',
    method: 'GET',
    path,
    tag,
    params: RecoveryParams,
    summary: 'Returns the progress of a recovery',
    responses: { 200: { description: 'The job', schema: RecoveryView } },
  },
  async ({ params: { recoveryId } }, ports: RecoveryPorts) => {
    const recovery = await ports.recoveries.read(recoveryId);
    if (recovery === undefined) throw new Problem('not-found', `There is no recovery ${recoveryId}.`);
    return { status: 200, body: recoveryView(recovery) };
  },
);

export const cancelRecovery = operation(
  {
    id: 'cancelRecovery',
    method: 'DELETE',
    path,
    tag,
    params: RecoveryParams,
    summary: 'Stops a recovery; deliveries that it has replayed stay replayed',
    responses: { 200: { description: 'The job', schema: RecoveryView } },
  },
  async ({ params: { recoveryId } }, ports: RecoveryPorts) => {
    const recovery = await ports.recoveries.read(recoveryId);
    if (recovery === undefined) throw new Problem('not-found', `There is no recovery ${recoveryId}.`);
    const cancelled = await ports.recoveries.cancel(recoveryId, ports.now());
    return { status: 200, body: recoveryView(cancelled ?? recovery) };
  },
);
