import * as v from 'valibot';

/** The rule in words, for errors. */
export const eventIdRule =
  '1 to 256 of A-Z a-z 0-9 _ : / + = @ - (no full stop: it separates the parts of what is signed)';

/**
 * The id becomes the header `webhook-id` and part of the signed text `id.timestamp.body`: visible ASCII that every
 * receiver's library takes, and no full stop, which would make that text ambiguous.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme
 */
export const EventId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_:/+=@-]{1,256}$/, eventIdRule));
