import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { catalogue, type ProviderName } from '../../lambdas/domain/provider/catalogue.ts';
import { defaultThrottle } from '../../lib/source-throttles.ts';
import type { WebhookStackProps } from '../../lib/webhook-stack.ts';
import { synth } from './support/synth.ts';

const stageOf = (props: Partial<WebhookStackProps>) =>
  synth(props).resources('AWS::ApiGatewayV2::Stage')['Inbound/Stage']?.Properties;
const limits = (rate: number, burst: number) => ({
  ThrottlingRateLimit: rate,
  ThrottlingBurstLimit: burst,
});
const throttled = { provider: 'stripe', throttle: { rate: 5, burst: 7 } } as const;

describe('the throttle of the stage', () => {
  test('the throttle of the stage is the one of its sources, and no route has its own', () => {
    const stage = stageOf({ sources: { stripe: { provider: 'stripe' }, shop: { provider: 'shopify' } } });

    expect(stage).toMatchObject({ DefaultRouteSettings: limits(50, 100) });
    expect(stage).not.toHaveProperty('RouteSettings');
  });

  test('the throttle of the stage has room for bursts of a provider that does not retry', () => {
    const stage = stageOf({ sources: { stripe: { provider: 'stripe' }, github: { provider: 'github' } } });

    expect(stage).toMatchObject({ DefaultRouteSettings: limits(200, 500) });
  });

  test('the throttle of the stage is set for the routes of a source that sets one, and only for those', () => {
    const stage = stageOf({
      sources: { partner: throttled, boards: { provider: 'trello', publicUrl: 'https://a.example/b' } },
    });

    expect(stage?.['RouteSettings']).toEqual({ 'POST /webhooks/partner': limits(5, 7) });
    expect(stage).toMatchObject({ DefaultRouteSettings: limits(50, 100) });
  });

  test('the throttle of the stage holds for each method of a source that sets one', () => {
    const boards = {
      provider: 'trello',
      publicUrl: 'https://a.example/b',
      throttle: { rate: 1, burst: 2 },
    } as const;

    expect(stageOf({ sources: { boards } })?.['RouteSettings']).toEqual({
      'POST /webhooks/boards': limits(1, 2),
      'HEAD /webhooks/boards': limits(1, 2),
    });
  });

  test('the throttle of a shared route is the maximum over its sources', () => {
    const fast = { provider: 'stripe', throttle: { rate: 900, burst: 90 } } as const;
    const stage = stageOf({
      isolation: 'shared',
      sources: { partner: throttled, fast, stripe: { provider: 'stripe' } },
    });

    expect(stage).toMatchObject({ DefaultRouteSettings: limits(900, 100) });
    expect(stage).not.toHaveProperty('RouteSettings');
  });
});

describe('a setting that is smaller than what the sources share', () => {
  const warningsOf = (props: Partial<WebhookStackProps>) =>
    Annotations.fromStack(synth(props).stack)
      .findWarning('*', Match.stringLikeRegexp('isolation'))
      .map(({ entry }) => String(entry.data));
  const fast = { provider: 'stripe', throttle: { rate: 900, burst: 90 }, maxConcurrency: 40 } as const;

  test('a setting that is smaller than the shared one causes a warning with the source, the setting, and the effective value', () => {
    const slow = { provider: 'stripe', maxConcurrency: 2, handlerTimeout: Duration.seconds(5) } as const;
    const warnings = warningsOf({ isolation: 'shared', sources: { partner: throttled, fast, slow } });

    expect(warnings).toEqual([
      expect.stringMatching(
        /^source 'partner': .*not throttle: \{ rate: 5, burst: 7 \} \(the shared route has 900 and 100\); set isolation: 'per-source'/,
      ),
      expect.stringMatching(
        /^source 'fast': .*throttle: \{ rate: 900, burst: 90 \} \(the shared route has 900 and 100\)/,
      ),
      expect.stringMatching(
        /^source 'slow': .*maxConcurrency: 2 \(the shared consumer has 40\), nor handlerTimeout: 5 s \(the shared consumer has 60 s\)/,
      ),
    ]);
  });

  test('a setting causes no warning if it has an effect', () => {
    expect(warningsOf({ sources: { partner: throttled, fast } })).toEqual([]);
    expect(warningsOf({ isolation: 'shared', sources: { partner: throttled } })).toEqual([]);
    expect(warningsOf({ isolation: 'shared', sources: { partner: throttled, same: throttled } })).toEqual([]);
  });
});

/** The cell under "429" by provider, of the page's table. */
function documentedAnswers(): ReadonlyMap<string, string> {
  const page = readFileSync(resolve(import.meta.dirname, '../../docs/providers.md'), 'utf8');
  const table = page.slice(page.indexOf('| provider | 4xx | 429 | 5xx |'));
  const rows = table.slice(0, table.indexOf('\n\n')).split('\n').slice(2);
  return new Map(
    rows.map((row) => {
      const [, provider = '', , answer = ''] = row.split('|').map((cell) => cell.trim());
      return [provider.replaceAll('`', ''), answer] as const;
    }),
  );
}

describe('a provider', () => {
  const names = Object.keys(catalogue).filter((name): name is ProviderName => documentedAnswers().has(name));
  const isFinal = (name: string) =>
    /^(final|none|same|\?|counts|again, if on|the failover|.*with .*`Retry-After`)/.test(
      documentedAnswers().get(name) ?? '',
    );

  test('a provider that does not retry a 429 is in docs/providers.md', () => {
    expect(names.length).toBeGreaterThan(60);
  });

  test.each(names.filter(isFinal))(
    'the provider %s, whose 429 is final in docs/providers.md, has room for bursts',
    (provider) => {
      expect(defaultThrottle({ provider })).toEqual({ rate: 200, burst: 500 });
    },
  );
});
