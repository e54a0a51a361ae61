import { manage } from '../../../lambdas/management/manage.ts';
import type { OperationPorts } from '../../../lambdas/management/operations.ts';
import type { Processes } from './processes.ts';
import type { PlannedAct, Story } from './story.ts';
import type { SimulatedOutbound } from './world.ts';

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
}

/** Starts an act of a person: one request to the management API, or two for an endpoint that is created again. */
export function startAct(act: PlannedAct, world: SimulatedOutbound, running: Processes, story: Story): void {
  const requests = requestsOf(act, world, story);
  if (requests.length === 0) return;
  running.start('managing', async (ports, process) => {
    world.watch.acted();
    for (const request of requests) await send(request, ports, world);
    world.watch.duties.ended(process);
    return undefined;
  });
}

async function send(
  { method, path, body }: Request,
  ports: OperationPorts,
  { trace, report }: SimulatedOutbound,
): Promise<void> {
  trace.note('person', () => `${method} ${path}${body === undefined ? '' : ` ${JSON.stringify(body)}`}`);
  const request = { method, path, query: {}, body: body === undefined ? '' : JSON.stringify(body) };
  const telemetry = report.telemetry;
  const { status } = await manage(request, 'arn:aws:iam::1:user/me', {
    ...ports,
    openapi: async () => ({}),
    telemetry,
  });
  trace.note('person', () => `${method} ${path} is answered with ${status}`);
}

function requestsOf(act: PlannedAct, world: SimulatedOutbound, { endpoints }: Story): readonly Request[] {
  const { id, tenant } = endpoints[act.target % endpoints.length] ?? { id: 'e0', tenant: 'acme' };
  const path = `/v1/tenants/${tenant}/endpoints/${id}`;
  const { toCurrentEndpoint } = act;
  const url = world.servers.newUrl(id);
  const create: Request = {
    method: 'POST',
    path: `/v1/tenants/${tenant}/endpoints`,
    body: { id, url, eventTypes: ['*'] },
  };
  switch (act.kind) {
    case 'disable':
    case 'enable':
    case 'test':
      return [{ method: 'POST', path: `${path}/${act.kind}` }];
    case 'rotate':
      return [{ method: 'POST', path: `${path}/rotate-secret` }];
    case 'delete':
      return [{ method: 'DELETE', path }];
    case 'recreate':
      return [{ method: 'DELETE', path }, create];
    case 'move':
      return [{ method: 'PATCH', path, body: { url } }];
    case 'retry': {
      const deliveries = [...world.table.deliveries.values()];
      const delivery = deliveries[act.target % Math.max(1, deliveries.length)];
      if (delivery === undefined) return [];
      return [{ method: 'POST', path: `/v1/deliveries/${delivery.id}/retry`, body: { toCurrentEndpoint } }];
    }
    case 'recover': {
      const since = new Date(world.now() - 86_400_000).toISOString();
      return [{ method: 'POST', path: `${path}/recoveries`, body: { since, toCurrentEndpoint } }];
    }
  }
}
