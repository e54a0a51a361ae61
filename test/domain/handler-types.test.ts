import type { PushEvent } from '@octokit/webhooks-types';
import type Stripe from 'stripe';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { defineHandlers, findHandler } from '../../lambdas/domain/handler.ts';

// Most of these are proved by the compiler: `npm run check` fails when a type no longer holds.

describe('handlers know the events of their provider', () => {
  it('handlers know GitHub’s events by the name of its header', () => {
    const handlers = defineHandlers('github', {
      push: async ({ payload }) => {
        expectTypeOf(payload).toEqualTypeOf<PushEvent>();
      },
      pull_request: async ({ payload }) => {
        expectTypeOf(payload.pull_request.number).toBeNumber();
      },
    });

    expect(findHandler(handlers, 'push')?.declaredAs).toBe('push');
  });

  it('handlers know Stripe’s event types', () => {
    const handlers = defineHandlers('stripe', {
      'payment_intent.succeeded': async ({ payload }) => {
        expectTypeOf(payload.data.object).toEqualTypeOf<Stripe.PaymentIntent>();
      },
    });

    expect(findHandler(handlers, 'payment_intent.succeeded')?.declaredAs).toBe('payment_intent.succeeded');
  });

  it('handlers accept prefixes and `*`, whose payload is unknown', () => {
    const handlers = defineHandlers('stripe', {
      'invoice.*': async ({ payload }) => {
        expectTypeOf(payload).toBeUnknown();
      },
      '*': async ({ payload }) => {
        expectTypeOf(payload).toBeUnknown();
      },
    });

    expect(findHandler(handlers, 'invoice.paid')?.declaredAs).toBe('invoice.*');
  });

  it('handlers refuse a name that the provider does not have', () => {
    // @ts-expect-error GitHub calls it `push`
    defineHandlers('github', { pushed: async () => undefined });
    // @ts-expect-error there is no such event
    defineHandlers('stripe', { 'payment_intent.succeded': async () => undefined });
  });

  it('handlers accept any name for a provider without types', () => {
    const handlers = defineHandlers('linear', {
      'Issue.create': async ({ payload }) => {
        expectTypeOf(payload).toBeUnknown();
      },
    });

    expect(findHandler(handlers, 'Issue.create')?.declaredAs).toBe('Issue.create');
  });
});
