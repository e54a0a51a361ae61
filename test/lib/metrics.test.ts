import { Duration } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { lineMetrics } from '../../lambdas/domain/line-metrics.ts';
import { metrics } from '../../lambdas/domain/metrics.ts';
import { alarmsOf } from './support/alarms.ts';
import { assetOf, codeOf } from './support/assets.ts';
import { shownMetrics } from './support/dashboard.ts';
import { synth } from './support/synth.ts';

const everything = {
  alarmEmail: 'oncall@example.com',
  sources: {
    stripe: { provider: 'stripe', quietAfter: Duration.hours(6) },
    github: { provider: 'github', quietAfter: Duration.days(3) },
  },
} as const;
const app = synth(everything);

/** Of each service, one function that emits its metrics. */
const functionOf: Readonly<Record<string, string>> = {
  consume: 'Source-stripe/Consume',
  publish: 'Outbound/Publish',
  deliver: 'Outbound/Deliver',
  sweep: 'Outbound/Sweep',
  management: 'Management/Function',
};

const table: Readonly<
  Record<
    string,
    {
      readonly statistic: string;
      readonly services: readonly string[];
      readonly dimensions: readonly (readonly string[])[];
    }
  >
> = metrics;

/** Of a metric that CloudWatch counts from log lines: it has no service. */
const countedFacts = (name: string) => {
  const counted: Readonly<Record<string, { readonly dimensions: readonly string[] }>> = lineMetrics;
  return { statistic: 'Sum', services: [], dimensions: [counted[name]?.dimensions ?? []] };
};

describe('each metric of our own that an alarm or a graph shows', () => {
  const own = [
    ...alarmsOf(app).flatMap(({ path, metrics: watched }) =>
      watched.map((metric) => ({ where: path, ...metric })),
    ),
    ...shownMetrics(app).map((metric) => ({ where: 'the dashboard', ...metric })),
  ].filter(({ namespace }) => !namespace.startsWith('AWS/'));

  test('each metric in an alarm or a graph has the stack’s namespace, and the dimensions and statistic of the table', () => {
    expect(own.length).toBeGreaterThan(25);
    for (const { where, namespace, name, dimensions, statistic } of own) {
      const isCounted = Object.hasOwn(lineMetrics, name) && !dimensions.includes('service=');
      const facts = isCounted ? countedFacts(name) : table[name];
      const place = `${name} in ${where}`;
      const given = dimensions.split(',').filter(Boolean);
      const names = given.map((dimension) => dimension.split('=')[0]);

      expect(namespace, place).toBe('Test');
      expect(facts, place).toBeDefined();
      expect(statistic, place).toBe(facts?.statistic);
      const [service] = given.flatMap((text) => text.match(/(?<=^service=).*/) ?? []);
      if (!isCounted) expect(facts?.services, place).toContain(service);
      const sets = facts?.dimensions.map((set) =>
        [...set, ...(service === undefined ? [] : ['service'])].sort(),
      );
      expect(sets, place).toContainEqual(names.toSorted());
    }
  });

  test('each counter in an alarm or a graph is summed', () => {
    const counters = own.filter(
      ({ name }) => !['EndpointsDown', 'EndpointsKnown', 'LimitWaitTime'].includes(name),
    );

    expect(new Set(counters.map(({ statistic }) => statistic))).toEqual(new Set(['Sum']));
  });
});

describe.each(Object.entries(table))('%s', (name, { services }) => {
  test('each metric is emitted by each of its services', () => {
    for (const service of services) {
      const code = codeOf(assetOf(app, functionOf[service] ?? ''));
      expect(new RegExp(`["'\`]${name}["'\`]`).test(code), service).toBe(true);
    }
  });
});

test('every function has the namespace of its stack', () => {
  for (const [path, { Properties }] of Object.entries(app.resources('AWS::Lambda::Function'))) {
    expect(Properties['Environment'], path).toMatchObject({
      Variables: { POWERTOOLS_METRICS_NAMESPACE: 'Test' },
    });
  }
});
