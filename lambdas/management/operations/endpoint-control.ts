import * as v from 'valibot';
import { endpointHash } from '../../domain/delivery-task.ts';
import type { Endpoint } from '../../domain/endpoint.ts';
import {
  generateSecret,
  liveSecrets,
  maxSecrets,
  rotated,
  secretKinds,
} from '../../domain/endpoint-secret.ts';
import { asEventId } from '../../domain/ids.ts';
import { EventType } from '../../domain/publish-message.ts';
import { days, seconds } from '../../domain/time.ts';
import { announceDisabled } from '../../outbound/disable-endpoint.ts';
import { oneRun, resumeEndpoint } from '../../outbound/release-waiting.ts';
import { releaseAll } from '../../outbound/sweep/release-held.ts';
import { type EndpointPorts, endpointFor, written } from '../endpoint-ports.ts';
import { operation } from '../operation.ts';
import { Problem } from '../problem.ts';
import { type PublishToPorts, publishTo } from '../publish-to.ts';
import { EndpointParams, EndpointView, PublishedView, SecretsView } from '../schemas.ts';
import { secretView } from '../secret-view.ts';
import { checkSecret, responseOf } from './endpoints.ts';

const tag = 'Endpoints';
const path = (action: string) => `/v1/tenants/{tenant}/endpoints/{endpointId}/${action}`;
const endpointResponse = {
  description: 'The endpoint; its ETag is its version',
  schema: EndpointView,
  hasEtag: true,
};
const secretsResponse = {
  description: 'The secrets that sign now, the current one first',
  schema: SecretsView,
};

export const enableEndpoint = operation(
  {
    id: 'enableEndpoint',
    method: 'POST',
    path: path('enable'),
    tag,
    params: EndpointParams,
    summary: 'Enables an endpoint and closes its breaker; held and waiting deliveries are sent now',
    isVersioned: true,
    responses: { 200: endpointResponse },
  },
  async ({ params, version }, ports: EndpointPorts) => {
    const seen = await endpointFor(params, version, ports);
    // Before enabling: failures of the past must not disable the endpoint again with its next failure.
    await ports.limiter.reset(endpointHash({ tenant: seen.tenant, endpointId: seen.id }));
    if (seen.status === 'enabled') {
      await resumeEndpoint(seen, ports.hasTime, ports);
      return responseOf(seen);
    }
    const enabled = written(await ports.endpoints.enable(seen, ports.now()), seen);
    await releaseAll(enabled, ports.retention, oneRun(enabled, ports.hasTime), ports);
    return responseOf(enabled);
  },
);

export const disableEndpoint = operation(
  {
    id: 'disableEndpoint',
    method: 'POST',
    path: path('disable'),
    tag,
    params: EndpointParams,
    summary: 'Disables an endpoint; its deliveries are held for 30 days',
    isVersioned: true,
    responses: { 200: endpointResponse },
  },
  async ({ params, version }, ports: EndpointPorts) => {
    const seen = await endpointFor(params, version, ports);
    if (seen.status === 'disabled') return responseOf(seen);
    const reason = { reason: 'manual', at: ports.now() } as const;
    const disabled = written(await ports.endpoints.disable(seen, reason), seen);
    await announceDisabled(disabled, ports);
    return responseOf(disabled);
  },
);

/** The endpoint's owner has to install the new secret, and needs at least a day for it. */
const defaultOverlapHours = 24;
const maxOverlapHours = days(7) / 3_600;

const Rotation = v.strictObject({
  /** The new secret; generated when absent. */
  secret: v.optional(v.pipe(v.string(), v.trim())),
  kind: v.optional(v.picklist(secretKinds)),
  /** How long the earlier secrets go on signing, at most. */
  overlapHours: v.optional(
    v.pipe(v.number(), v.minValue(0), v.maxValue(maxOverlapHours)),
    defaultOverlapHours,
  ),
});

export const rotateSecret = operation(
  {
    id: 'rotateSecret',
    method: 'POST',
    path: path('rotate-secret'),
    tag,
    params: EndpointParams,
    summary: 'Adds a new secret; earlier ones also sign until the overlap ends',
    isVersioned: true,
    body: Rotation,
    isBodyOptional: true,
    responses: { 200: secretsResponse },
  },
  async ({ params, body, version }, ports: EndpointPorts) => {
    const seen = await endpointFor(params, version, ports);
    if (body.secret !== undefined) checkSecret(body.secret, { field: 'kind', kind: body.kind });
    const now = ports.now();
    const text = body.secret ?? generateSecret(body.kind ?? seen.secrets[0]?.kind ?? 'v1');
    const next = await ports.secrets.seal(text, seen, now);
    const overlap = seconds(body.overlapHours * 3_600);
    // A secret that cannot be opened any more must not prevent a new one.
    const known = { ...seen, secrets: await ports.secrets.readable(seen, now) };
    const earlier = (await ports.secrets.resealed(known, now))?.secrets ?? known.secrets;
    const secrets = rotated(earlier, next, overlap, now);
    // No secret ends before the time that its owner was given.
    if (secrets.length > maxSecrets)
      throw new Problem(
        'conflict',
        `${secrets.length - 1} secrets sign already: wait until one ends, or end them all with overlapHours: 0.`,
      );
    const endpoint = written(await ports.endpoints.changeSecrets(seen, secrets, now), seen);
    return showSecrets(endpoint, ports);
  },
);

export const revealSecret = operation(
  {
    id: 'revealSecret',
    method: 'GET',
    path: path('secret'),
    tag,
    params: EndpointParams,
    summary: 'Shows the secrets that sign now; for an Ed25519 key, its public half',
    responses: { 200: secretsResponse },
  },
  async ({ params }, ports: EndpointPorts) =>
    showSecrets(await resealed(await endpointFor(params, undefined, ports), ports), ports),
);

async function showSecrets(endpoint: Endpoint, ports: EndpointPorts) {
  const now = ports.now();
  const secrets = await Promise.all(
    liveSecrets(endpoint.secrets, now).map(async (sealed) =>
      secretView(sealed, await ports.secrets.open(sealed, endpoint, now)),
    ),
  );
  return { status: 200, body: { secrets } };
}

/** Seals secrets and headers under the current master secret when they are read under an earlier one. */
async function resealed(endpoint: Endpoint, ports: EndpointPorts): Promise<Endpoint> {
  const current = await ports.secrets.resealed(endpoint, ports.now());
  if (current === undefined) return endpoint;
  return (await ports.endpoints.reseal(endpoint, current)) ?? { ...endpoint, ...current };
}

const TestEvent = v.strictObject({
  type: v.optional(EventType, 'hookline.test'),
  data: v.optional(v.unknown(), { message: 'This is a test.' }),
});

export const testEndpoint = operation(
  {
    id: 'testEndpoint',
    method: 'POST',
    path: path('test'),
    tag,
    params: EndpointParams,
    summary: 'Sends an enabled endpoint a test event now, regardless of its event types and breaker',
    body: TestEvent,
    exactField: 'data',
    isBodyOptional: true,
    responses: {
      202: { description: 'Accepted; the deliveries of the endpoint show the result', schema: PublishedView },
    },
  },
  async ({ params, body }, ports: EndpointPorts & PublishToPorts) => {
    const { tenant, id, status } = await endpointFor(params, undefined, ports);
    if (status === 'disabled')
      throw new Problem('conflict', `${id} is disabled, and tests are not held: enable it first, then test.`);
    const { type, data } = body;
    const byHand = 'test' as const;
    return publishTo(
      { id: asEventId(ports.newId('test')), type, data, tenant, endpoint: { id }, byHand },
      ports,
    );
  },
);
