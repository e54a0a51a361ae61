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
import { refusalOfHeaders } from '../../domain/endpoint-headers.ts';
import { generateSecret, parseSecret, type SecretKind, secretKinds } from '../../domain/endpoint-secret.ts';
import { recheckHeld } from '../../outbound/hold-delivery.ts';
import { resumeEndpoint } from '../../outbound/release-waiting.ts';
import { cursorOf, PageQuery, placeIn } from '../cursor.ts';
import { changed, type EndpointPorts, endpointFor, written } from '../endpoint-ports.ts';
import { etagOf, operation } from '../operation.ts';
import { refused } from '../parse-part.ts';
import { Problem } from '../problem.ts';
import {
  CreatedEndpoint,
  EndpointId,
  EndpointParams,
  EndpointView,
  listOf,
  TenantParams,
} from '../schemas.ts';
import { secretView } from '../secret-view.ts';
import { breakerView, endpointView } from '../views.ts';

const tag = 'Endpoints';
const one = { description: 'The endpoint; its ETag is its version', schema: EndpointView, hasEtag: true };

const NewEndpoint = v.strictObject({
  /** Chosen by the caller, or made. */
  id: v.optional(EndpointId),
  /** `v1` is a shared secret; `v1a` an Ed25519 key. */
  secretKind: v.optional(v.picklist(secretKinds)),
  /** Brought along: `whsec_…` or `whsk_…`; else one is made. */
  secret: v.optional(v.pipe(v.string(), v.trim())),
  ...EndpointFields.entries,
});

export const createEndpoint = operation(
  {
    ...{ id: 'createEndpoint', method: 'POST', path: '/v1/tenants/{tenant}/endpoints', tag },
    summary: 'Registers an endpoint; shows its secret once',
    params: TenantParams,
    body: NewEndpoint,
    answers: { 201: { description: 'Registered', schema: CreatedEndpoint, hasEtag: true } },
  },
  async ({ params: { tenant }, body }, ports: EndpointPorts) => {
    const { id = ports.newId('ep'), secretKind, secret: given, ...settings } = body;
    await checkDestination(settings, ports);
    if (given !== undefined) checkSecret(given, { field: 'secretKind', kind: secretKind });
    const now = ports.now();
    const text = given ?? generateSecret(secretKind ?? 'v1');
    const sealed = await ports.secrets.seal(text, { tenant, id }, now);
    const headers = await ports.secrets.sealHeaders(settings.headers, { tenant, id }, now);
    const generation = ports.newId('gen');
    const endpoint: Endpoint = {
      ...{ ...settings, headers, tenant, id, generation, status: 'enabled', secrets: [sealed] },
      // No version that an earlier endpoint of this id had: nobody changes this one by what he has seen of that one.
      ...{ createdAt: now, updatedAt: now, version: firstVersion(generation) },
    };
    if (!(await ports.endpoints.create(endpoint))) {
      throw new Problem(
        'conflict',
        `${tenant} has an endpoint ${id} already; leave out id, or PATCH that one.`,
      );
    }
    // Nor is what was learnt about that one true of this one.
    await ports.limiter.reset(endpointHash({ tenant, endpointId: id }));
    return {
      status: 201,
      body: { endpoint: endpointView(endpoint), secret: secretView(sealed, text) },
      etag: etagOf(endpoint.version),
    };
  },
);

const secretRule = 'expected whsec_ and base64 of 24 to 64 bytes, or whsk_ and base64 of an Ed25519 seed';

/** Checks a secret that is brought along. @param wanted the field that says which kind it is, if it was given */
export function checkSecret(
  secret: string,
  wanted: { readonly field: 'kind' | 'secretKind'; readonly kind?: SecretKind },
): void {
  const key = parseSecret(secret);
  if (key === undefined) throw refused('body', [{ path: 'secret', message: secretRule }]);
  if (wanted.kind === undefined || wanted.kind === key.kind) return;
  const message = `expected ${key.kind}, the kind of the secret that is given, or nothing`;
  throw refused('body', [{ path: wanted.field, message }]);
}

async function checkDestination(settings: EndpointSettings, ports: EndpointPorts): Promise<void> {
  const ofFields = checkFields(settings, ports.rules, ports.maxTimeoutSeconds);
  const checked = checkUrl(settings.url, ports.rules);
  const isName = checked.ok && !checked.isLocal;
  const ofName = isName ? await ports.checkHostname(hostOf(checked.url)) : undefined;
  // Which address it is, is a matter of the network that we run in: it is not the tenant's to know.
  const nameRefused = ofName === undefined ? undefined : notPublic(settings.url);
  const { field, reason: why } = ofFields ?? { field: 'url', reason: nameRefused };
  if (why === undefined) return;
  const reason = field === 'url' ? `${why}${localHint(settings.url, ports.rules)}` : why;
  const kind = field === 'url' ? 'destination-refused' : 'invalid-request';
  throw new Problem(kind, `${field}: ${reason}`, [{ path: field, message: reason }]);
}

/** Each is as it must be; all together may be too many. */
function checkHeaders({ headers }: EndpointSettings): void {
  const message = refusalOfHeaders(headers);
  if (message !== undefined) throw refused('body', [{ path: 'headers', message }]);
}

const notPublic = (url: string): string =>
  `${URL.parse(url.trim())?.hostname} leads to an address that is not public`;

const EndpointPlace = v.object({ after: EndpointId });

export const listEndpoints = operation(
  {
    ...{ id: 'listEndpoints', method: 'GET', path: '/v1/tenants/{tenant}/endpoints', tag },
    summary: 'The endpoints of a tenant, by id',
    params: TenantParams,
    query: v.object(PageQuery),
    answers: { 200: { description: 'A page', schema: listOf(EndpointView) } },
  },
  async ({ params: { tenant }, query: { limit, cursor } }, ports: EndpointPorts) => {
    const range = placeIn(EndpointPlace, cursor) ?? {};
    const { endpoints, next } = await ports.endpoints.page(tenant, range, limit);
    return {
      status: 200,
      body: {
        data: endpoints.map(endpointView),
        nextCursor: next === undefined ? undefined : cursorOf({ after: next }),
      },
    };
  },
);

const endpointPath = '/v1/tenants/{tenant}/endpoints/{endpointId}';

export const getEndpoint = operation(
  {
    ...{ id: 'getEndpoint', method: 'GET', path: endpointPath, tag, params: EndpointParams },
    summary: 'One endpoint, with its breaker and how many deliveries wait for their next attempt',
    answers: { 200: one },
  },
  async ({ params }, ports: EndpointPorts) => {
    const endpoint = await endpointFor(params, undefined, ports);
    const { tenant, id } = endpoint;
    const [limiterKey, waiting] = await Promise.all([
      ports.limiter.read(endpointHash({ tenant, endpointId: id })),
      ports.deliveries.countWaiting({ tenant, id }, countedAtMost),
    ]);
    const { status, body, etag } = responseOf(endpoint);
    return { status, body: { ...body, breaker: breakerView(limiterKey, waiting, ports.now()) }, etag };
  },
);

/** Keys that are read of each quarter of an endpoint's: a few hundredths of a cent at most. */
const countedAtMost = 1_000;

export const responseOf = (endpoint: Endpoint, status = 200) => ({
  status,
  body: endpointView(endpoint),
  etag: etagOf(endpoint.version),
});

export const updateEndpoint = operation(
  {
    ...{ id: 'updateEndpoint', method: 'PATCH', path: endpointPath, tag, params: EndpointParams },
    summary: 'Changes what is given; null takes a filter, a limit or a header away, and other headers stay',
    isVersioned: true,
    body: EndpointChanges,
    answers: { 200: one },
  },
  async ({ params, body, version }, ports: EndpointPorts) => {
    const seen = await endpointFor(params, version, ports);
    const now = ports.now();
    const next = changedSettings(seen, body);
    checkHeaders(next);
    await checkDestination(next, ports);
    // Those that version 0.1.0 wrote in the clear, too.
    const settings = { ...next, headers: await ports.secrets.sealHeaders(next.headers, seen, now) };
    const saved = written(await ports.endpoints.changeSettings(seen, settings, now), seen);
    // Another server: nothing is known about it, and what waits has not been tried there.
    if (saved.url !== seen.url) {
      await ports.limiter.reset(endpointHash({ ...seen, endpointId: seen.id }));
      await resumeEndpoint(saved, ports.hasTime, ports);
    }
    return responseOf(saved);
  },
);

export const deleteEndpoint = operation(
  {
    ...{ id: 'deleteEndpoint', method: 'DELETE', path: endpointPath, tag, params: EndpointParams },
    summary: 'Deletes an endpoint; what it has not got is discarded',
    isVersioned: true,
    answers: { 204: { description: 'Deleted' } },
  },
  async ({ params, version }, ports: EndpointPorts) => {
    const seen = await endpointFor(params, version, ports);
    if (!(await ports.endpoints.remove(seen))) throw changed(seen);
    await discardHeld(seen, ports);
    return { status: 204 };
  },
);

/** As far as the time lasts; the rest finds out for itself, within a day. */
async function discardHeld(endpoint: Endpoint, ports: EndpointPorts): Promise<void> {
  for (let last = ''; ports.hasTime(); ) {
    const ids = await ports.deliveries.heldOf(endpoint, 25);
    // The index lags behind the table.
    if (ids.length === 0 || ids.join() === last) return;
    last = ids.join();
    await Promise.all(ids.map((id) => discardOne(id, ports)));
  }
}

/** By the endpoint that there is by then: it may be made anew already, and hold deliveries of its own. */
async function discardOne(id: string, ports: EndpointPorts): Promise<void> {
  const delivery = await ports.deliveries.read(id);
  if (delivery?.status === 'held') await recheckHeld(delivery, ports.retention, ports);
}
