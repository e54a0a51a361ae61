/** A time series, a value for each period, the newest last; undefined: no data. */
export type Series = readonly (number | undefined)[];
type Value = Series | number | 'REPEAT';
type Names = Readonly<Record<string, Series>>;

const tokens = /\s*(\d+(?:\.\d+)?|>=|[A-Za-z]\w*|[-+*/<>(),[\]])/gy;

/**
 * As much of CloudWatch's metric math as our alarms use, as its user guide describes it: `FILL` with a number fills every gap,
 * also before the first value, and with `REPEAT` those behind a value; `DIFF` has no value where one of the two is missing.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 * @throws Error for what it does not know
 */
export function evaluate(expression: string, names: Names): Series {
  const rest = [...expression.matchAll(tokens)].map(([, token = '']) => token);
  if (rest.join('') !== expression.replaceAll(/\s/g, '')) throw new Error(`cannot read '${expression}'`);
  const value = comparison(rest, names);
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
};

type Level = (rest: string[], names: Names) => Value;
const level =
  (next: Level, ...operators: readonly string[]): Level =>
  (rest, names) => {
    let left = next(rest, names);
    while (operators.includes(rest[0] ?? '')) {
      const operation = operations[rest.shift() ?? ''];
      if (operation !== undefined) left = combine(left, next(rest, names), operation);
    }
    return left;
  };

const product = level(term, '*', '/');
const sum = level(product, '+', '-');
const relation = level(sum, '>=', '>', '<');
const comparison = level(relation, 'AND');

function combine(left: Value, right: Value, operation: Operation): Value {
  if (left === 'REPEAT' || right === 'REPEAT') throw new Error('REPEAT is for FILL');
  if (!isSeries(left) && !isSeries(right)) return operation(left, right) ?? 0;
  const length = isSeries(left) ? left.length : isSeries(right) ? right.length : 0;
  return Array.from({ length }, (_, at) => {
    const [one, other] = [isSeries(left) ? left[at] : left, isSeries(right) ? right[at] : right];
    return one === undefined || other === undefined ? undefined : operation(one, other);
  });
}

function term(rest: string[], names: Names): Value {
  const token = rest.shift() ?? '';
  if (/^\d/.test(token)) return Number(token);
  if (token === 'REPEAT') return token;
  if (token === '(') return closed(comparison(rest, names), rest, ')');
  if (rest[0] === '(') return call(token, listOf(rest, names, ')'));
  const series = names[token];
  if (series === undefined) throw new Error(`there is no '${token}'`);
  return series;
}

function closed<T>(value: T, rest: string[], bracket: string): T {
  if (rest.shift() !== bracket) throw new Error(`${bracket} is missing`);
  return value;
}

/** What stands between brackets; an array of series is those series. */
function listOf(rest: string[], names: Names, end: string): Value[] {
  const values: Value[] = [];
  do {
    rest.shift();
    if (rest[0] === '[') values.push(...listOf(rest, names, ']'));
    else values.push(comparison(rest, names));
  } while (rest[0] === ',');
  return closed(values, rest, end);
}

function call(name: string, [first = [], second = [], third = []]: readonly Value[]): Value {
  if (!isSeries(first)) throw new Error(`${name} takes a series`);
  if (name === 'FILL') return filled(first, second);
  if (name === 'DIFF') return first.map((value, at) => minus(value, first[at - 1]));
  if (name === 'IF')
    return first.map((is, at) => (is === undefined ? undefined : of(is ? second : third, at)));
  throw new Error(`'${name}' is not known here`);
}

const of = (value: Value, at: number): number | undefined =>
  isSeries(value) ? value[at] : value === 'REPEAT' ? undefined : value;

const minus = (value: number | undefined, before: number | undefined): number | undefined =>
  value === undefined || before === undefined ? undefined : value - before;

function filled(series: Series, by: Value): Series {
  if (typeof by === 'number') return series.map((value) => value ?? by);
  let last: number | undefined;
  return series.map((value) => (last = value ?? last));
}
