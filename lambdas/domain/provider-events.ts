import type { EventPayloadMap } from '@octokit/webhooks-types';
import type Stripe from 'stripe';

/** Payload types by event type, for providers with a maintained types package. Only types: nothing of it is bundled. */
export interface EventPayloads {
  readonly github: EventPayloadMap;
  readonly stripe: { readonly [Type in Stripe.Event['type']]: Extract<Stripe.Event, { type: Type }> };
}
