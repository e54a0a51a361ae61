import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import durations from '../../cost/durations.json' with { type: 'json' };
import { tableUnits } from '../../lib/settings.ts';
import { causedUnits } from '../../lib/table-units.ts';
import type { WebhookStackProps } from '../../lib/webhook-stack.ts';
import { synth } from './support/synth.ts';

const ofAll = (units: number) => ({
  InboundEvents: { read: units, write: units },
  'Outbound/Stores/Events': { read: units, write: units },
  'Outbound/Stores/Deliveries': { read: units, write: units },
  'Outbound/Stores/Endpoints': { read: units, write: units },
});

function maximaOf(props: Partial<WebhookStackProps>) {
  const tables = synth(props).resources('AWS::DynamoDB::GlobalTable');
  return Object.fromEntries(
    Object.entries(tables).map(([path, { Properties }]) => {
      const text = JSON.stringify(Properties);
      const read = Number(/"MaxReadRequestUnits":(\d+)/.exec(text)?.[1]);
      const write = Number(/"MaxWriteRequestUnits":(\d+)/.exec(text)?.[1]);
      return [path, { read, write }];
    }),
  );
}

const warningsOf = (props: Partial<WebhookStackProps>) =>
  Annotations.fromStack(synth(props).stack)
    .findWarning('*', Match.stringLikeRegexp('maxTableUnitsPerSecond'))
    .map(({ entry }) => String(entry.data));

const oneSource = { sources: { stripe: { provider: 'stripe' } } } as const;

describe("a table's maximum of units", () => {
  test("a table's maximum of units follows from the concurrency of the functions that write to it", () => {
    const sources = {
      stripe: { provider: 'stripe', maxConcurrency: 20 },
      github: { provider: 'github', maxConcurrency: 10 },
    } as const;
    const outbound = { maxConcurrency: 50, publishMaxConcurrency: 10 };

    expect(maximaOf({ sources, outbound })).toEqual({
      InboundEvents: { read: 12_000, write: 12_000 },
      'Outbound/Stores/Events': { read: 18_000, write: 18_000 },
      'Outbound/Stores/Deliveries': { read: 32_000, write: 32_000 },
      'Outbound/Stores/Endpoints': { read: 24_000, write: 24_000 },
    });
  });

  test("a table's maximum of units counts a consumer that sources share once", () => {
    const sources = {
      stripe: { provider: 'stripe' },
      github: { provider: 'github', maxConcurrency: 30 },
    } as const;

    expect(maximaOf({ sources, isolation: 'shared' })['InboundEvents']).toEqual({
      read: 12_000,
      write: 12_000,
    });
    expect(maximaOf({ sources })['InboundEvents']).toEqual({ read: 16_000, write: 16_000 });
  });

  test("a table's maximum of units is at least what a new table takes at once", () => {
    const outbound = { maxConcurrency: 2, publishMaxConcurrency: 2 };

    expect(maximaOf({ ...oneSource, outbound })).toEqual(ofAll(4_000));
  });

  test("a table's maximum of units is the app's setting, where it has one", () => {
    expect(maximaOf({ ...oneSource, maxTableUnitsPerSecond: 100_000 })).toEqual(ofAll(100_000));
  });

  test.each([0, -1, 1.5, Number.NaN])("a table's maximum of units cannot be %s", (maxTableUnitsPerSecond) => {
    expect(() => synth({ ...oneSource, maxTableUnitsPerSecond })).toThrow(
      `maxTableUnitsPerSecond is ${maxTableUnitsPerSecond}; write a whole number from 1, or leave it out`,
    );
  });

  test("a table's maximum of units is derived from a rate that no function exceeds", () => {
    for (const name of ['consume', 'publish', 'deliver'] as const) {
      for (const [messages, milliseconds] of Object.entries(durations.functions[name])) {
        const perSecond = (Number(messages) * 1000) / milliseconds;
        expect(perSecond, `${name} with ${messages}: raise messagesPerFunction`).toBeLessThanOrEqual(
          tableUnits.messagesPerFunction,
        );
      }
    }
  });

  test("a table's maximum of units has room for an attempt of each concurrent function", () => {
    expect(causedUnits({ consume: 1, publish: 1, deliver: 1 })).toEqual({
      inboundEvents: 400,
      events: 1_800,
      deliveries: 1_200,
      endpoints: 400,
    });
  });
});

describe('a maximum of units that is too low', () => {
  test('a maximum of units that is too low for the concurrency causes a warning with each table and what to do', () => {
    const [warning, ...others] = warningsOf({ ...oneSource, maxTableUnitsPerSecond: 19_500 });

    expect(others).toEqual([]);
    expect(warning).toMatch(
      /^maxTableUnitsPerSecond: 10 consumers, 10 publish and 60 deliver functions can cause more/,
    );
    expect(warning).toContain(
      ': deliveries 32000 (its maximum is 19500), endpoints 24000 (its maximum is 19500);',
    );
    expect(warning).toContain('; raise maxTableUnitsPerSecond, leave it out, or lower the concurrency');
  });

  test('a maximum of units that is too low because of the default quota causes a warning that names the quota', () => {
    const [warning] = warningsOf({ ...oneSource, outbound: { maxConcurrency: 1_000 } });

    expect(warning).toContain('deliveries 488000 (its maximum is 40000)');
    expect(warning).toContain('; 40000 is the default quota of an account: raise that, then set');
  });

  test('a maximum of units that is high enough causes no warning', () => {
    expect(warningsOf(oneSource)).toEqual([]);
    expect(warningsOf({ ...oneSource, maxTableUnitsPerSecond: 32_000 })).toEqual([]);
  });
});
