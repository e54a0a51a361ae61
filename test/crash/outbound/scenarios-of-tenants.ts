import { seconds } from '../../../lambdas/domain/time.ts';
import { answer, publication, type Scenario, toTenant } from './scenario.ts';

/** Over 32 KB, so that it is not compressed into its item. */
const large = { data: { text: 'x'.repeat(33_000) } };

/** Tenants with their endpoints, and what people do to them. */
export const scenariosOfTenants: readonly Scenario[] = [
  {
    name: 'a tenant so large that its fan-out is split',
    registered: ['a', 'b', 'c'],
    endpointsPerPage: 2,
    publications: [toTenant('evt_1')],
    endpoints: { a: [answer(200)], b: [answer(200)], c: [answer(200)] },
    ends: {
      a: { status: 'delivered', requests: 1 },
      b: { status: 'delivered', requests: 1 },
      c: { status: 'delivered', requests: 1 },
    },
  },
  {
    name: 'a payload in the bucket, published again between two attempts',
    publications: [publication('big', large)],
    endpoints: { big: [answer(503), answer(200)] },
    retryDelays: [seconds(120)],
    changes: [{ kind: 'publish', at: seconds(60), publication: publication('big', large) }],
    ends: { big: { status: 'delivered', requests: 2 } },
  },
  {
    name: 'a compressed payload, published again to one more endpoint',
    publications: [publication('long', { data: { text: 'x'.repeat(3_000) } })],
    endpoints: { long: [answer(503), answer(200)], more: [answer(200)] },
    retryDelays: [seconds(120)],
    changes: [{ kind: 'publish', at: seconds(60), publication: publication('more', { id: 'evt_long' }) }],
    ends: { long: { status: 'delivered', requests: 2 }, more: { status: 'delivered', requests: 1 } },
  },
  {
    name: 'another body under the same id, which other filters match',
    registered: ['rich', 'poor'],
    filters: { rich: { path: 'amount', gt: 100 }, poor: { path: 'amount', lt: 100 } },
    publications: [toTenant('evt_1', { amount: 500 })],
    endpoints: { rich: [answer(200)], poor: [answer(200)] },
    changes: [{ kind: 'publish', at: seconds(10), publication: toTenant('evt_1', { amount: 5 }) }],
    // Only one of them: the first body that is written decides.
    ends: { rich: { status: 'delivered', requests: 1 }, poor: { status: 'delivered', requests: 1 } },
  },
  {
    name: 'an endpoint that answers 410, and is enabled again',
    registered: ['off'],
    publications: [toTenant('evt_1')],
    endpoints: { off: [answer(410), answer(200)], 'off evt_2': [answer(200)] },
    changes: [
      { kind: 'publish', at: seconds(10), publication: toTenant('evt_2') },
      { kind: 'enable', endpoint: 'off', at: seconds(1_200) },
    ],
    ends: {
      'off evt_1': { status: 'failed', requests: 1, reason: /410/, orAfterFault: ['delivered', 'discarded'] },
      'off evt_2': { status: 'delivered', requests: 1, orAfterFault: ['discarded'] },
    },
  },
  {
    name: 'an endpoint that fails again after a pause of six days',
    publications: [publication('rare')],
    endpoints: { rare: [answer(503), answer(503), answer(200)] },
    retryDelays: [518_400, 1].map(seconds),
    ends: { rare: { status: 'delivered', requests: 3 } },
  },
  {
    name: 'a recovery of several pages',
    registered: ['back'],
    publications: [toTenant('evt_1'), toTenant('evt_2')],
    endpoints: { back: [answer(404), answer(200)] },
    acts: [{ kind: 'recover', endpoint: 'back' }],
    ends: {
      'back evt_1': { status: 'delivered', requests: 2 },
      'back evt_2': { status: 'delivered', requests: 2 },
    },
  },
  {
    name: 'an endpoint that is registered and deleted',
    registered: ['a'],
    publications: [toTenant('evt_1')],
    endpoints: { a: [answer(404)] },
    acts: [
      { kind: 'register', endpoint: 'b' },
      { kind: 'deregister', endpoint: 'b' },
    ],
    ends: { a: { status: 'failed', requests: 1, reason: /404/ } },
  },
];
