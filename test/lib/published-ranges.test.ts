import { Annotations, Match } from 'aws-cdk-lib/assertions';
import ipaddr from 'ipaddr.js';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../../lambdas/domain/provider/catalogue.ts';
import { ageInDays, publishedRanges } from '../../lib/published-ranges.ts';
import { assetOf } from './support/assets.ts';
import { synth } from './support/synth.ts';

const lists = Object.entries(publishedRanges);

describe('published ranges', () => {
  test.each(lists)(
    'the published ranges of %s are ranges of a provider, each once, with a source and a day',
    (provider, list) => {
      expect(Object.keys(catalogue)).toContain(provider);
      expect(list.ranges.filter((range) => !ipaddr.isValidCIDR(range))).toEqual([]);
      expect(new Set(list.ranges).size).toBe(list.ranges.length);
      expect(list.source).toMatch(/^https:\/\//);
      expect(ageInDays(list, Date.now())).toBeGreaterThanOrEqual(0);
    },
  );

  test('the published ranges are what a source with `published` allows', () => {
    const sources = { plaid: { provider: 'plaid', allowedCidrs: 'published' } } as const;
    const { settings } = assetOf(synth({ sources }), 'Source-plaid/Receive');

    expect(settings.sources).toMatchObject([
      { allowedCidrs: ['52.21.26.131/32', '52.21.47.157/32', '52.41.247.19/32', '52.88.82.239/32'] },
    ]);
  });

  test('the published ranges of a provider that publishes none are refused at synth', () => {
    const sources = { shop: { provider: 'shopify', allowedCidrs: 'published' } } as const;

    expect(() => synth({ sources })).toThrow(
      /source 'shop': allowedCidrs is 'published', but Hookline has no list of shopify; .*there are lists of intercom, paddle, plaid/,
    );
  });

  test('old published ranges cause a warning', () => {
    const sources = { stripe: { provider: 'stripe', allowedCidrs: 'published' } } as const;
    const { stack } = synth({ sources });

    const warnings = Annotations.fromStack(stack).findWarning('*', Match.anyValue());
    expect(JSON.stringify(warnings.map(({ entry }) => entry.data))).toMatch(
      /the list of stripe's addresses is \d+ days old; compare it with https:/,
    );
  });

  test('published ranges have an age in days', () => {
    const list = { asOf: '2026-11-01', source: '', ranges: [] };

    expect(ageInDays(list, Date.parse('2026-11-25T12:00:00Z'))).toBe(24);
  });
});
