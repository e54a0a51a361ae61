// biome-ignore-all lint/suspicious/noTsIgnore: in a package, the comments stay in its declarations
/** @ts-ignore: without the package, payloads are `any`. */
import type { EventPayloadMap } from '@octokit/webhooks-types';
/** @ts-ignore: the same. */
import type Stripe from 'stripe';

/** Payload types by event type, for providers with a maintained types package. Only types: nothing of it is bundled. */
export interface EventPayloads {
  readonly github: EventPayloadMap;
  readonly stripe: { readonly [Type in Stripe.Event['type']]: Extract<Stripe.Event, { type: Type }> };
}
