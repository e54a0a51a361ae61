import * as v from 'valibot';
import type { Synthesised } from './synth.ts';

const Joined = v.object({ 'Fn::Join': v.tuple([v.literal(''), v.array(v.unknown())]) });
const Shown = v.array(v.unknown());
const Body = v.object({
  widgets: v.array(v.looseObject({ properties: v.looseObject({ metrics: v.optional(v.array(Shown), []) }) })),
});
const Options = v.looseObject({ stat: v.optional(v.string(), 'Average') });

/** The metrics of all graphs; what is only known at deploy stands as `<…>`. */
export function shownMetrics(app: Synthesised) {
  return Object.values(app.resources('AWS::CloudWatch::Dashboard')).flatMap(({ Properties }) => {
    const text = v
      .parse(Joined, Properties['DashboardBody'])
      ['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : '<…>'))
      .join('');
    return v
      .parse(Body, JSON.parse(text))
      .widgets.flatMap(({ properties }) => properties.metrics)
      .flatMap(([namespace, name, ...rest]) =>
        typeof namespace === 'string' ? [metricOf(namespace, String(name), rest)] : [],
      );
  });
}

function metricOf(namespace: string, name: string, rest: readonly unknown[]) {
  const options = rest.find((part) => typeof part === 'object') ?? {};
  const pairs = rest.filter((part) => typeof part === 'string');
  const dimensions = pairs.flatMap((key, index) => (index % 2 === 0 ? [`${key}=${pairs[index + 1]}`] : []));
  return {
    namespace,
    name,
    dimensions: dimensions.sort().join(','),
    statistic: v.parse(Options, options).stat,
  };
}
