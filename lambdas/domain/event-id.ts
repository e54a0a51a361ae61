import * as v from 'valibot';
import { asEventId } from './ids.ts';

/** The rule for event ids, for errors. */
export const eventIdRule =
  '1 to 256 of A-Z a-z 0-9 _ : / + = @ - (no full stop: it separates the parts of the signed text)';

const shape = v.regex(/^[A-Za-z0-9_:/+=@-]{1,256}$/, eventIdRule);

/**
 * An event id. It becomes the header `webhook-id` and part of the signed text `id.timestamp.body`. So it is visible
 * ASCII that every verification library accepts, without a full stop, which would make that text ambiguous.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme
 */
export const EventIdField = v.pipe(v.string(), shape, v.transform(asEventId));

/** A text with the shape of an event id, such as the id of a message. */
export const EventIdShape = v.pipe(v.string(), shape);
