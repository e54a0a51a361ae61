import type { EventPayloadMap } from '@octokit/webhooks-types';
import type Stripe from 'stripe';

/** What the payload of each event type is, for providers with a maintained package of types. Nothing of it reaches a bundle. */
export interface EventPayloads {
  readonly github: EventPayloadMap;
  readonly stripe: { readonly [Type in Stripe.Event['type']]: Extract<Stripe.Event, { type: Type }> };
}
