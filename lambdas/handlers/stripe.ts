import { defineHandlers, parsePayloadAs } from 'hookline/handlers';
import * as v from 'valibot';

/** Only what these handlers read; Stripe's objects have much more. */
const PaymentIntentEvent = v.object({
  data: v.object({
    object: v.object({
      id: v.string(),
      amount_received: v.number(),
      currency: v.string(),
      customer: v.nullish(v.string()),
    }),
  }),
});

const SubscriptionEvent = v.object({
  data: v.object({ object: v.object({ id: v.string(), customer: v.string() }) }),
});

/**
 * Handles Stripe's events: credits payments, cancels accounts.
 *
 * Replace the log lines by your own writes, and make each write once per `event.id`: after a crash between your write and
 * Hookline's record, the handler runs again. Use a conditional put with the id as its key, or the `Idempotency-Key` of the
 * API that you call.
 */
export const stripe = defineHandlers('stripe', {
  'payment_intent.succeeded': async (event, { log }) => {
    const intent = parsePayloadAs(PaymentIntentEvent, event).data.object;
    log.info('account.credited', {
      creditId: event.id,
      customer: intent.customer ?? 'guest',
      amountInMinorUnits: intent.amount_received,
      currency: intent.currency,
      paymentIntent: intent.id,
    });
  },

  'customer.subscription.deleted': async (event, { log }) => {
    const subscription = parsePayloadAs(SubscriptionEvent, event).data.object;
    log.info('account.cancelled', { customer: subscription.customer, subscription: subscription.id });
  },
});
