import type * as v from 'valibot';
import type { Endpoint } from '../../domain/endpoint.ts';
import type { EventId } from '../../domain/ids.ts';
import { failedParts } from '../../domain/payload-filter.ts';
import { wantsType } from '../../domain/subscription.ts';
import { type EndpointPorts, endpointFor } from '../endpoint-ports.ts';
import { operation } from '../operation.ts';
import { type RecentPorts, recentEvents } from '../recent-events.ts';
import { EndpointParams, FilterTest, FilterTestView } from '../schemas.ts';

type Result = v.InferOutput<typeof FilterTestView>['results'][number];
type Subscription = Pick<Endpoint, 'filter' | 'eventTypes'>;

/** The payload that a filter is tested on: a given one, or that of an event. */
interface Candidate {
  readonly example?: number;
  readonly eventId?: EventId;
  readonly eventType?: string;
  readonly data: unknown;
}

export const testFilter = operation(
  {
    id: 'testFilter',
    method: 'POST',
    tag: 'Endpoints',
    params: EndpointParams,
    path: '/v1/tenants/{tenant}/endpoints/{endpointId}/filter-test',
    summary: 'Tests a filter on recent events of the tenant or on given payloads; sends nothing',
    body: FilterTest,
    exactField: 'examples',
    isBodyOptional: true,
    responses: {
      200: {
        description: 'Which payloads match, and which parts of the filter exclude the others',
        schema: FilterTestView,
      },
    },
  },
  async ({ params, body }, ports: EndpointPorts & RecentPorts) => {
    const endpoint = await endpointFor(params, undefined, ports);
    const { filter = endpoint.filter, eventTypes = endpoint.eventTypes, examples, limit } = body;
    const candidates: readonly Candidate[] =
      examples?.map((data, example) => ({ example, data })) ?? (await recentEvents(params, limit, ports));
    const results = candidates.map((candidate) => resultOf({ filter, eventTypes }, candidate));
    const matched = results.filter(({ matches }) => matches).length;
    return { status: 200, body: { tested: results.length, matched, results } };
  },
);

function resultOf({ filter, eventTypes }: Subscription, { data, ...candidate }: Candidate): Result {
  const failed = filter === undefined ? [] : failedParts(filter, data);
  const isOther = candidate.eventType !== undefined && !wantsType(eventTypes, candidate.eventType);
  return {
    ...candidate,
    matches: failed.length === 0 && !isOther,
    otherType: isOther || undefined,
    failed: failed.map(({ place, part }) => ({ place, part })),
  };
}
