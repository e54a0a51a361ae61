import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { memoryMb } from '../../cost/rates.ts';
import { mostSources } from '../../cost/workload.ts';
import { stripe } from '../lib/support/sources.ts';
import { synth, threeSources } from '../lib/support/synth.ts';

const file = join(import.meta.dirname, '../../cost/template.json');

/** The resources that are billed by the month, with or without events, and the batch sizes of functions. */
function countsOf(sources: Parameters<typeof synth>[0]) {
  const { resources } = synth(sources);
  const mappings = Object.entries(resources('AWS::Lambda::EventSourceMapping'));
  const capped = mappings.filter(([, { Properties }]) => 'ScalingConfig' in Properties).length;
  const alarms = Object.values(resources('AWS::CloudWatch::Alarm'));
  return {
    secrets: Object.keys(resources('AWS::SecretsManager::Secret')).length,
    // One on an expression is billed for each metric in it.
    alarms: alarms.reduce((sum, { Properties }) => sum + metricsIn(Properties['Metrics']), 0),
    dashboards: Object.keys(resources('AWS::CloudWatch::Dashboard')).length,
    cappedMappings: capped,
    freeMappings: mappings.length - capped,
  };
}

const metricsIn = (metrics: unknown): number =>
  Array.isArray(metrics) ? metrics.filter((metric) => 'MetricStat' in metric).length : 1;

test('cost/template.json counts what the template has', () => {
  const { stripe, github } = threeSources;
  const [one, two] = [countsOf({ sources: { stripe } }), countsOf({ sources: { stripe, github } })];
  const forEachSource = eachOf(two, one);
  const forTheStack = eachOf(one, forEachSource);
  const mappings = Object.entries(synth().resources('AWS::Lambda::EventSourceMapping'));
  const batchOf = (part: string) =>
    mappings.find(([path]) => path.includes(part))?.[1].Properties['BatchSize'];
  const counted = {
    about:
      'Counted by test/cost/template.test.ts in the synthesised template; UPDATE_COSTS=1 writes it again.',
    forTheStack,
    forEachSource,
    batchSizes: { consume: batchOf('Consume'), publish: batchOf('Publish'), deliver: batchOf('Deliver') },
  };

  if (process.env['UPDATE_COSTS'] === '1') writeFileSync(file, `${JSON.stringify(counted, undefined, 2)}\n`);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(counted);
});

test('the largest number of sources with a price is the largest that fits into a stack', () => {
  const stack = (count: number) =>
    synth({ sources: Object.fromEntries(Array.from({ length: count }, (_, nth) => [`s${nth}`, stripe])) });

  expect(() => stack(mostSources)).not.toThrow();
  expect(() => stack(mostSources + 1)).toThrow('the limit here is 450');
});

const eachOf = (more: Counts, less: Counts): Counts => ({
  secrets: more.secrets - less.secrets,
  alarms: more.alarms - less.alarms,
  dashboards: more.dashboards - less.dashboards,
  cappedMappings: more.cappedMappings - less.cappedMappings,
  freeMappings: more.freeMappings - less.freeMappings,
});
type Counts = ReturnType<typeof countsOf>;

test('the memory that the model counts is that of the template', () => {
  const all = Object.values(synth().resources('AWS::Lambda::Function'));
  const ours = all.filter(({ Properties }) => /nodejs/.test(String(Properties['Runtime'])));
  const sizes = ours
    .map(({ Properties }) => Properties['MemorySize'])
    .filter((size) => size !== memoryMb.usual);

  expect(sizes.filter((size) => size === memoryMb.deliver)).toHaveLength(1);
});
