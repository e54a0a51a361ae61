import type { Duration } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import type { HmacSettings } from '../../lambdas/domain/source.ts';
import type { OutboundProps } from '../../lib/outbound-settings.ts';
import type { SourceProps } from '../../lib/source-props.ts';
import type { WebhookStackProps } from '../../lib/webhook-stack.ts';
import { hmac, stripe } from './support/sources.ts';
import { synth } from './support/synth.ts';

// An app runs without a type check: what TypeScript would say, synth says.
describe('synth names the slip:', () => {
  const refused: readonly (readonly [string, Partial<WebhookStackProps>, RegExp])[] = [
    [
      'a setting of a source whose name is a slip, which would let in any address',
      { sources: { stripe: { ...stripe, allowedCidr: ['192.0.2.0/24'] } as SourceProps } },
      /source 'stripe': allowedCidr is unknown; expected one of allowedCidrs, /,
    ],
    [
      'a setting of a sender whose name is a slip',
      { sources: { partner: { provider: 'hmac', hmac: { ...hmac, timestamp: 'x-t' } as HmacSettings } } },
      /source 'partner': hmac\.timestamp is unknown; expected one of algorithm, /,
    ],
    [
      'a field of a header whose name is a slip',
      {
        sources: {
          partner: { provider: 'hmac', hmac: { ...hmac, fields: { signature: 'v1', time: 't' } as never } },
        },
      },
      /hmac\.fields\.time is unknown; expected one of separator, signature, timestamp/,
    ],
    [
      'a time that is a number',
      { sources: { stripe: { ...stripe, retention: 86_400 as unknown as Duration } } },
      /source 'stripe': retention is 86400; write a Duration, such as Duration\.days\(1\)/,
    ],
    [
      'waits that are numbers',
      { sources: { stripe: { ...stripe, handlerRetryDelays: [5] as unknown as Duration[] } } },
      /handlerRetryDelays is \[5\]; write a list such as \[Duration\.seconds\(5\)\]/,
    ],
    [
      'an event id of another kind',
      { sources: { stripe: { ...stripe, eventId: 'requests' as 'request' } } },
      /source 'stripe': eventId: expected one of provider, body, request, got "requests"/,
    ],
    [
      'a sender without a part of its settings',
      {
        sources: { partner: { provider: 'hmac', hmac: { ...hmac, prefix: undefined as unknown as string } } },
      },
      /source 'partner': hmac\.prefix: is missing/,
    ],
    [
      'a setting of sending whose name is a slip',
      { outbound: { retryShedule: 'short' } as OutboundProps },
      /outbound: retryShedule is unknown; expected one of /,
    ],
    [
      'a time of sending that is a number',
      { outbound: { disableAfter: 5 as unknown as Duration } },
      /outbound: disableAfter is 5; write a Duration/,
    ],
    [
      'a schedule that has no such name',
      { outbound: { retrySchedule: 'long' as 'short' } },
      /outbound: retrySchedule is 'long'; write one of short, standard-webhooks\b.*, or a list/,
    ],
  ];

  test.each(refused)('synth names the typing mistake: %s', (_, props, message) => {
    expect(() => synth(props)).toThrow(message);
  });
});
