import type { Handshake } from '../handshake.ts';

/** Not any text, so that the answer is no page of the caller's making. */
const challenge = /^[A-Za-z0-9_-]{1,256}$/;

/** Adding the URL sends an unsigned GET whose `challenge` comes back as plain text. */
export const dropboxChallenge: Handshake = {
  methods: ['GET'],
  unsigned: ({ method, url }) => {
    const text = method === 'GET' ? new URL(url).searchParams.get('challenge') : null;
    return text !== null && challenge.test(text)
      ? { status: 200, contentType: 'text/plain', body: text }
      : undefined;
  },
};
