import { AsyncLocalStorage } from 'node:async_hooks';
import type { ClientHooks } from '../../testing/memory/dynamodb/dynamodb.ts';
import type { Request } from '../../testing/memory/dynamodb/requests.ts';

/** A port call that a process is making. */
interface CallUnderWay<Process> {
  /** Counted over the whole run, from 0. */
  readonly call: number;
  readonly name: string;
  readonly process: Process;
}

/** One request of a port call to DynamoDB. */
export interface RequestAt<Process = unknown> extends CallUnderWay<Process> {
  /** Counted within its call, from 0. */
  readonly request: number;
}

/** A request that was made. */
export interface MadeRequest {
  readonly action: Request['action'];
  /** A read of an index, or one that does not ask for consistency: it may miss the last writes. */
  readonly mayBeLate: boolean;
  /** It wrote, and no condition refused it. */
  hasWritten: boolean;
}

/** What happens to the requests. */
interface RequestPlan<Process> {
  /** The request waits for what this returns; undefined lets it go at once. */
  readonly before: (at: RequestAt<Process>) => Promise<void> | undefined;
  readonly after: (at: RequestAt<Process>) => Promise<void> | undefined;
  readonly isRepeated: (at: RequestAt<Process>) => boolean;
}

const underWay = new AsyncLocalStorage<CallUnderWay<unknown>>();

/** The port call that is being made; undefined for what a test itself reads and writes. */
export const callUnderWay = (): number | undefined => underWay.getStore()?.call;

/** Attributes requests to DynamoDB to the port calls that make them, and lets faults happen at single requests. */
export function watchRequests<Process>(plan: RequestPlan<Process>) {
  /** By call; undefined for a call without a request. */
  const made: (MadeRequest[] | undefined)[] = [];
  /** The latest request, and those before it that wait for something. */
  const noted: { request?: Request; at?: RequestAt<Process> } = {};
  const waiting = new Map<Request, RequestAt<Process>>();
  const placeOf = (request: Request): RequestAt<Process> | undefined =>
    noted.request === request ? noted.at : waiting.get(request);

  function note(request: Request): RequestAt<Process> | undefined {
    const call = underWay.getStore();
    if (call === undefined) return undefined;
    const ofCall = made[call.call] ?? [];
    made[call.call] = ofCall;
    ofCall.push({ action: request.action, mayBeLate: mayBeLate(request), hasWritten: false });
    const { name, process } = call as CallUnderWay<Process>;
    const at = { call: call.call, name, process, request: ofCall.length - 1 };
    noted.request = request;
    noted.at = at;
    return at;
  }

  const hooks: ClientHooks = {
    before(request) {
      const at = note(request);
      const wait = at && plan.before(at);
      if (at !== undefined && wait !== undefined) waiting.set(request, at);
      return wait;
    },
    after(request) {
      const at = placeOf(request);
      if (at === undefined) return undefined;
      const own = made[at.call]?.[at.request];
      if (own !== undefined) own.hasWritten = isWrite(request);
      return plan.after(at);
    },
    isRepeated(request) {
      const at = placeOf(request);
      return at !== undefined && plan.isRepeated(at);
    },
  };

  return {
    made,
    hooks,
    /** The same effect, known as the one of a call. */
    within:
      <T>(call: CallUnderWay<Process>, effect: () => Promise<T>): (() => Promise<T>) =>
      () =>
        underWay.run(call, effect),
  };
}

const isWrite = ({ action }: Request): boolean =>
  action === 'UpdateItem' ||
  action === 'PutItem' ||
  action === 'DeleteItem' ||
  action === 'BatchExecuteStatement';

function mayBeLate(request: Request): boolean {
  if (isWrite(request)) return false;
  if (request.action !== 'BatchGetItem') return !Reflect.get(request.input, 'ConsistentRead');
  return Object.values(request.input.RequestItems ?? {}).some(({ ConsistentRead }) => !ConsistentRead);
}
