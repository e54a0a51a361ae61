import fc from 'fast-check';
import type { ManagementRequest, OperationShape } from '../../../lambdas/management/operation.ts';
import { operations } from '../../../lambdas/management/operations.ts';
import { deliveryIdOf } from '../fixtures/ids.ts';
import { fieldValue, json, text } from './values.ts';

/** The resources in the world of the test. */
const fits: Readonly<Record<string, string>> = {
  tenant: 'acme',
  endpointId: 'ep_1',
  name: 'a.b',
  source: 'quiet',
  recoveryId: 'rec_1',
  deliveryId: deliveryIdOf('acme', 'evt_0', 'ep_1'),
};
/** The required fields of an operation. */
const needed: Readonly<Record<string, string>> = {
  createEndpoint: '"id":"ep_2","url":"https://acme.example/","eventTypes":["*"]',
  publishEvent: '"type":"a.b","data":{}',
  startRecovery: '"since":"2026-11-01T00:00:00Z"',
  replayInboundEvent: '"id":"evt_0"',
};

/** Up to two fields that an operation accepts, each with a value that may be wrong. */
function fieldsOf(schema: object | undefined): fc.Arbitrary<readonly (readonly [string, string])[]> {
  const names = Object.keys(Reflect.get(schema ?? {}, 'entries') ?? {});
  return fc
    .subarray(names, { maxLength: Math.min(names.length, 2) })
    .chain((some) =>
      fc.tuple(...some.map((name) => fieldValue(name).map((value) => [name, value] as const))),
    );
}

/** A field that is said twice is what it is the second time. */
const bodyOf = ({ id, body }: OperationShape): fc.Arbitrary<string> =>
  fieldsOf(body).map((fields) => {
    const members = fields.map(([name, value]) => `"${name}":${value}`);
    return `{${[...(needed[id] ? [needed[id]] : []), ...members].join()}}`;
  });
const queryOf = ({ query }: OperationShape): fc.Arbitrary<ManagementRequest['query']> =>
  fieldsOf(query).map((fields) =>
    Object.fromEntries(fields.map(([name, value]) => [name, value.replace(/^"(.*)"$/, '$1')])),
  );

/** Three of four parameters name something that exists. */
const param = fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: text });
const pathOf = ({ path }: OperationShape): fc.Arbitrary<string> =>
  fc
    .tuple(param, param)
    .map((values) => path.replaceAll(/\{(\w+)\}/g, (_, name) => values.pop() ?? fits[name] ?? 'x'));

const ifMatch = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(undefined, '"1"', '*') },
  {
    weight: 1,
    arbitrary: fc.oneof(fc.constantFrom('W/"1"', '"1", "2"', '"01"', '1', `"${'9'.repeat(400)}"`), text),
  },
);

/** An almost valid value. */
const toOperation = fc.constantFrom(...operations).chain((operation) =>
  fc.record({
    method: fc.constant(operation.method as string),
    path: pathOf(operation),
    query: queryOf(operation),
    ifMatch,
    body: bodyOf(operation),
  }),
);
/** Makes a value that is never valid. */
const anywhere = fc.record({
  method: fc.constantFrom('GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'TRACE', 'get', ''),
  path: fc.oneof(
    fc.constantFrom(...operations).chain(pathOf),
    text.map((value) => `/v1/${value}`),
    text,
  ),
  query: fc.dictionary(text, fc.oneof(text, fc.constant(['1', '2']))),
  ifMatch,
  body: fc.oneof(json, text),
});

/** Random requests to the management API by an authorised caller. */
export const hostileRequest: fc.Arbitrary<ManagementRequest> = fc.oneof(
  { weight: 5, arbitrary: toOperation },
  { weight: 1, arbitrary: anywhere },
  {
    weight: 1,
    arbitrary: fc
      .tuple(toOperation, anywhere)
      .map(([request, { body, query }]) => ({ ...request, body, query })),
  },
);
