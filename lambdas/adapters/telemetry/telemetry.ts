import type { Count, CounterName, MetricOf, NoteSeconds, Service, TimeName } from '../../domain/metrics.ts';
import { ownEnvironment } from '../aws/environment.ts';
import { functionLog } from './function-log.ts';
import { metricLines } from './metric-lines.ts';

type Dimensions = Readonly<Record<string, string>>;

interface Counting {
  readonly dimensions: Dimensions;
  readonly counts: Map<string, number>;
  readonly seconds: Map<string, number[]>;
}

/**
 * One structured log and one metrics buffer per function.
 *
 * Metrics are summed by their dimensions and written by `flush`, which every invocation calls in its `finally`: one line per
 * set of dimensions instead of one per count. Their namespace is the environment's `METRICS_NAMESPACE`, the stack's name.
 *
 * @param service the service that emits the metrics; the table of metrics says which ones it may emit
 */
export function telemetry<S extends Service>(service: S) {
  const namespace = ownEnvironment['METRICS_NAMESPACE'] ?? '';
  const pending = new Map<string, Counting>();

  function seriesOf(dimensions: Dimensions): Counting {
    const key = JSON.stringify(Object.entries(dimensions).sort());
    const series = pending.get(key) ?? {
      dimensions: { service, ...dimensions },
      counts: new Map(),
      seconds: new Map(),
    };
    pending.set(key, series);
    return series;
  }

  const count: Count<CounterName> = (...[name, dimensions, value = 1]) => {
    const { counts } = seriesOf(dimensions);
    counts.set(name, (counts.get(name) ?? 0) + value);
  };
  const noteSeconds: NoteSeconds<TimeName> = (...[name, dimensions, value]) => {
    const { seconds } = seriesOf(dimensions);
    const values = seconds.get(name) ?? [];
    values.push(value);
    seconds.set(name, values);
  };

  return {
    ...functionLog(),
    ...onlyOf<S>(count, noteSeconds),

    /** Writes what was counted since the last flush. */
    flush(): void {
      const lines = [...pending.values()].flatMap((series) => metricLines(namespace, series, Date.now()));
      pending.clear();
      // Not by the console, whose lines Lambda wraps into lines of its own.
      if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
    },
  };
}

/** The same, for the metrics of one service. */
const onlyOf = <S extends Service>(
  count: Count<MetricOf<S> & CounterName>,
  seconds: NoteSeconds<MetricOf<S> & TimeName>,
) => ({ count, seconds });
