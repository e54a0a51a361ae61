import * as v from 'valibot';
import { endpointHash } from '../../domain/delivery-task.ts';
import { checkUrl, hostOf } from '../../domain/destination-rules.ts';
import {
  changedSettings,
  checkFields,
  type Endpoint,
  EndpointChanges,
  EndpointFields,
  type EndpointSettings,
  localHint,
} from '../../domain/endpoint.ts';
import { firstVersion } from '../../domain/endpoint-generation.ts';
import { checkHeaderTotals } from '../../domain/endpoint-headers.ts';
import { generateSecret, parseSecret, type SecretKind, secretKinds } from '../../domain/endpoint-secret.ts';
import { asEndpointId, type DeliveryId } from '../../domain/ids.ts';
import { isFailing } from '../../domain/limiter.ts';
import { recheckHeld } from '../../outbound/hold-delivery.ts';
import { resumeEndpoint } from '../../outbound/release-waiting.ts';
import { cursorOf, PageQuery, placeIn } from '../cursor.ts';
import { changed, type EndpointPorts, endpointFor, written } from '../endpoint-ports.ts';
import { allWithWaits, withWaits } from '../endpoint-waits.ts';
import { etagOf, operation } from '../operation.ts';
import { refused } from '../parse-part.ts';
import { Problem } from '../problem.ts';
import {
  CreatedEndpoint,
  EndpointIdField,
  EndpointParams,
  EndpointView,
  listOf,
  TenantParams,
} from '../schemas.ts';
import { secretView } from '../secret-view.ts';
import { endpointView } from '../views.ts';

const tag = 'Endpoints';
const endpointResponse = {
  description: 'The endpoint; its ETag is its version',
  schema: EndpointView,
  hasEtag: true,
};

const NewEndpoint = v.strictObject({
  /** Generated when absent. */
  id: v.optional(EndpointIdField),
  /** `v1` is a shared secret, `v1a` an Ed25519 key. */
  secretKind: v.optional(v.picklist(secretKinds)),
  /** `whsec_…` or `whsk_…`; generated when absent. */
  secret: v.optional(v.pipe(v.string(), v.trim())),
  ...EndpointFields.entries,
});

export const createEndpoint = operation(
  {
    id: 'createEndpoint',
    method: 'POST',
    path: '/v1/tenants/{tenant}/endpoints',
    tag,
    summary: 'Registers an endpoint; the response shows its secret',
    params: TenantParams,
    body: NewEndpoint,
    responses: { 201: { description: 'Registered', schema: CreatedEndpoint, hasEtag: true } },
  },
  async ({ params: { tenant }, body }, ports: EndpointPorts) => {
    const { id = asEndpointId(ports.newId('ep')), secretKind, secret: given, ...settings } = body;
    await checkDestination(settings, ports);
    if (given !== undefined) checkSecret(given, { field: 'secretKind', kind: secretKind });
    const now = ports.now();
    const text = given ?? generateSecret(secretKind ?? 'v1');
    const sealed = await ports.secrets.seal(text, { tenant, id }, now);
    const headers = await ports.secrets.sealHeaders(settings.headers, { tenant, id }, now);
    const generation = ports.newId('gen');
    const endpoint: Endpoint = {
      ...settings,
      headers,
      tenant,
      id,
      generation,
      status: 'enabled',
      secrets: [sealed],
      // Never a version that an earlier endpoint of this id had: an If-Match for that one must not match.
      createdAt: now,
      updatedAt: now,
      version: firstVersion(generation),
    };
    if (!(await ports.endpoints.create(endpoint))) {
      throw new Problem(
        'conflict',
        `${tenant} already has an endpoint ${id}: leave out the id, or PATCH that endpoint.`,
      );
    }
    // The limiter's state of an earlier endpoint of this id does not apply either.
    await ports.limiter.reset(endpointHash({ tenant, endpointId: id }));
    return {
      status: 201,
      body: { endpoint: endpointView(endpoint), secret: secretView(sealed, text) },
      etag: etagOf(endpoint.version),
    };
  },
);

const secretRule = 'expected whsec_ and base64 of 24 to 64 bytes, or whsk_ and base64 of an Ed25519 seed';

/** Checks a secret that the caller gives. @param wanted the field with the kind, and the kind if it was given */
export function checkSecret(
  secret: string,
  wanted: { readonly field: 'kind' | 'secretKind'; readonly kind?: SecretKind },
): void {
  const key = parseSecret(secret);
  if (key === undefined) throw refused('body', [{ path: 'secret', message: secretRule }]);
  if (wanted.kind === undefined || wanted.kind === key.kind) return;
  const message = `expected ${key.kind}, the kind of the given secret, or nothing`;
  throw refused('body', [{ path: wanted.field, message }]);
}

async function checkDestination(settings: EndpointSettings, ports: EndpointPorts): Promise<void> {
  const ofFields = checkFields(settings, ports.rules, ports.maxTimeoutSeconds);
  const checked = checkUrl(settings.url, ports.rules);
  const isName = checked.ok && !checked.isLocal;
  const ofName = isName ? await ports.checkHostname(hostOf(checked.url)) : undefined;
  // The address may be one of our own network, so the caller does not get to see it.
  const nameRefused = ofName === undefined ? undefined : notPublic(settings.url);
  const { field, reason: why } = ofFields ?? { field: 'url', reason: nameRefused };
  if (why === undefined) return;
  const reason = field === 'url' ? `${why}${localHint(settings.url, ports.rules)}` : why;
  const kind = field === 'url' ? 'destination-refused' : 'invalid-request';
  throw new Problem(kind, `${field}: ${reason}`, [{ path: field, message: reason }]);
}

/** Checks the number and size of all headers together; each alone is valid already. */
function checkHeaders({ headers }: EndpointSettings): void {
  const message = checkHeaderTotals(headers);
  if (message !== undefined) throw refused('body', [{ path: 'headers', message }]);
}

const notPublic = (url: string): string =>
  `${URL.parse(url.trim())?.hostname} resolves to an address that is not public`;

const EndpointPlace = v.object({ after: EndpointIdField });

export const listEndpoints = operation(
  {
    id: 'listEndpoints',
    method: 'GET',
    path: '/v1/tenants/{tenant}/endpoints',
    tag,
    summary: 'Lists the endpoints of a tenant by id, each with its breaker and what waits for it',
    params: TenantParams,
    query: v.object(PageQuery),
    responses: { 200: { description: 'A page', schema: listOf(EndpointView) } },
  },
  async ({ params: { tenant }, query: { limit, cursor } }, ports: EndpointPorts) => {
    const range = placeIn(EndpointPlace, cursor) ?? {};
    const { endpoints, next } = await ports.endpoints.page(tenant, range, limit);
    return {
      status: 200,
      body: {
        data: await allWithWaits(endpoints, ports),
        nextCursor: next === undefined ? undefined : cursorOf({ after: next }),
      },
    };
  },
);

const endpointPath = '/v1/tenants/{tenant}/endpoints/{endpointId}';

export const getEndpoint = operation(
  {
    id: 'getEndpoint',
    method: 'GET',
    path: endpointPath,
    tag,
    params: EndpointParams,
    summary: 'Returns one endpoint with its breaker, how many of its deliveries wait, since when and why',
    responses: { 200: endpointResponse },
  },
  async ({ params }, ports: EndpointPorts) => {
    const endpoint = await endpointFor(params, undefined, ports);
    return { ...responseOf(endpoint), body: await withWaits(endpoint, ports) };
  },
);

const hashOf = ({ tenant, id }: Endpoint): string => endpointHash({ tenant, endpointId: id });

export const responseOf = (endpoint: Endpoint, status = 200) => ({
  status,
  body: endpointView(endpoint),
  etag: etagOf(endpoint.version),
});

export const updateEndpoint = operation(
  {
    id: 'updateEndpoint',
    method: 'PATCH',
    path: endpointPath,
    tag,
    params: EndpointParams,
    summary: 'Changes the given settings; null removes a filter, a limit or a header, and other headers stay',
    isVersioned: true,
    body: EndpointChanges,
    responses: { 200: endpointResponse },
  },
  async ({ params, body, version }, ports: EndpointPorts) => {
    const seen = await endpointFor(params, version, ports);
    const now = ports.now();
    const next = changedSettings(seen, body);
    checkHeaders(next);
    await checkDestination(next, ports);
    // This also seals values that version 0.1.0 stored in the clear.
    const settings = { ...next, headers: await ports.secrets.sealHeaders(next.headers, seen, now) };
    const saved = written(await ports.endpoints.changeSettings(seen, settings, now), seen);
    await applySettings(saved, seen, ports);
    return responseOf(saved);
  },
);

/** Does to what waits what other settings of its endpoint mean. */
async function applySettings(saved: Endpoint, seen: Endpoint, ports: EndpointPorts): Promise<void> {
  if (saved.url !== seen.url) {
    // The limiter's state belongs to the old URL, and waiting deliveries have not been tried at the new one.
    await ports.limiter.reset(hashOf(seen));
  } else {
    // What waits for a limit has its place by the old one, which may be hours away.
    if (!allowsMore(saved, seen)) return;
    if (isFailing(await ports.limiter.clearPlaces(hashOf(seen)))) return;
  }
  await resumeEndpoint(saved, ports.hasTime, ports);
}

/** Whether a limit was raised or removed. */
const allowsMore = (next: EndpointSettings, before: EndpointSettings): boolean =>
  isRaised(next.maxPerSecond, before.maxPerSecond) || isRaised(next.maxConcurrent, before.maxConcurrent);
const isRaised = (next: number | undefined, before: number | undefined): boolean =>
  before !== undefined && (next === undefined || next > before);

export const deleteEndpoint = operation(
  {
    id: 'deleteEndpoint',
    method: 'DELETE',
    path: endpointPath,
    tag,
    params: EndpointParams,
    summary: 'Deletes an endpoint; its pending and held deliveries are discarded',
    isVersioned: true,
    responses: { 204: { description: 'Deleted' } },
  },
  async ({ params, version }, ports: EndpointPorts) => {
    const seen = await endpointFor(params, version, ports);
    if (!(await ports.endpoints.remove(seen))) throw changed(seen);
    await discardHeld(seen, ports);
    return { status: 204 };
  },
);

/** Discards held deliveries until the time is up; the sweep discards the rest within a day. */
async function discardHeld(endpoint: Endpoint, ports: EndpointPorts): Promise<void> {
  for (let last = ''; ports.hasTime(); ) {
    const ids = await ports.deliveries.heldOf(endpoint, 25);
    // The index is eventually consistent: the same page twice means that these are discarded already.
    if (ids.length === 0 || ids.join() === last) return;
    last = ids.join();
    await Promise.all(ids.map((id) => discardOne(id, ports)));
  }
}

/** Rechecks against the endpoint as it is now: one created again under the id may hold deliveries too. */
async function discardOne(id: DeliveryId, ports: EndpointPorts): Promise<void> {
  const delivery = await ports.deliveries.read(id);
  if (delivery?.status === 'held') await recheckHeld(delivery, ports.retention, ports);
}
