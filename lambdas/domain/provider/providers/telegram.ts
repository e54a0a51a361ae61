import { emptyResponse } from '../handshake.ts';
import type { Provider } from '../provider.ts';
import { body, code, tokenIn } from '../provider-dsl.ts';

/** An update has its id and one other member, named after its kind. */
const kindOfUpdate = code(({ payload }) =>
  Object.keys(payload ?? {}).find((name) => name !== 'update_id' && /^[a-z_]{1,64}$/.test(name)),
);

/** @see https://core.telegram.org/bots/api#setwebhook */
export const telegram: Provider = {
  secret: 'token',
  signature: tokenIn('x-telegram-bot-api-secret-token'),
  body: 'json',
  id: body('update_id'),
  type: kindOfUpdate,
  typeWhenAbsent: 'unknown',
  attributes: {},
  forward: [],
  // Telegram would run JSON in the response as an API call.
  answer: emptyResponse,
};
