import type { Handlers } from 'hookline/handlers';
import { github } from './github.ts';
import { shopify } from './shopify.ts';
import { stripe } from './stripe.ts';

/** The handlers of each source, by its name in `bin/webhooks.ts`. Events of a source without an entry are kept, not handled. */
export const handlers: Readonly<Record<string, Handlers>> = { stripe, github, shopify };
