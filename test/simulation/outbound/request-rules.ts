import { parseLimiter } from '../../../lambdas/adapters/dynamodb/limiter/item.ts';
import { deliveryId } from '../../../lambdas/domain/delivery-record.ts';
import { endpointHash } from '../../../lambdas/domain/delivery-task.ts';
import type { Endpoint } from '../../../lambdas/domain/endpoint.ts';
import { asEndpointId, asEventId, asTenantId } from '../../../lambdas/domain/ids.ts';
import { otherItems } from '../../../lambdas/domain/tables.ts';
import { tableNames } from '../../../testing/memory/dynamodb/dynamodb.ts';
import type { Item } from '../../../testing/memory/dynamodb/values.ts';
import type { Request } from '../../crash/outbound/promises.ts';
import type { outboundWorld } from '../../support/worlds/outbound-world.ts';
import type { StoredDelivery } from '../../support/worlds/stored-delivery.ts';
import type { Process } from './calls.ts';
import type { EndpointHistory, Life } from './endpoint-history.ts';
import type { Story } from './story.ts';

type Check = (isKept: boolean, violation: string) => void;

interface Sent {
  readonly process: Process;
  readonly request: Request;
  readonly attempt: string;
}

/** Judges each request to an endpoint. */
export function requestRules(
  { db, table, now }: ReturnType<typeof outboundWorld>,
  history: EndpointHistory,
  story: Story,
  check: Check,
) {
  const sent: Sent[] = [];
  const bodies = new Map<string, string>();
  const generations = new Map<string, Set<string | undefined>>();
  /** The last claim of each delivery. */
  const leases = new Map<string, StoredDelivery>();
  const addressed = new Set(
    story.publications.flatMap(({ message }) => {
      const { id, tenant, endpoint } = Object(message);
      return endpoint === undefined ? [] : [`${tenant}/${id}/${endpoint.id}`];
    }),
  );

  function checkBody(key: string, body: string): void {
    const first = bodies.get(key) ?? body;
    bodies.set(key, first);
    check(body === first, 'requests of one event differ');
    const published = story.publications
      .map(({ message }) => Object(message))
      .filter(({ tenant, id }) => `${tenant}/${id}` === key)
      .map(({ data }) => JSON.stringify(data));
    const { data, id } = JSON.parse(body);
    const isTest = String(id).startsWith('test_');
    check(isTest || published.includes(JSON.stringify(data)), 'a request has a body that was not published');
  }

  /** Published to one endpoint, regardless of its filter and its age. */
  const isAddressed = ({ tenant, eventId, endpointId }: StoredDelivery): boolean =>
    addressed.has(`${tenant}/${eventId}/${endpointId}`) || eventId.startsWith('test_');

  function checkFilter(delivery: StoredDelivery, life: Life | undefined, body: string): void {
    if (isAddressed(delivery)) return;
    const filter = life?.endpoint.filter;
    const wanted = filter && 'equals' in filter ? filter.equals : undefined;
    const { kind } = JSON.parse(body).data;
    check(wanted === undefined || wanted === kind, 'an endpoint got an event that its filter leaves out');
  }

  function checkRepeat(delivery: StoredDelivery, request: Request, process: Process): void {
    const attempt = `${delivery.id}/${delivery.round}/${delivery.attempts + 1}`;
    const before = sent.filter((other) => other.attempt === attempt);
    const earlier = before.filter((other) => !other.request.isCut);
    // Of the delivery queue one, and of probes three.
    check(process.isFaulty || before.length - earlier.length <= 4, 'a request is cut again and again');
    // A request that stood still before it was sent may come in a later attempt.
    const isExplained = earlier.length === 0 || [...earlier, { process }].some((one) => one.process.isFaulty);
    check(isExplained, 'a request was repeated, although no process died and no record was lost');
    sent.push({ process, request, attempt });
  }

  /** Since when the breaker of an endpoint is open, by the key of its limiter. */
  const openSince = new Map<string, number>();
  const limiters = db.tableOf(tableNames.endpoints);
  db.onWrite(({ table: name, is }) => {
    const tenant = String(is?.['tenant'] ?? '');
    if (name !== tableNames.endpoints || is === undefined || !tenant.startsWith(otherItems.limiter)) return;
    if (is['openUntil'] === undefined) openSince.delete(tenant);
    else if (!openSince.has(tenant)) openSince.set(tenant, now());
  });
  const hasSlot = (item: Item | undefined): boolean =>
    Math.max(Number(item?.['hand'] ?? 0), Number(item?.['probe'] ?? 0)) > now() ||
    Object.values(parseLimiter(item).slots).some(({ until }) => until > now());

  /** A request without a slot goes only to an endpoint without limits, on what its process has read within two seconds. */
  function checkPermit(endpoint: Endpoint | undefined, tenant: string, id: string, process: Process): void {
    const partition = `${otherItems.limiter}${endpointHash({ tenant: asTenantId(tenant), endpointId: asEndpointId(id) })}`;
    if (process.isFaulty || hasSlot(limiters.get(`${partition}\u0000limiter`))) return;
    const { maxConcurrent, maxPerSecond } = endpoint ?? {};
    // A limit may be new.
    const isLimited = (maxConcurrent ?? maxPerSecond) !== undefined && endpoint?.version === 1;
    check(!isLimited, 'a request to an endpoint with limits had no slot');
    const openFor = now() - (openSince.get(partition) ?? now());
    check(openFor <= 2_000, 'a request went past a breaker that has been open for more than two seconds');
  }

  /** A late success of another worker ends a claim whose request is about to be sent. */
  function hasLease({ id, status, claims, leaseUntil }: StoredDelivery): boolean {
    const last = leases.get(id);
    const isOvertaken = status === 'delivered' && last?.claims === claims && (last.leaseUntil ?? 0) > now();
    return (leaseUntil ?? 0) > now() || isOvertaken;
  }

  return {
    isAddressed,

    /** Notes the endpoint that a delivery is for. */
    written(delivery: StoredDelivery): void {
      const known = generations.get(delivery.id) ?? new Set();
      generations.set(delivery.id, known.add(delivery.generation));
      if (delivery.leaseUntil !== undefined) leases.set(delivery.id, delivery);
    },

    requested(url: string, webhookId: string, body: string, process: Process): Request {
      const life = history.ofUrl(url);
      const tenant = life?.endpoint.tenant ?? asTenantId(JSON.parse(body).tenant ?? '');
      const endpoint = life?.endpoint.id ?? asEndpointId('direct');
      const id = deliveryId(tenant, asEventId(webhookId), endpoint);
      const delivery = table.deliveries.get(id);
      const request: Request = { endpoint, webhookId, body, deliveryId: id, round: delivery?.round ?? 0 };
      check(delivery !== undefined, 'a request with a webhook-id that is not its event');
      if (delivery !== undefined) {
        const key = `${tenant}/${webhookId}`;
        check(
          life === undefined || generations.get(id)?.has(life.generation) === true,
          'a recreated endpoint got a delivery of its predecessor',
        );
        check(process.isFaulty || hasLease(delivery), 'a request without a lease');
        checkBody(key, body);
        checkFilter(delivery, life, body);
        checkRepeat(delivery, request, process);
        checkPermit(life?.endpoint, tenant, endpoint, process);
      }
      return request;
    },
  };
}
