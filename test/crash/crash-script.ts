import { type RequestAt, watchRequests } from './requests-of-calls.ts';

/** What goes wrong at one port call. */
export interface CrashPoint {
  /** Counted over the whole run, from 0. */
  readonly call: number;
  /** One of the call's requests to DynamoDB, counted from 0. @default the call itself */
  readonly request?: number;
  /** Before its effect, or after the effect and before any caller learns of it. */
  readonly when: 'before' | 'after';
  /**
   * The process dies (the default); the call rejects, as with a network that fails; it stalls as long as the script
   * says and then goes on; or the answer is lost, and the client makes the call a second time.
   */
  readonly fault?: 'dies' | 'rejects' | 'stalls' | 'repeats';
}

/**
 * Where a process stood before a call and after it.
 *
 * Nothing has an effect between two equal places: the process only computes, and its death loses what it computed.
 */
export interface CallPlaces {
  readonly before: string;
  /** Undefined when the process never got there: the call rejected, or the process died in it. */
  after: string | undefined;
}

/** How one worker process ended. */
export type ProcessEnd<T> = { readonly kind: 'ended'; readonly value: T } | { readonly kind: 'crashed' };

// A new one each time: a shared one would keep all that wait for it.
const never = (): Promise<never> => new Promise(() => undefined);

/** What a script takes of the world that its processes run in. */
interface ScriptPorts {
  /** Names the state of what changes without a port call, such as the time. */
  readonly moment: () => string;
  /** Resolves when a stalled call goes on. */
  readonly stall?: () => Promise<void>;
  /** Called when a call begins. */
  readonly onCall?: (call: number) => void;
  /** Waits before a request that is not the first of its call. */
  readonly between?: (at: RequestAt) => Promise<void> | undefined;
}

/**
 * Runs worker processes that die at given port calls, or whose calls fail there.
 *
 * A dead process is silent: its calls never settle, and none of its later calls has an effect, so no `catch` of the code
 * under test can see the crash. Only asynchronous ports are crash points; clocks, randomness and logs are not.
 *
 * @param points at most one for each call; a call that the run never reaches crashes nothing
 */
export function crashScript(
  points: readonly CrashPoint[],
  { moment, stall = async () => undefined, onCall, between }: ScriptPorts,
) {
  const calls: string[] = [];
  const places: CallPlaces[] = [];
  const pointOf = new Map(points.map((point) => [point.call, point]));
  const pointAt = ({ call, request }: Pick<CrashPoint, 'call' | 'request'>): CrashPoint | undefined => {
    const point = pointOf.get(call);
    return point?.request === request ? point : undefined;
  };
  /** Effects are counted when they begin and when they end, and so are the requests of a call, which may be several. */
  const counts = { processes: 0, effects: 0 };
  const requests = watchRequests<Process>({
    before(at) {
      const { process, name } = at;
      if (!process.isAlive) return never();
      counts.effects++;
      const wait = at.request > 0 ? between?.(at) : undefined;
      const point = pointAt(at);
      if (wait === undefined && point?.when !== 'before') return undefined;
      return (async () => {
        await wait;
        if (point?.when === 'before') await happen(point, name, process);
        return process.isAlive ? undefined : never();
      })();
    },
    after(at) {
      const { process, name } = at;
      counts.effects++;
      const point = pointAt(at);
      if (point?.when === 'after') return happen(point, name, process);
      return process.isAlive ? undefined : never();
    },
    isRepeated: (at) =>
      pointAt(at)?.fault === 'repeats' ||
      (knownByTurn.has(at.name) && pointAt({ call: at.call })?.fault === 'repeats'),
  });

  const callOf = (process: Process): Call => {
    const number = ++counts.processes;
    const place = () => `process ${number}, effect ${counts.effects}, ${moment()}`;
    return async (name, effect) => {
      if (!process.isAlive) return never();
      const call = calls.length;
      const point = pointAt({ call });
      const ofCall: CallPlaces = { before: place(), after: undefined };
      calls.push(name);
      places.push(ofCall);
      onCall?.(call);
      if (point?.when === 'before') await happen(point, name, process);
      const made = requests.within({ call, name, process }, effect);
      const value = await effectOf(process, made, isRepeated(point, name));
      // In this order, so that no two calls of a process return to one place.
      counts.effects++;
      ofCall.after = place();
      if (point?.when === 'after') await happen(point, name, process);
      return process.isAlive ? value : never();
    };
  };

  /** Never settles when the process is dead, or dies in it. */
  async function effectOf(process: Process, effect: () => Promise<unknown>, isTwice: boolean) {
    if (!process.isAlive) return never();
    counts.effects++;
    if (isTwice) await effect();
    const value = await effect();
    return process.isAlive ? value : never();
  }

  /** @param work gets the ports, and a way to end its process by itself */
  async function run<Ports extends object, T>(
    ports: Ports,
    work: (ports: Ports, exit: () => Promise<never>) => Promise<T>,
  ): Promise<ProcessEnd<T>> {
    const death = Promise.withResolvers<ProcessEnd<T>>();
    const process: Process = {
      isAlive: true,
      stall,
      exit() {
        process.isAlive = false;
        death.resolve({ kind: 'crashed' });
        return never();
      },
    };
    const ended = work(withEveryCall(ports, callOf(process)), process.exit).then(
      (value) => ({ kind: 'ended', value }) as const,
    );
    return Promise.race([ended, death.promise]);
  }

  return { calls, places, run, requests };
}

/** Calls that know their own request again: a client repeats the request, and nothing repeats the call. Claims are tried both ways. */
const knownByTurn = new Set(['deliveries.defer']);

/** A handler is the team's code, so it runs once in a call. */
const isRepeated = (point: CrashPoint | undefined, name: string): boolean =>
  point?.fault === 'repeats' && name !== 'handle' && !knownByTurn.has(name);

interface Process {
  isAlive: boolean;
  readonly exit: () => Promise<never>;
  readonly stall: () => Promise<void>;
}

async function happen({ fault }: CrashPoint, name: string, process: Process): Promise<void> {
  switch (fault) {
    case 'rejects':
      throw new Error(`no answer to ${name}`);
    case 'stalls':
      return process.stall();
    case 'repeats':
      return;
    default:
      return process.exit();
  }
}

type Call = (name: string, effect: () => Promise<unknown>) => Promise<unknown>;
type PortFunction = (...args: unknown[]) => unknown;

/** The same ports, nested objects included, with each asynchronous call going through `call`. */
export function withEveryCall<Ports extends object>(ports: Ports, call: Call, path = ''): Ports {
  const wrapped = new Map<string | symbol, unknown>();
  // Most processes use a few ports of many: each is wrapped when it is first looked up.
  return new Proxy(ports, {
    get(target, key) {
      if (!wrapped.has(key)) wrapped.set(key, wrap(Reflect.get(target, key), `${path}${String(key)}`, call));
      return wrapped.get(key);
    },
  });
}

const synchronousPorts = new Set([
  'forBatch',
  'now',
  'random',
  'after',
  'memoryOf',
  'info',
  'warn',
  'error',
  'count',
  'seconds',
  'log',
]);
/** Ports that only measure break no promise. */
const isGauge = (name: string): boolean => name.startsWith('gauges.');

function wrap(port: unknown, name: string, call: Call): unknown {
  if (typeof port === 'function') {
    if (isGauge(name) || synchronousPorts.has(name.slice(name.lastIndexOf('.') + 1))) return port;
    return (...args: unknown[]) => call(name, async () => (port as PortFunction)(...args));
  }
  const isNested = typeof port === 'object' && port !== null && !Array.isArray(port);
  return isNested ? withEveryCall(port, call, `${name}.`) : port;
}
