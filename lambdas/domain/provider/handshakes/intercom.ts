import { emptyAnswer, type Handshake } from '../handshake.ts';

/** Saving the URL sends an unsigned HEAD. The ping that follows is signed, and an event. */
export const intercomHead: Handshake = {
  methods: ['HEAD'],
  unsigned: ({ method }) => (method === 'HEAD' ? emptyAnswer : undefined),
};
