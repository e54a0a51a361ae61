import calls from './calls.json' with { type: 'json' };
import durations from './durations.json' with { type: 'json' };
import list from './prices.json' with { type: 'json' };
import template from './template.json' with { type: 'json' };

/** The calls and writes of one step of an event, as counted on the local AWS. */
export interface CountedStep {
  /** Calls for each event, by `service.Operation`. */
  readonly calls: Readonly<Record<string, number>>;
  /** DynamoDB's write units, those of indexes separately, and read units. */
  readonly write: number;
  readonly indexWrite: number;
  readonly read: number;
  /** Bytes that the tables grow by. */
  readonly storedBytes: number;
  /** Bytes that their indexes grow by. */
  readonly indexStoredBytes: number;
  /** Bytes of our own log lines, for each event. */
  readonly lineBytes: number;
  /** Bytes of the metrics' lines, for each invocation. */
  readonly metricBytes: number;
}

export type PriceName = keyof typeof list.prices;
export type MeasuredFunction = keyof typeof durations.functions;

/** The prices of a hosted service for sending. `event` and `delivery` are USD per million, null if no list price is known. */
export interface Hosted {
  readonly name: string;
  readonly monthly: number;
  /** Events that the monthly price includes. */
  readonly included: number;
  readonly event: number | null;
  readonly delivery: number | null;
  /** An event is billed once for each chunk of this size; null if its size does not count. */
  readonly chunkBytes: number | null;
  readonly note: string;
  readonly source: string;
  readonly read: string;
}

/** The price of `per` units in USD. */
export interface Price {
  readonly usd: number;
  readonly per: number;
  readonly unit: string;
  readonly source: string;
  /** The day on which the source was read. */
  readonly read: string;
  /** No page was found that states the price. */
  readonly unconfirmed?: boolean;
}

export const prices: Readonly<Record<PriceName, Price>> = list.prices;
export const priceNames = Object.keys(list.prices).filter((name): name is PriceName => name in list.prices);
export const hosted: readonly Hosted[] = list.hosted;
export const notFound: readonly string[] = list.notFound;
export const { requestHeadBytes, requestEnvelopeBytes } = calls;
/** The longest of our lines by name, in bytes. */
export const lineBytes: Readonly<Record<string, number>> = calls.lines;
export const { forTheStack, forEachSource, batchSizes } = template;

/** Returns USD for a number of units. */
export const priceOf = (name: PriceName, quantity: number): number =>
  (quantity * prices[name].usd) / prices[name].per;

/** @throws Error when no step of this name was counted: run the test again with UPDATE_COSTS=1 */
export function step(name: string): CountedStep {
  const steps: Readonly<Record<string, CountedStep>> = calls.steps;
  const found = steps[name];
  if (found === undefined) throw new Error(`cost/calls.json has no step '${name}'`);
  return found;
}

/** Returns the step that was counted for bodies of this size, or of the next larger one. */
export function stepOfSize(name: string, bytes: number): CountedStep {
  const sizes = Object.keys(calls.steps)
    .flatMap((key) => new RegExp(`^${name}, (\\d+) B$`).exec(key)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
  const size = sizes.find((counted) => counted >= bytes) ?? sizes.at(-1);
  return step(`${name}, ${size} B`);
}

/** Returns the billed milliseconds of an invocation with so many messages, interpolated between the measured ones. */
export function milliseconds(name: MeasuredFunction, batch: number): number {
  const measured = Object.entries(durations.functions[name]).map(([size, ms]) => [Number(size), ms] as const);
  const next = measured.findIndex(([size]) => size >= batch);
  const [[fewer, shorter] = [1, 0], [more, longer] = [1, 0]] = [
    measured[next - 1] ?? measured[0],
    measured[next] ?? measured.at(-1),
  ];
  if (more === fewer) return longer;
  return Math.ceil(shorter + ((longer - shorter) * (batch - fewer)) / (more - fewer));
}
