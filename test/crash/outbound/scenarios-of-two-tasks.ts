import { seconds } from '../../../lambdas/domain/time.ts';
import { answer, kills, type Scenario, toRegistered, toTenant } from './scenario.ts';

const slow = (status: number) => ({ ...answer(status), ms: 20_000 });

/** A second task of a delivery that a worker has, and two people who want the same. */
export const scenariosOfTwoTasks: readonly Scenario[] = [
  {
    name: 'a second task of an announced delivery',
    registered: ['twice'],
    publications: [toRegistered('twice')],
    endpoints: { twice: [answer(200)] },
    copies: 2,
    copiesAfter: seconds(10),
    ends: { twice: { status: 'delivered', requests: 1 } },
  },
  {
    name: 'a second task while a request is under way, whose endpoint was disabled',
    registered: ['off'],
    publications: [toTenant('evt_1')],
    endpoints: { off: [slow(503), slow(503), answer(200)] },
    retryDelays: [seconds(120)],
    copies: 2,
    copiesAfter: seconds(10),
    deliverWorkers: 2,
    changes: [
      { kind: 'disable', endpoint: 'off', at: seconds(7) },
      { kind: 'enable', endpoint: 'off', at: seconds(600) },
    ],
    ends: { off: { status: 'delivered', requests: 2, cuts: 1 } },
  },
  {
    name: 'a second task after the lease, whose endpoint was disabled during the request',
    registered: ['off'],
    publications: [toTenant('evt_1')],
    endpoints: { off: [slow(200)] },
    copies: 2,
    copiesAfter: seconds(90),
    deliverWorkers: 2,
    changes: [
      { kind: 'disable', endpoint: 'off', at: seconds(7) },
      { kind: 'enable', endpoint: 'off', at: seconds(600) },
    ],
    ends: { off: { status: 'delivered', requests: 1, cuts: 1 } },
  },
  {
    name: 'a second task without a free slot while a request is under way',
    registered: ['one'],
    publications: [toTenant('evt_1')],
    endpoints: { one: [slow(200)] },
    copies: 2,
    copiesAfter: seconds(10),
    deliverWorkers: 2,
    maxConcurrent: 1,
    ends: { one: { status: 'delivered', requests: 1, cuts: 1 } },
  },
  {
    name: 'a second task that has to wait after a worker died with its delivery',
    registered: ['busy'],
    publications: [toTenant('evt_1')],
    endpoints: { busy: [kills, answer(200)] },
    copies: 2,
    copiesAfter: seconds(90),
    maxConcurrent: 10,
    changes: [{ kind: 'asks-to-wait', endpoint: 'busy', at: seconds(85), span: seconds(60) }],
    ends: { busy: { status: 'delivered', requests: 2 } },
  },
  {
    name: 'a failed delivery that two people replay at once',
    registered: ['back'],
    publications: [toTenant('evt_1')],
    endpoints: { back: [answer(404), answer(200)] },
    acts: [{ kind: 'replay', endpoint: 'back', round: 2, times: 2 }],
    ends: { back: { status: 'delivered', requests: 2 } },
  },
];
