import { emptyAnswer, type Handshake } from '../handshake.ts';

/** Making a webhook sends an unsigned HEAD and wants exactly 200. */
export const trelloHead: Handshake = {
  methods: ['HEAD'],
  unsigned: ({ method }) => (method === 'HEAD' ? emptyAnswer : undefined),
};
