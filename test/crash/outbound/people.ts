import { asEndpointId, asTenantId } from '../../../lambdas/domain/ids.ts';
import { startRecovery } from '../../../lambdas/management/operations/recoveries.ts';
import { replayDelivery } from '../../../lambdas/outbound/replay.ts';
import { newEndpoint } from '../../support/fixtures/new-endpoint.ts';
import type { Processes } from './processes.ts';
import { type Act, type Scenario, urlOf } from './scenario.ts';
import type { Ports, SimulatedWorld } from './world.ts';

const hour = 3_600_000;
const tenant = 'acme';
/** The request that starts a recovery has time to count, and to note its first page; the sweep does the rest. */
const timesAsked = 2;

/** People who replay, recover, register and delete, each in a process that may die. They repeat an act that was not done. */
export function peopleOf(
  { acts: planned = [] }: Pick<Scenario, 'acts'>,
  world: SimulatedWorld,
  running: Processes,
  isQuiet: () => boolean,
) {
  const { table, endpoints, recoveries, time } = world;
  const acts = [...planned];
  const since = new Date(time.now()).toISOString();
  let nextActAt: number = time.now();

  const deliveryTo = (endpoint: string) =>
    [...table.deliveries.values()].find(({ endpointId }) => endpointId === endpoint);
  const endpointCalled = (id: string) => endpoints.endpoints.get(`${tenant}/${id}`);

  function replay(endpoint: string, times: number): void {
    const delivery = deliveryTo(endpoint);
    for (let person = 0; person < times && delivery !== undefined; person++) {
      running.start('replaying', async (ports) => {
        await replayDelivery(delivery.id, time.now(), ports);
        return async () => undefined;
      });
    }
  }

  const manage = (work: (ports: Ports['managing']) => Promise<unknown>): void =>
    running.start('managing', async (ports) => {
      await work(ports);
      return async () => undefined;
    });

  function recover(endpoint: string): void {
    let asked = 0;
    const more = { hasTime: () => ++asked <= timesAsked, newId: (prefix: string) => prefix };
    const body = JSON.stringify({ id: recoveryOf(endpoint), since });
    const request = { method: 'POST', path: '', query: {}, body };
    manage((ports) => startRecovery.run({ tenant, endpointId: endpoint }, request, { ...ports, ...more }));
  }

  async function register(id: string, ports: Ports['managing']): Promise<void> {
    await ports.endpoints.create(newEndpoint(time.now(), { id, generation: 'gen_1', url: urlOf(id) }));
  }
  async function deregister(id: string, ports: Ports['managing']): Promise<void> {
    const seen = await ports.endpoints.read(asTenantId(tenant), asEndpointId(id));
    if (seen !== undefined) await ports.endpoints.remove(seen);
  }

  /** @returns false when it has been done, or cannot be done */
  function begin(act: Act): boolean {
    if (act.kind === 'publish' || isDone(act)) return false;
    nextActAt = time.now() + hour;
    if (act.kind === 'replay') replay(act.endpoint, act.times ?? 1);
    else if (act.kind === 'recover') recover(act.endpoint);
    else if (act.kind === 'register') manage((ports) => register(act.endpoint, ports));
    else manage((ports) => deregister(act.endpoint, ports));
    return true;
  }

  function isDone(act: Exclude<Act, { kind: 'publish' }>): boolean {
    switch (act.kind) {
      case 'replay':
        return (deliveryTo(act.endpoint)?.round ?? Number.POSITIVE_INFINITY) >= act.round;
      case 'recover':
        return recoveries.recoveries.has(recoveryOf(act.endpoint));
      case 'register':
        return endpointCalled(act.endpoint) !== undefined;
      case 'deregister':
        return endpointCalled(act.endpoint) === undefined;
    }
  }

  return {
    nextActAt: () => nextActAt,
    isDone: () => acts.length === 0,

    /** When nothing is left to do, does the next act. */
    async act(): Promise<boolean> {
      const [act] = isQuiet() && time.now() >= nextActAt ? acts : [];
      if (act !== undefined && begin(act)) return true;
      acts.splice(0, act === undefined ? 0 : 1);
      if (act?.kind === 'publish') await world.send(act.publication);
      return act !== undefined;
    },

    /** Retries a waiting delivery; one that has ended meanwhile is not changed. */
    startRetry(endpoint: string): void {
      const delivery = deliveryTo(endpoint);
      if (delivery === undefined) return;
      const reopen = async () => ({ ok: false }) as const;
      running.start('replaying', async (ports) => {
        const deliveries = { ...ports.deliveries, reopen };
        await replayDelivery(delivery.id, time.now(), { ...ports, deliveries });
        return async () => undefined;
      });
    },
  };
}

const recoveryOf = (endpoint: string): string => `rec_${endpoint}`;
