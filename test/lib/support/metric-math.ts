/** A time series, a value for each period, the newest last; undefined: no data. */
export type Series = readonly (number | undefined)[];
type Value = Series | number | 'REPEAT';
type Names = Readonly<Record<string, Series>>;
interface Scope {
  readonly series: Names;
  readonly filling: Filling;
}

const tokens = /\s*(\d+(?:\.\d+)?|>=|[A-Za-z]\w*|[-+*/<>(),[\]])/gy;

/** Whether `FILL` makes values of a metric that has none at all: its user guide does not say. */
export type Filling = 'everything' | 'gaps';

/**
 * As much of CloudWatch's metric math as our alarms use, as its user guide describes it: `FILL` with a number fills every gap,
 * also before the first value, and with `REPEAT` those behind a value; `DIFF` has no value where one of the two is missing;
 * `SUM` and `MAX` of a list take the values that there are, and `SUM` of one series is a number.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 * @throws Error for what it does not know
 */
export function evaluate(expression: string, names: Names, filling: Filling = 'everything'): Series {
  const rest = [...expression.matchAll(tokens)].map(([, token = '']) => token);
  if (rest.join('') !== expression.replaceAll(/\s/g, '')) throw new Error(`cannot read '${expression}'`);
  const value = logical(rest, { series: names, filling });
  if (rest.length > 0 || !isSeries(value)) throw new Error(`'${rest.join(' ')}' is left of '${expression}'`);
  return value;
}

/** How CloudWatch decides: so many of the last periods above the threshold; what is missing by the alarm's rule. */
export function stateAfter(
  before: 'OK' | 'ALARM',
  values: Series,
  alarm: {
    readonly periods: number;
    readonly ofWhich: number;
    readonly threshold: number;
    readonly missing: string;
  },
): 'OK' | 'ALARM' {
  const last = values.slice(-alarm.periods);
  if (last.every((value) => value === undefined)) return alarm.missing === 'ignore' ? before : 'OK';
  const above = last.filter((value) => value !== undefined && value > alarm.threshold).length;
  return above >= alarm.ofWhich ? 'ALARM' : 'OK';
}

const isSeries = (value: Value): value is Series => Array.isArray(value);

type Operation = (left: number, right: number) => number | undefined;
const operations: Readonly<Record<string, Operation>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => (right === 0 ? undefined : left / right),
  '>': (left, right) => Number(left > right),
  '<': (left, right) => Number(left < right),
  '>=': (left, right) => Number(left >= right),
  AND: (left, right) => Number(left !== 0 && right !== 0),
  OR: (left, right) => Number(left !== 0 || right !== 0),
};

type Level = (rest: string[], scope: Scope) => Value;
const level =
  (next: Level, ...operators: readonly string[]): Level =>
  (rest, scope) => {
    let left = next(rest, scope);
    while (operators.includes(rest[0] ?? '')) {
      const operation = operations[rest.shift() ?? ''];
      if (operation !== undefined) left = combine(left, next(rest, scope), operation);
    }
    return left;
  };

const product = level(term, '*', '/');
const sum = level(product, '+', '-');
const relation = level(sum, '>=', '>', '<');
const conjunction = level(relation, 'AND');
const logical = level(conjunction, 'OR');

function combine(left: Value, right: Value, operation: Operation): Value {
  if (left === 'REPEAT' || right === 'REPEAT') throw new Error('REPEAT is for FILL');
  if (!isSeries(left) && !isSeries(right)) return operation(left, right) ?? 0;
  const length = isSeries(left) ? left.length : isSeries(right) ? right.length : 0;
  return Array.from({ length }, (_, at) => {
    const [one, other] = [isSeries(left) ? left[at] : left, isSeries(right) ? right[at] : right];
    return one === undefined || other === undefined ? undefined : operation(one, other);
  });
}

function term(rest: string[], scope: Scope): Value {
  const token = rest.shift() ?? '';
  if (/^\d/.test(token)) return Number(token);
  if (token === 'REPEAT') return token;
  if (token === '(') return closed(logical(rest, scope), rest, ')');
  if (rest[0] === '(') return call(token, argumentsIn(rest, scope), scope);
  const series = scope.series[token];
  if (series === undefined) throw new Error(`there is no '${token}'`);
  return series;
}

function closed<T>(value: T, rest: string[], bracket: string): T {
  if (rest.shift() !== bracket) throw new Error(`${bracket} is missing`);
  return value;
}

interface Arguments {
  readonly values: readonly Value[];
  /** They stand in square brackets. */
  readonly isList: boolean;
}

/** What stands between brackets; a list of series is those series. */
function argumentsIn(rest: string[], scope: Scope): Arguments {
  rest.shift();
  const isList = rest[0] === '[';
  if (isList) rest.shift();
  const values = [logical(rest, scope)];
  while (rest[0] === ',') {
    rest.shift();
    values.push(logical(rest, scope));
  }
  if (isList) closed(values, rest, ']');
  return { values: closed(values, rest, ')'), isList };
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
const aggregates: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SUM: total,
  MAX: (values) => Math.max(...values),
};

function call(name: string, { values, isList }: Arguments, { filling }: Scope): Value {
  const [first = [], second = [], third = []] = values;
  const aggregate = aggregates[name];
  if (aggregate !== undefined && isList) return together(values.filter(isSeries), aggregate);
  if (!isSeries(first) || isList) throw new Error(`${name} takes a series`);
  if (aggregate !== undefined) return aggregate(present(first));
  if (name === 'FILL') return filled(first, second, filling);
  if (name === 'DIFF') return first.map((value, at) => minus(value, first[at - 1]));
  if (name === 'RUNNING_SUM') return runningSum(first);
  if (name === 'IF')
    return first.map((is, at) => (is === undefined ? undefined : of(is ? second : third, at)));
  throw new Error(`'${name}' is not known here`);
}

function runningSum(series: Series): Series {
  let sum = 0;
  return series.map((value) => {
    sum += value ?? 0;
    return value === undefined ? undefined : sum;
  });
}

const present = (series: Series): number[] => series.filter((value) => value !== undefined);

function together(all: readonly Series[], aggregate: (values: readonly number[]) => number): Series {
  return (all[0] ?? []).map((_, at) => {
    const values = present(all.map((series) => series[at]));
    return values.length === 0 ? undefined : aggregate(values);
  });
}

const of = (value: Value, at: number): number | undefined =>
  isSeries(value) ? value[at] : value === 'REPEAT' ? undefined : value;

const minus = (value: number | undefined, before: number | undefined): number | undefined =>
  value === undefined || before === undefined ? undefined : value - before;

function filled(series: Series, by: Value, filling: Filling): Series {
  if (filling === 'gaps' && present(series).length === 0) return series;
  if (typeof by === 'number') return series.map((value) => value ?? by);
  let last: number | undefined;
  return series.map((value) => (last = value ?? last));
}
