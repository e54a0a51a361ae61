import type { Request } from '../../../testing/memory/dynamodb/requests.ts';
import type { Mistake, Mutant } from './mistake.ts';

/** An event is written first, then its payload. */
export const putsThePayloadAfterTheEvent: Mistake = {
  above({ events, putPayload }) {
    const waiting: (() => Promise<void> | undefined)[] = [];
    return {
      putPayload: async (key, bytes) => void waiting.push(() => putPayload?.(key, bytes)),
      ...(events && {
        events: {
          ...events,
          async create(event) {
            const first = await events.create(event);
            for (const put of waiting.splice(0)) await put();
            return first;
          },
        },
      }),
    };
  },
};

/** A large payload is kept under its event's name only. */
export const overwritesLargePayloads: Mutant = ({ events, putPayload }) => ({
  async putPayload(key, bytes) {
    const place = key.slice(0, key.lastIndexOf('/'));
    for (const { payload } of events.events.values())
      if ('s3Key' in payload && payload.s3Key.startsWith(place)) await putPayload(payload.s3Key, bytes);
    await putPayload(key, bytes);
  },
});

/** A publication takes the endpoints that its own body matches, not those of the first one. */
export const matchesByItsOwnBody: Mutant = ({ events }) => ({
  events: {
    ...events,
    async create(event) {
      const first = await events.create(event);
      return first && { ...first, contentHash: event.contentHash, endpoints: event.endpoints };
    },
  },
});

/** Ranges that were noted, and perhaps not sent, count as sent. */
export const forgetsTheRangesLeft: Mutant = ({ events }) => ({
  events: {
    ...events,
    async create(event) {
      const first = await events.create(event);
      return first?.rangesLeft === undefined ? first : { ...first, rangesLeft: [] };
    },
  },
});

/** An endpoint that answers 410 stays enabled. */
export const ignoresGone: Mutant = ({ endpoints }) => ({
  endpoints: { ...endpoints, disable: async () => undefined },
});

/** Nothing says that what an enabled endpoint holds has to be released: the hourly look finds it. */
export const enablesWithoutANote: Mutant = ({ endpoints }) => ({
  endpoints: {
    ...endpoints,
    async enable(seen, now) {
      const enabled = await endpoints.enable(seen, now);
      return enabled && endpoints.reconciled(enabled);
    },
  },
});

/** A recovery with pages left leaves the index of running ones. */
export const forgetsTheRunningRecovery: Mistake = {
  request(request) {
    if (request.action !== 'UpdateItem') return request;
    const { UpdateExpression, ExpressionAttributeValues: values, ExpressionAttributeNames } = request.input;
    if (values?.[':mine'] === undefined || values[':set_status'] !== 'running') return request;
    return {
      ...request,
      input: {
        ...request.input,
        UpdateExpression: UpdateExpression?.replace(/REMOVE /, 'REMOVE #attention, #attentionAt, '),
        ExpressionAttributeNames: {
          ...ExpressionAttributeNames,
          '#attention': 'attention',
          '#attentionAt': 'attentionAt',
        },
      },
    };
  },
};

/** Makes some consistent reads eventually consistent. */
const lateWhere = (isOne: (request: Request) => boolean): Mistake => ({
  request(request) {
    if (!isOne(request)) return request;
    if (request.action === 'Query')
      return { action: 'Query', input: { ...request.input, ConsistentRead: false } };
    if (request.action === 'GetItem')
      return { action: 'GetItem', input: { ...request.input, ConsistentRead: false } };
    if (request.action !== 'BatchGetItem') return request;
    const { RequestItems = {} } = request.input;
    const late = Object.entries(RequestItems).map(([table, keys]) => [
      table,
      { ...keys, ConsistentRead: false },
    ]);
    return { action: 'BatchGetItem', input: { RequestItems: Object.fromEntries(late) } };
  },
});

const isOf = (request: Request, ...tables: readonly string[]): boolean =>
  request.action !== 'BatchGetItem' && tables.includes(request.input.TableName ?? '');

export const readsPagesOfEndpointsLate = lateWhere(
  (request) => request.action === 'Query' && isOf(request, 'Endpoints'),
);
export const readsEndpointsLate = lateWhere((request) => {
  if (request.action === 'BatchGetItem') return 'Endpoints' in (request.input.RequestItems ?? {});
  const isRead = request.action === 'GetItem' && isOf(request, 'Endpoints');
  return isRead && !String(request.input.Key?.['tenant']).startsWith('/');
});
export const readsRecordsLate = lateWhere(
  (request) => request.action === 'GetItem' && isOf(request, 'Deliveries', 'OutboundEvents'),
);
