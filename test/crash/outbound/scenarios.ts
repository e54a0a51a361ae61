import { seconds } from '../../../lambdas/domain/time.ts';
import { answer, hangs, kills, publication, type Scenario, toRegistered, toTenant } from './scenario.ts';
import { scenariosOfTenants } from './scenarios-of-tenants.ts';
import { scenariosOfTwoTasks } from './scenarios-of-two-tasks.ts';

export const short = [1, 5].map(seconds);

/** Small enough for every pair of crashes. */
export const coreScenarios: readonly Scenario[] = [
  {
    name: 'an announced delivery, accepted at once',
    registered: ['good'],
    publications: [toRegistered('good')],
    endpoints: { good: [answer(200)] },
    ends: { good: { status: 'delivered', requests: 1 } },
  },
  {
    name: 'one delivery, accepted at once',
    publications: [publication('good')],
    endpoints: { good: [answer(200)] },
    ends: { good: { status: 'delivered', requests: 1 } },
  },
  {
    name: '503, 503, 200',
    publications: [publication('flaky')],
    endpoints: { flaky: [answer(503), answer(503), answer(200)] },
    ends: { flaky: { status: 'delivered', requests: 3 } },
  },
  {
    name: 'always 503',
    publications: [publication('down')],
    endpoints: { down: [answer(503)] },
    retryDelays: short,
    ends: { down: { status: 'failed', requests: 3, reason: /exhausted/ } },
  },
  {
    name: '404',
    publications: [publication('wrong')],
    endpoints: { wrong: [answer(404)] },
    ends: { wrong: { status: 'failed', requests: 1, reason: /404/ } },
  },
  {
    name: 'a delay of an hour',
    publications: [publication('slow')],
    endpoints: { slow: [answer(503), answer(200)] },
    retryDelays: [seconds(3600)],
    ends: { slow: { status: 'delivered', requests: 2 } },
  },
];

/** Those of one event, or of one tenant with a few endpoints. */
export const basicScenarios: readonly Scenario[] = [
  ...coreScenarios,
  {
    name: 'a hanging endpoint',
    publications: [publication('hangs')],
    endpoints: { hangs: [hangs, hangs, answer(200)] },
    ends: { hangs: { status: 'delivered', requests: 2, cuts: 1 } },
  },
  {
    name: 'an endpoint that always takes 6 s',
    registered: ['slow'],
    publications: [toTenant('evt_1')],
    endpoints: { slow: [{ ...answer(200), ms: 6_000 }] },
    changes: [{ kind: 'publish', publication: toTenant('evt_2'), at: seconds(60) }],
    ends: {
      'slow evt_1': { status: 'delivered', requests: 1, cuts: 1 },
      // Where the first event comes late.
      'slow evt_2': { status: 'delivered', requests: 1, cuts: 1 },
    },
  },
  {
    name: 'an endpoint that is down, and then takes 6 s',
    registered: ['down'],
    publications: [toTenant('evt_1')],
    endpoints: { down: [answer(503), answer(503), hangs, { ...answer(200), ms: 6_000 }] },
    retryDelays: [1, 1, 1, 1].map(seconds),
    breakAfter: 2,
    ends: { down: { status: 'delivered', requests: 3, cuts: 1 } },
  },
  {
    name: 'Retry-After',
    publications: [publication('busy')],
    endpoints: { busy: [answer(429, seconds(300)), answer(200)] },
    ends: { busy: { status: 'delivered', requests: 2 } },
  },
  {
    name: 'every task twice',
    publications: [publication('twice')],
    endpoints: { twice: [answer(503), answer(200)] },
    retryDelays: [seconds(120)],
    copies: 2,
    ends: { twice: { status: 'delivered', requests: 2 } },
  },
  {
    name: 'one id published twice',
    publications: [publication('same'), publication('same')],
    endpoints: { same: [answer(200)] },
    ends: { same: { status: 'delivered', requests: 1 } },
  },
  {
    name: 'a batch with a task that kills its worker',
    publications: [publication('killer'), publication('alice'), publication('bob')],
    endpoints: { killer: [kills], alice: [answer(200)], bob: [answer(503), answer(200)] },
    ends: {
      killer: { status: 'failed', requests: 5, reason: /crashed/ },
      alice: { status: 'delivered', requests: 2 },
      bob: { status: 'delivered', requests: 2 },
    },
  },
  {
    name: 'a failed delivery, replayed',
    publications: [publication('back')],
    endpoints: { back: [answer(404), answer(503), answer(200)] },
    retryDelays: [seconds(1200)],
    acts: [{ kind: 'replay', endpoint: 'back', round: 2 }],
    ends: { back: { status: 'delivered', requests: 3 } },
  },
  {
    name: 'a delivered delivery, whose replay changes nothing',
    publications: [publication('gone')],
    endpoints: { gone: [answer(200), answer(404)] },
    acts: [{ kind: 'replay', endpoint: 'gone', round: 2 }],
    ends: { gone: { status: 'failed', requests: 2, reason: /404/ } },
  },
  {
    name: 'one id published again after its delivery ended',
    publications: [publication('again')],
    endpoints: { again: [answer(200)] },
    acts: [{ kind: 'publish', publication: publication('again', { data: 'another' }) }],
    ends: { again: { status: 'delivered', requests: 1 } },
  },
  {
    name: 'a tenant with three endpoints, one of them slow to accept',
    registered: ['a', 'b', 'c'],
    publications: [toTenant('evt_1')],
    endpoints: { a: [answer(200)], b: [answer(503), answer(200)], c: [answer(404)] },
    ends: {
      a: { status: 'delivered', requests: 1 },
      b: { status: 'delivered', requests: 2 },
      c: { status: 'failed', requests: 1, reason: /404/ },
    },
  },
  {
    name: 'an endpoint that is disabled before, and enabled two hours later',
    registered: ['off', 'on'],
    publications: [toTenant('evt_1')],
    endpoints: { off: [answer(200)], on: [answer(200)] },
    changes: [
      { kind: 'disable', endpoint: 'off', at: seconds(0) },
      { kind: 'enable', endpoint: 'off', at: seconds(7_200) },
    ],
    ends: { off: { status: 'delivered', requests: 1 }, on: { status: 'delivered', requests: 1 } },
  },
  {
    name: 'an endpoint that is disabled between two attempts, and enabled ten minutes later',
    registered: ['off'],
    publications: [toTenant('evt_1')],
    endpoints: { off: [answer(503), answer(200)] },
    retryDelays: [seconds(120)],
    changes: [
      { kind: 'disable', endpoint: 'off', at: seconds(60) },
      { kind: 'enable', endpoint: 'off', at: seconds(660) },
    ],
    ends: { off: { status: 'delivered', requests: 2 } },
  },
  {
    name: 'an endpoint that is never enabled again',
    registered: ['off'],
    publications: [toTenant('evt_1')],
    endpoints: { off: [answer(200)] },
    changes: [{ kind: 'disable', endpoint: 'off', at: seconds(0) }],
    ends: { off: { status: 'discarded', requests: 0, reason: /held for 30 days/ } },
  },
  {
    name: 'an endpoint that is deleted while its delivery waits',
    registered: ['off'],
    publications: [toTenant('evt_1')],
    endpoints: { off: [answer(503)] },
    retryDelays: [seconds(172_800)],
    changes: [{ kind: 'delete', endpoint: 'off', at: seconds(86_400) }],
    ends: { off: { status: 'discarded', requests: 1, reason: /deleted/ } },
  },
  {
    name: 'an endpoint that is recreated in the same millisecond as its delivery',
    registered: ['off'],
    publications: [toTenant('evt_1')],
    endpoints: { off: [answer(503)], 'off-new': [answer(200)] },
    retryDelays: [seconds(2)],
    changes: [{ kind: 'recreate', endpoint: 'off', at: seconds(0) }],
    ends: { off: { status: 'discarded', requests: 0, reason: /deleted/ } },
  },
  {
    name: 'an endpoint that is recreated during a request to it',
    registered: ['off'],
    publications: [toTenant('evt_1')],
    endpoints: { off: [hangs], 'off-new': [answer(200)] },
    retryDelays: [seconds(2)],
    changes: [{ kind: 'recreate', endpoint: 'off', at: seconds(1) }],
    ends: { off: { status: 'discarded', requests: 0, cuts: 1, reason: /deleted/ } },
  },
  {
    name: 'an endpoint that is recreated within a second of its delivery, between two attempts',
    registered: ['off'],
    publications: [toTenant('evt_1')],
    endpoints: { off: [answer(503)], 'off-new': [answer(200)] },
    retryDelays: [seconds(2)],
    changes: [{ kind: 'recreate', endpoint: 'off', at: seconds(1) }],
    ends: { off: { status: 'discarded', requests: 1, reason: /deleted/ } },
  },
  {
    name: 'an endpoint that is recreated while it holds a delivery',
    registered: ['off'],
    publications: [toTenant('evt_1')],
    endpoints: { off: [answer(200)], 'off-new': [answer(200)] },
    changes: [
      { kind: 'disable', endpoint: 'off', at: seconds(0) },
      { kind: 'recreate', endpoint: 'off', at: seconds(1) },
    ],
    ends: { off: { status: 'discarded', requests: 0, reason: /deleted/ } },
  },
  {
    name: 'an endpoint that is down until a probe succeeds',
    registered: ['down'],
    publications: [toTenant('evt_1')],
    endpoints: { down: [answer(503), answer(503), answer(503), answer(200)] },
    retryDelays: [1, 1, 1, 1, 1, 1, 1, 1].map(seconds),
    breakAfter: 2,
    ends: { down: { status: 'delivered', requests: 4 } },
  },
  {
    name: 'an endpoint that a person enables while its delivery waits',
    registered: ['back'],
    publications: [toTenant('evt_1')],
    endpoints: { back: [answer(503), answer(200)] },
    retryDelays: [seconds(600)],
    changes: [{ kind: 'reset-limiter', endpoint: 'back', at: seconds(100) }],
    ends: { back: { status: 'delivered', requests: 2 } },
  },
  {
    name: 'two retries by hand at once while the breaker is open',
    registered: ['down'],
    publications: [toTenant('evt_1')],
    endpoints: { down: [answer(503), answer(503), answer(503), answer(200)] },
    retryDelays: [1, 1, 1, 1, 1, 1].map(seconds),
    breakAfter: 2,
    changes: [
      { kind: 'retry', endpoint: 'down', at: seconds(5) },
      { kind: 'retry', endpoint: 'down', at: seconds(5) },
    ],
    ends: { down: { status: 'delivered', requests: 4 } },
  },
  {
    name: 'a delivery with a deadline of an hour',
    publications: [publication('slow')],
    endpoints: { slow: [answer(503), answer(200)] },
    retryDelays: [seconds(600)],
    lifetime: seconds(3_600),
    ends: { slow: { status: 'delivered', requests: 2 } },
  },
  {
    name: 'two sweeps at once',
    publications: [publication('late')],
    endpoints: { late: [answer(503), answer(200)] },
    retryDelays: [seconds(1800)],
    sweepsAtOnce: 2,
    ends: { late: { status: 'delivered', requests: 2 } },
  },
];

export const scenarios: readonly Scenario[] = [
  ...basicScenarios,
  ...scenariosOfTenants,
  ...scenariosOfTwoTasks,
];
