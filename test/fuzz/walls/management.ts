import * as v from 'valibot';
import { managementRequest } from '../../../lambdas/adapters/api-gateway.ts';
import { payloadCheck } from '../../../lambdas/adapters/schema/payload-check.ts';
import { checkSchema } from '../../../lambdas/adapters/schema/payload-schema.ts';
import { checkUrl } from '../../../lambdas/domain/destination-rules.ts';
import { isAllowedAddress } from '../../../lambdas/domain/ip-range.ts';
import { parseJson } from '../../../lambdas/domain/json.ts';
import {
  failedParts,
  matchesFilter,
  PayloadFilter,
  StoredFilter,
} from '../../../lambdas/domain/payload-filter.ts';
import { unixMillis } from '../../../lambdas/domain/time.ts';
import { parseBody } from '../../../lambdas/management/body.ts';
import { placeIn } from '../../../lambdas/management/cursor.ts';
import { outboundSettings } from '../../support/fixtures/outbound.ts';
import type { Wall } from '../../support/hostile/wall.ts';
import { managementWorld } from '../../support/worlds/management-world.ts';
import { gatewayEvent } from './gateway-event.ts';

const endpoint = {
  url: 'https://acme.example/hooks',
  eventTypes: ['*'],
  description: 'd',
  filter: { all: [{ path: 'a.b', equals: 1 }] },
  headers: { 'x-key': 'a' },
  metadata: { team: 'a' },
  maxPerSecond: 1,
  timeout: 5,
  retryDelays: [1, 2],
};

/** @returns the problem’s text as the reason */
const requested = (method: string, path: string): Wall['feed'] => {
  const { call, problems } = managementWorld();
  return async (text) => {
    const { status, body } = await call(method, path, undefined, { body: text });
    const [problem] = problems;
    if (problem !== undefined) throw problem;
    if (status >= 500) throw new Error(`answered ${status}`);
    return status >= 400 ? { reason: String(Reflect.get(Object(body), 'detail')) } : undefined;
  };
};

const request = (name: string, method: string, path: string, valid: readonly object[]): Wall => ({
  name: `a request to the management API: ${name}`,
  files: ['body', 'parse-part', 'recent-events'].map((file) => `lambdas/management/${file}.ts`),
  valid,
  feed: requested(method, path),
  // Names of fields, which say where the fault is.
  repeats: true,
});

const parameters: Wall = {
  name: 'a path and a query of the management API',
  files: ['lambdas/management/router.ts', 'lambdas/management/cursor.ts', 'lambdas/adapters/api-gateway.ts'],
  valid: [{ after: 'ep_1' }],
  throws: ['Problem'],
  async feed(text) {
    const { call, problems } = managementWorld();
    const escaped = encodeURIComponent(text.toWellFormed().slice(0, 8_000));
    for (const path of [
      `/v1/${text}`,
      `/v1/tenants/${escaped}/endpoints`,
      `/v1/event-types/${text.slice(0, 8_000)}`,
    ]) {
      const read = managementRequest(
        gatewayEvent({ rawPath: path, rawQueryString: `cursor=${escaped}&${text}&limit=9` }),
      );
      const { status } = await call('GET', read.path, undefined, { query: read.query, ifMatch: text });
      if (status >= 500) throw problems[0];
    }
    placeIn(v.object({ after: v.string() }), Buffer.from(text).toString('base64url'));
  },
};

const body: Wall = {
  name: 'a body with exact numbers',
  files: ['lambdas/management/body.ts'],
  valid: [{ type: 'a.b', data: { a: 1.0 } }],
  throws: ['Problem'],
  feed: (text) => parseBody(text, 'data'),
};

const schemaText = {
  type: 'object',
  properties: { a: { type: 'string', pattern: '^a+$' } },
  required: ['a'],
};
const schema: Wall = {
  name: 'a JSON Schema of a tenant, and a payload',
  files: ['lambdas/adapters/schema/payload-validator.ts'],
  valid: [schemaText, { $defs: { a: { $ref: '#/$defs/a' } }, $ref: '#/$defs/a' }],
  async feed(text) {
    const given = parseJson(text);
    const at = unixMillis(0);
    const record = {
      name: 'a.b',
      description: '',
      checkPayload: true,
      createdAt: at,
      updatedAt: at,
      version: 1,
    };
    const data = await payloadCheck(
      async () => ({ ...record, schema: schemaText }),
      () => at,
    )('a.b', given);
    if (typeof given !== 'object' || given === null || Array.isArray(given)) return { reason: data };
    const known = { ...given };
    await payloadCheck(
      async () => ({ ...record, schema: known }),
      () => at,
    )('a.b', { a: 'aaa' });
    return { reason: checkSchema(structuredCloneOrSame(known)) ?? data };
  },
  repeats: true,
};

/** A schema is annotated where it is checked. */
function structuredCloneOrSame(given: object): object {
  try {
    return JSON.parse(JSON.stringify(given));
  } catch {
    return given;
  }
}

const filter: Wall = {
  name: 'a filter of a tenant',
  files: ['lambdas/domain/payload-filter.ts', 'lambdas/domain/payload-path.ts'],
  valid: [
    endpoint.filter,
    { any: [{ path: ['a', '*'], contains: 'x' }, { not: { path: 'b', exists: true } }] },
  ],
  feed(text) {
    const given = parseJson(text);
    for (const kind of [PayloadFilter, StoredFilter]) {
      const parsed = v.safeParse(kind, given);
      if (!parsed.success) continue;
      matchesFilter(parsed.output, given);
      failedParts(parsed.output, { a: { b: 1 } });
    }
    // A payload, with a filter of ours.
    matchesFilter(
      {
        any: [
          { path: 'a.*.b', equals: 1 },
          { path: 'a', prefix: 'x' },
        ],
      },
      given,
    );
  },
};

const address: Wall = {
  name: 'a URL and an address',
  files: ['lambdas/domain/destination-rules.ts', 'lambdas/domain/url-text.ts', 'lambdas/domain/ip-range.ts'],
  valid: [{ url: 'https://acme.example/' }],
  feed(text) {
    isAllowedAddress(text, ['192.0.2.0/24', '2001:db8::/32']);
    checkUrl(`https://${text}/`, outboundSettings);
    return checkUrl(text, outboundSettings);
  },
};

export const managementWalls: readonly Wall[] = [
  request('an endpoint', 'POST', '/v1/tenants/acme/endpoints', [endpoint]),
  request('an event type', 'PUT', '/v1/event-types/a.b', [
    { description: 'd', schema: schemaText, example: { a: 'a' } },
  ]),
  request('an event', 'POST', '/v1/tenants/acme/events', [{ id: 'evt_1', type: 'a.b', data: { a: 1 } }]),
  request('a recovery', 'POST', '/v1/tenants/acme/endpoints/ep_1/recoveries', [
    { since: '2026-11-01T00:00:00Z' },
  ]),
  parameters,
  body,
  schema,
  filter,
  address,
];
