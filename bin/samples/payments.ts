import type { Samples } from './sample.ts';

/** Payments, invoices and shops. */
export const paymentSamples: Samples = {
  stripe: ({ hex, seconds }) => ({
    json: {
      id: `evt_${hex}`,
      object: 'event',
      api_version: '2026-06-30',
      created: seconds,
      livemode: false,
      type: 'payment_intent.succeeded',
      data: {
        object: {
          id: `pi_${hex}`,
          object: 'payment_intent',
          amount: 1200,
          amount_received: 1200,
          currency: 'eur',
          customer: 'cus_1',
          status: 'succeeded',
        },
      },
    },
  }),
  shopify: ({ uuid, number }) => ({
    headers: {
      'x-shopify-topic': 'orders/create',
      'x-shopify-webhook-id': uuid,
      'x-shopify-shop-domain': 'acme.myshopify.com',
      'x-shopify-api-version': '2026-10',
    },
    json: {
      id: number,
      currency: 'EUR',
      total_price: '12.00',
      email: 'jo@example.com',
      line_items: [{ sku: 'mug', quantity: 2 }],
    },
  }),
  square: ({ uuid, iso }) => ({
    json: {
      merchant_id: 'M1',
      type: 'payment.updated',
      event_id: uuid,
      created_at: iso,
      data: { type: 'payment', id: 'P1', object: { payment: { id: 'P1', status: 'COMPLETED' } } },
    },
  }),
  paypal: ({ hex, iso }) => ({
    json: {
      id: `WH-${hex}`,
      event_version: '1.0',
      create_time: iso,
      resource_type: 'capture',
      event_type: 'PAYMENT.CAPTURE.COMPLETED',
      resource: {
        id: '5O190127TN364715T',
        status: 'COMPLETED',
        amount: { currency_code: 'EUR', value: '12.00' },
      },
    },
  }),
  paddle: ({ hex, iso }) => ({
    json: {
      event_id: `evt_${hex}`,
      event_type: 'transaction.completed',
      occurred_at: iso,
      notification_id: `ntf_${hex}`,
      data: { id: `txn_${hex}`, status: 'completed', currency_code: 'EUR' },
    },
  }),
  adyen: ({ hex, iso }) => ({
    json: {
      live: 'false',
      notificationItems: [
        {
          NotificationRequestItem: {
            pspReference: hex.slice(0, 16).toUpperCase(),
            merchantAccountCode: 'AcmeECOM',
            merchantReference: 'order-42',
            amount: { value: 1200, currency: 'EUR' },
            eventCode: 'AUTHORISATION',
            success: 'true',
            eventDate: iso,
            paymentMethod: 'visa',
          },
        },
      ],
    },
  }),
  plaid: () => ({
    json: {
      webhook_type: 'TRANSACTIONS',
      webhook_code: 'SYNC_UPDATES_AVAILABLE',
      item_id: 'item-1',
      initial_update_complete: true,
      environment: 'sandbox',
    },
  }),
  braintree: ({ iso, hex }) => ({
    text: `<notification><kind>subscription_charged_successfully</kind><timestamp type="datetime">${iso}</timestamp><subject><subscription><id>${hex}</id></subscription></subject></notification>`,
    contentType: 'application/x-www-form-urlencoded',
  }),
  chargebee: ({ hex, seconds }) => ({
    json: {
      id: `ev_${hex}`,
      occurred_at: seconds,
      source: 'admin_console',
      event_type: 'subscription_created',
      api_version: 'v2',
      content: { subscription: { id: 'sub_1', status: 'active' } },
    },
  }),
  'coinbase-commerce': ({ uuid, iso }) => ({
    json: {
      id: 1,
      event: { id: uuid, type: 'charge:confirmed', created_at: iso, data: { code: '66BEOV2A' } },
    },
  }),
  gocardless: ({ hex, iso }) => ({
    json: {
      events: [
        {
          id: `EV${hex}`,
          created_at: iso,
          resource_type: 'payments',
          action: 'confirmed',
          links: { payment: 'PM1' },
        },
      ],
    },
  }),
  lemonsqueezy: ({ hex }) => ({
    headers: { 'x-event-name': 'order_created' },
    json: {
      meta: { event_name: 'order_created', webhook_id: hex },
      data: { type: 'orders', id: '1', attributes: { total: 1200, currency: 'EUR' } },
    },
  }),
  razorpay: ({ hex, seconds }) => ({
    headers: { 'x-razorpay-event-id': hex },
    json: {
      entity: 'event',
      event: 'payment.captured',
      contains: ['payment'],
      payload: { payment: { entity: { id: 'pay_1', amount: 1200, currency: 'INR' } } },
      created_at: seconds,
    },
  }),
  woocommerce: ({ number, hex }) => ({
    headers: {
      'x-wc-webhook-topic': 'order.created',
      'x-wc-webhook-resource': 'order',
      'x-wc-webhook-event': 'created',
      'x-wc-webhook-delivery-id': hex,
    },
    json: { id: number, status: 'processing', currency: 'EUR', total: '12.00' },
  }),
  recurly: ({ hex, iso }) => ({
    json: {
      id: hex,
      object_type: 'subscription',
      event_type: 'created',
      event_time: iso,
      site_id: 'qe9tqfuaqn9a',
      account_code: 'jo',
      uuid: hex,
    },
  }),
  recharge: ({ number }) => ({
    headers: { 'x-recharge-topic': 'charge/paid' },
    json: { charge: { id: number, customer_id: 1, status: 'success', total_price: '12.00' } },
  }),
  ebay: ({ uuid, iso }) => ({
    json: {
      metadata: { topic: 'MARKETPLACE_ACCOUNT_DELETION', schemaVersion: '1.0', deprecated: false },
      notification: {
        notificationId: uuid,
        eventDate: iso,
        publishDate: iso,
        publishAttemptCount: 1,
        data: { username: 'jo', userId: 'ma8vp1jySJC' },
      },
    },
  }),
  paystack: ({ number, iso }) => ({
    json: {
      event: 'charge.success',
      data: {
        id: number,
        status: 'success',
        reference: `r${number}`,
        amount: 1200,
        currency: 'NGN',
        paid_at: iso,
      },
    },
  }),
  polar: ({ uuid, iso }) => ({
    json: { type: 'order.paid', timestamp: iso, data: { id: uuid, paid: true, total_amount: 1200 } },
  }),
  xero: ({ uuid, iso }) => ({
    json: {
      events: [
        {
          resourceUrl: `https://api.xero.com/api.xro/2.0/Invoices/${uuid}`,
          resourceId: uuid,
          eventDateUtc: iso.replace('Z', ''),
          eventType: 'UPDATE',
          eventCategory: 'INVOICE',
          tenantId: 'c2cc9b6e-9458-4c7d-93cc-f02b81b0594f',
          tenantType: 'ORGANISATION',
        },
      ],
      firstEventSequence: 1,
      lastEventSequence: 1,
      entropy: 'VNTYAAGQDTOZDFVFFDHA',
    },
  }),
};
