/** What goes wrong at one port call. */
export interface CrashPoint {
  /** Counted over the whole run, from 0. */
  readonly call: number;
  /** Before its effect, or after the effect and before anybody learns of it. */
  readonly when: 'before' | 'after';
  /**
   * The process dies (the default); the call rejects, as with a network that fails; it stalls as long as the script
   * says and then goes on; or the answer is lost, and the client makes the call a second time.
   */
  readonly fault?: 'dies' | 'rejects' | 'stalls' | 'repeats';
}

/** How one worker process ended. */
export type ProcessEnd<T> = { readonly kind: 'ended'; readonly value: T } | { readonly kind: 'crashed' };

const never = new Promise<never>(() => undefined);

/**
 * Runs worker processes that die at given port calls, or whose calls fail there.
 *
 * A dead process is silent: its calls never settle, and none of its later calls has an effect, so no `catch` of the code
 * under test can see the crash. Only asynchronous ports are crash points; clocks, randomness and logs are not.
 *
 * @param points at most one for each call; a call that the run never reaches crashes nothing
 * @param stall resolves when a stalled call goes on
 */
export function crashScript(
  points: readonly CrashPoint[],
  stall: () => Promise<void> = async () => undefined,
) {
  const calls: string[] = [];
  const pointOf = new Map(points.map((point) => [point.call, point]));

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
        return never;
      },
    };
    const call = (name: string, effect: () => Promise<unknown>): Promise<unknown> => {
      const point = pointOf.get(calls.length);
      if (process.isAlive) calls.push(name);
      return callOf(process, name, point, effect);
    };

    const ended = work(withEveryCall(ports, call), process.exit).then(
      (value) => ({ kind: 'ended', value }) as const,
    );
    return Promise.race([ended, death.promise]);
  }

  return { calls, run };
}

interface Process {
  isAlive: boolean;
  readonly exit: () => Promise<never>;
  readonly stall: () => Promise<void>;
}

async function callOf(
  process: Process,
  name: string,
  point: CrashPoint | undefined,
  effect: () => Promise<unknown>,
): Promise<unknown> {
  if (!process.isAlive) return never;
  if (point?.when === 'before') await happen(point, name, process);
  if (!process.isAlive) return never;
  if (point?.fault === 'repeats') await effect();
  const value = await effect();
  if (point?.when === 'after') await happen(point, name, process);
  return process.isAlive ? value : never;
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
  const wrapped = Object.entries(ports).map(([key, port]) => {
    if (typeof port === 'function') return [key, wrap(`${path}${key}`, port as PortFunction, call)];
    // Lists, and the views of tables by which tests look past the ports.
    const isIterable = typeof port === 'object' && port !== null && Symbol.iterator in port;
    const nested = typeof port === 'object' && port !== null && !isIterable;
    return [key, nested ? withEveryCall(port as object, call, `${path}${key}.`) : port];
  });
  return Object.fromEntries(wrapped) as Ports;
}

const synchronousPorts = new Set(['now', 'random', 'info', 'warn', 'error', 'count', 'seconds', 'log']);
/** What measures only breaks no promise. */
const isGauge = (name: string): boolean => name.startsWith('gauges.');

function wrap(name: string, port: PortFunction, call: Call): PortFunction {
  if (isGauge(name) || synchronousPorts.has(name.split('.').at(-1) ?? '')) return port;
  return (...args) => call(name, async () => port(...args));
}
