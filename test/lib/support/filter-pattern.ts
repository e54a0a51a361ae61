import * as v from 'valibot';

/** A metric filter of a template. */
const Filter = v.object({
  FilterPattern: v.string(),
  LogGroupName: v.object({ Ref: v.string() }),
  MetricTransformations: v.tuple([
    v.object({
      MetricNamespace: v.string(),
      MetricName: v.string(),
      MetricValue: v.literal('1'),
      Unit: v.literal('Count'),
      Dimensions: v.optional(v.array(v.object({ Key: v.string(), Value: v.string() })), []),
    }),
  ]),
});

/** A count that a filter makes of a line, its dimensions as text. */
export interface FilteredCount {
  readonly name: string;
  readonly dimensions: string;
}

/**
 * What a metric filter makes of a JSON line, by AWS's documentation of the patterns that this project uses: comparisons of
 * texts, joined by `&&`.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function countBy(properties: unknown, text: string): FilteredCount | undefined {
  const { FilterPattern, MetricTransformations } = v.parse(Filter, properties);
  const [{ MetricName, Dimensions }] = MetricTransformations;
  const line = v.parse(v.record(v.string(), v.unknown()), JSON.parse(text));
  if (!comparisonsOf(FilterPattern).every((comparison) => holds(comparison, line))) return undefined;
  const dimensions = Dimensions.map(({ Key, Value }) => `${Key}=${line[fieldOf(Value)]}`);
  return { name: MetricName, dimensions: dimensions.sort().join(',') };
}

/** The log group of a filter. */
export const logGroupOf = (properties: unknown): string => v.parse(Filter, properties).LogGroupName.Ref;

type Comparison = readonly [field: string, operator: string, value: string];

function comparisonsOf(pattern: string): Comparison[] {
  const inside = /^\{ (.*) \}$/.exec(pattern)?.[1] ?? '';
  return inside.split(' && ').map((part) => {
    const found = /^\(?(\$\.\w+) (=|!=) "([^"*]+)"\)?$/.exec(part);
    if (found === null) throw new Error(`not a comparison of a text: ${part}`);
    const [, field = '', operator = '', value = ''] = found;
    return [fieldOf(field), operator, value];
  });
}

const fieldOf = (selector: string): string => selector.replace(/^\$\./, '');

/** A field that a line does not have matches nothing. */
function holds([field, operator, value]: Comparison, line: Readonly<Record<string, unknown>>): boolean {
  if (!Object.hasOwn(line, field)) return false;
  return (line[field] === value) === (operator === '=');
}
