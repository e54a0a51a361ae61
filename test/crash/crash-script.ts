/** A process dies at this port call: before its effect, or after the effect and before anybody learns of it. */
export interface CrashPoint {
  /** Counted over the whole run, from 0. */
  readonly call: number;
  readonly when: 'before' | 'after';
}

/** How one worker process ended. */
export type ProcessEnd<T> = { readonly kind: 'ended'; readonly value: T } | { readonly kind: 'crashed' };

const never = new Promise<never>(() => undefined);

/**
 * Runs worker processes that die at given port calls.
 *
 * A dead process is silent: its calls never settle, and none of its later calls has an effect, so no `catch` of the code
 * under test can see the crash. Only asynchronous ports are crash points; clocks, randomness and logs are not.
 *
 * @param points at most one for each call; a call that the run never reaches crashes nothing
 */
export function crashScript(points: readonly CrashPoint[]) {
  const calls: string[] = [];

  async function run<Ports extends object, T>(
    ports: Ports,
    work: (ports: Ports) => Promise<T>,
  ): Promise<ProcessEnd<T>> {
    const process = { alive: true };
    const death = Promise.withResolvers<ProcessEnd<T>>();
    const die = () => {
      process.alive = false;
      death.resolve({ kind: 'crashed' });
      return never;
    };

    const call = async (name: string, effect: () => Promise<unknown>): Promise<unknown> => {
      if (!process.alive) return never;
      const point = points.find((candidate) => candidate.call === calls.length);
      calls.push(name);
      if (point?.when === 'before') return die();
      const value = await effect();
      if (point?.when === 'after') return die();
      return process.alive ? value : never;
    };

    const ended = work(withEveryCall(ports, call)).then((value) => ({ kind: 'ended', value }) as const);
    return Promise.race([ended, death.promise]);
  }

  return { calls, run };
}

/** Every crash point of a run that makes `calls` calls. */
export const everyCrashPoint = (calls: number): CrashPoint[] =>
  Array.from({ length: calls }, (_, call) => [
    { call, when: 'before' } as const,
    { call, when: 'after' } as const,
  ]).flat();

type Call = (name: string, effect: () => Promise<unknown>) => Promise<unknown>;
type PortFunction = (...args: unknown[]) => unknown;

/** The same ports, nested objects included, with each asynchronous call going through `call`. */
function withEveryCall<Ports extends object>(ports: Ports, call: Call, path = ''): Ports {
  const wrapped = Object.entries(ports).map(([key, port]) => {
    if (typeof port === 'function') return [key, wrap(`${path}${key}`, port as PortFunction, call)];
    const nested = typeof port === 'object' && port !== null && !Array.isArray(port);
    return [key, nested ? withEveryCall(port as object, call, `${path}${key}.`) : port];
  });
  return Object.fromEntries(wrapped) as Ports;
}

const synchronousPorts = new Set(['now', 'random', 'info', 'warn', 'error', 'count', 'seconds', 'log']);

function wrap(name: string, port: PortFunction, call: Call): PortFunction {
  if (synchronousPorts.has(name.split('.').at(-1) ?? '')) return port;
  return (...args) => call(name, async () => port(...args));
}
