import { emptyAnswer, type Handshake } from '../handshake.ts';

const ping = /^webhook_id=\d{1,20}$/;

/** A new webhook is tried with an unsigned form that names nothing but its id; the shop wants exactly 200. */
export const woocommercePing: Handshake = {
  unsigned: ({ body, headers }) => {
    const isBare = !headers.has('x-wc-webhook-signature') && body.byteLength <= 40;
    return isBare && ping.test(Buffer.from(body).toString('latin1')) ? emptyAnswer : undefined;
  },
};
