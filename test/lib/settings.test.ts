import { Duration } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import type { HmacSettings } from '../../lambdas/domain/source.ts';
import { outboundSettings } from '../../lib/outbound-settings.ts';
import type { SourceProps } from '../../lib/source-props.ts';
import { sourceSettings } from '../../lib/source-settings.ts';
import type { WebhookStackProps } from '../../lib/webhook-stack.ts';
import about from '../../package.json' with { type: 'json' };
import { hmac, stripe } from './support/sources.ts';
import { synth } from './support/synth.ts';

describe('a source without settings', () => {
  test('a source without settings gets the documented ones', () => {
    expect(sourceSettings('stripe', stripe, Duration.seconds(60))).toEqual({
      name: 'stripe',
      provider: 'stripe',
      tolerance: 300,
      rotationOverlap: 86_400,
      maxBodyBytes: 4_194_304,
      allowedCidrs: [],
      eventId: 'provider',
      handlerRetryDelays: [5, 30, 120, 600, 1_800, 7_200],
      lease: 65,
      retention: 35 * 86_400,
      handshakeWindow: 3_600,
      publicUrl: undefined,
      hmac: undefined,
      token: undefined,
      ed25519: undefined,
    });
  });

  test('a source without settings may pass undefined on', () => {
    const passedOn: SourceProps = { ...stripe, tolerance: undefined, handlerTimeout: undefined };

    expect(sourceSettings('stripe', passedOn, Duration.seconds(60)).tolerance).toBe(300);
  });

  test('a source may have waits of days, because a wait over 12 hours is not a message that SQS hides', () => {
    expect(() =>
      synth({
        sources: { stripe: { ...stripe, handlerRetryDelays: [Duration.hours(12), Duration.days(4)] } },
      }),
    ).not.toThrow();
  });

  test('a source has the tolerance of its provider, unless the app sets one', () => {
    const linear: SourceProps = { provider: 'linear' };
    const wider: SourceProps = { ...linear, tolerance: Duration.minutes(2) };

    expect(sourceSettings('linear', linear, Duration.seconds(60)).tolerance).toBe(28_800);
    expect(sourceSettings('linear', wider, Duration.seconds(60)).tolerance).toBe(120);
  });
});

describe('sending without settings', () => {
  test('sending without settings gets the documented ones', () => {
    expect(outboundSettings({}, false)).toEqual({
      retryDelays: [1, 5, 30, 120, 600],
      connectTimeout: 5_000,
      attemptTimeout: 30_000,
      lease: 80,
      maxCrashes: 4,
      deliveryRetention: 30 * 86_400,
      retryOtherStatuses: false,
      localEndpoints: false,
      allowedPorts: [443],
      userAgent: `Hookline/${about.version} (+${about.homepage})`,
      endpointMetrics: false,
      disableAfter: 5 * 86_400,
      breakAfter: 5,
    });
  });

  test('sending can follow the schedule of the Standard Webhooks specification', () => {
    expect(outboundSettings({ retrySchedule: 'standard-webhooks' }, false).retryDelays).toEqual([
      5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400,
    ]);
  });

  test('the user agent names a page that explains it', () => {
    expect(outboundSettings({}, false).userAgent).toMatch(/^Hookline\/\d+\.\d+\.\d+ \(\+https:\/\/\S+\)$/);
  });
});

describe('a user agent', () => {
  test.each(['Acme-Webhooks/2 (+https://acme.example/webhooks)', 'x', 'x'.repeat(256)])(
    'a user agent may be %s',
    (userAgent) => {
      expect(outboundSettings({ userAgent }, false).userAgent).toBe(userAgent);
    },
  );

  test.each(['', ' ', ' x', 'x ', 'a\r\nX-Evil: b', 'ä', 'a\tb', 'x'.repeat(257)])(
    'a user agent may not be %j',
    (userAgent) => {
      expect(() => outboundSettings({ userAgent }, false)).toThrow(/userAgent.*printable ASCII/s);
    },
  );
});

describe('functions that one queue may start', () => {
  const settings = {
    'outbound: maxConcurrency': (maxConcurrency: number) => outboundSettings({ maxConcurrency }, false),
    'outbound: publishMaxConcurrency': (publishMaxConcurrency: number) =>
      outboundSettings({ publishMaxConcurrency }, false),
    "source 'stripe': maxConcurrency": (maxConcurrency: number) =>
      sourceSettings('stripe', { ...stripe, maxConcurrency }, Duration.seconds(60)),
  };

  test.each(Object.entries(settings))('the maximum concurrency %s is from 2 to 1000', (name, set) => {
    for (const value of [2, 10, 1_000]) expect(() => set(value)).not.toThrow();
    for (const value of [0, 1, 1_001, -2, 2.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => set(value)).toThrow(`${name} is ${value}; write a whole number from 2 to 1000`);
  });
});

const ed25519 = { signatureHeader: 'x-s', encoding: 'hex', prefix: '' } as const;
const signed = { ...ed25519, algorithm: 'sha256' } as const;

describe('synth refuses', () => {
  const refused: readonly (readonly [string, Partial<WebhookStackProps>, RegExp])[] = [
    // An app in JavaScript could pass these.
    [
      'an unknown provider',
      { sources: { a1: { provider: 'stripee' as 'stripe' } } },
      /'stripee'; choose one of .*adyen, .*stripe, /,
    ],
    ['hmac without its settings', { sources: { partner: { provider: 'hmac' } } }, /partner.*`hmac` settings/],
    [
      'a token for a provider that signs',
      { sources: { pay: { provider: 'stripe', token: {} } } },
      /source 'pay': token is set, but the provider is 'stripe'; remove one/,
    ],
    [
      'a template without the body',
      {
        sources: {
          pay: { provider: 'hmac', hmac: { ...signed, signed: '{timestamp}', timestampHeader: 'x-t' } },
        },
      },
      /add \{body\}, without which any body would verify/,
    ],
    [
      'a template with something unknown',
      { sources: { pay: { provider: 'ed25519', ed25519: { ...ed25519, signed: '{body}{secret}' } } } },
      /write only the placeholders \{body\}, \{timestamp\}, \{url\}, \{method\}/,
    ],
    [
      'a template whose id has no header',
      { sources: { pay: { provider: 'hmac', hmac: { ...signed, signed: '{id}.{body}' } } } },
      /set idHeader, whose value is \{id\}/,
    ],
    [
      'a prefix of a header with fields',
      {
        sources: {
          pay: { provider: 'hmac', hmac: { ...signed, prefix: 'v1=', fields: { signature: 'v1' } } },
        },
      },
      /prefix is 'v1=', but the header has fields/,
    ],
    [
      'a memory for ids that is shorter than the retries of the handler',
      { sources: { pay: { provider: 'stripe', retention: Duration.hours(2) } } },
      /retention is 7200 s; write 13355 s to 400 days/,
    ],
    [
      'a memory for ids that is shorter than the time in which a captured request verifies',
      { sources: { issues: { provider: 'linear', retention: Duration.hours(12) } } },
      /retention is 43200 s; write 61200 s to 400 days/,
    ],
    [
      'a template whose timestamp has no header',
      { sources: { pay: { provider: 'hmac', hmac: { ...signed, signed: '{timestamp}{body}' } } } },
      /write \{timestamp\} together with timestampHeader/,
    ],
    [
      'hmac without a part of its settings',
      { sources: { partner: { provider: 'hmac', hmac: { prefix: '' } as HmacSettings } } },
      /source 'partner': hmac\.signatureHeader: .*; hmac\.algorithm: /,
    ],
    [
      'hmac settings of a provider that has its own',
      { sources: { stripe: { ...stripe, hmac } } },
      /source 'stripe': hmac is set, but the provider is 'stripe'; remove one/,
    ],
    [
      'a range that is none',
      { sources: { stripe: { ...stripe, allowedCidrs: ['10.0.0.0/33'] } } },
      /source 'stripe': allowedCidrs has '10.0.0.0\/33'; write a range/,
    ],
    [
      'an address without its length',
      { sources: { stripe: { ...stripe, allowedCidrs: ['192.0.2.1'] } } },
      /allowedCidrs has '192.0.2.1'/,
    ],
    ['a name that does not fit a URL', { sources: { 'Stripe!': stripe } }, /source 'Stripe!': name it with/],
    [
      'names that outputs cannot tell apart',
      { sources: { 'a-1': stripe, a1: stripe } },
      /'a-1' and 'a1' would get the same resource names/,
    ],
    ['no source', { sources: {} }, /sources is empty/],
    [
      'a handler that no function can run',
      { sources: { stripe: { ...stripe, handlerTimeout: Duration.minutes(15) } } },
      /handlerTimeout is 900 s; write at most 840 s/,
    ],
    [
      'waits that outlast the queue',
      { sources: { stripe: { ...stripe, handlerRetryDelays: Array(12).fill(Duration.hours(11)) } } },
      /handlerRetryDelays add up to 475200 s/,
    ],
    [
      'a public URL that is none',
      { sources: { stripe: { ...stripe, publicUrl: 'hooks.example.com' } } },
      /publicUrl is 'hooks.example.com'/,
    ],
    [
      'an attempt that no function can wait for',
      { outbound: { attemptTimeout: Duration.minutes(8) } },
      /attemptTimeout needs a function timeout of 975 s/,
    ],
    [
      'more than fifty retries',
      { outbound: { retrySchedule: Array(51).fill(Duration.seconds(1)) } },
      /outbound: retryDelays: .*50/,
    ],
    [
      'handlers that are not there',
      { handlersRegistry: '/nowhere/registry.ts' },
      /the file \/nowhere.*does not exist/,
    ],
    [
      'two values of one variable in one consumer',
      {
        isolation: 'shared',
        sources: {
          a1: { ...stripe, handlerEnvironment: { TABLE: 'x' } },
          b1: { ...stripe, handlerEnvironment: { TABLE: 'y' } },
        },
      },
      /differ in TABLE/,
    ],
  ];

  test.each(refused)('synth refuses %s', (_, props, message) => {
    expect(() => synth(props)).toThrow(message);
  });

  test('synth reports all mistakes at once', () => {
    const wrong = { ...stripe, publicUrl: 'nowhere' };

    expect(() => synth({ sources: { one: wrong, two: wrong } })).toThrow(/source 'one'.*\n.*source 'two'/);
  });
});
