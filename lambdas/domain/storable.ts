import * as v from 'valibot';

/** DynamoDB cannot store numbers nearer to 0, and its client does not send larger integers than 2^53 - 1. */
const smallest = 1e-130;

/** A number that DynamoDB can store. */
export const StorableNumber = v.pipe(
  v.number(),
  v.check(
    (value) => value === 0 || (Math.abs(value) >= smallest && Math.abs(value) <= Number.MAX_SAFE_INTEGER),
    'a number of at most 2^53 - 1, and not nearer to 0 than 1e-130',
  ),
);

/**
 * Text of visible characters, blanks, line breaks and tabs.
 *
 * A control character takes seven bytes in a response, and a page full of them would exceed Lambda's response limit.
 */
export const StorableText = v.pipe(
  v.string(),
  v.check(
    (text) => /^(?:[\t\n\r]|[^\p{Cc}\p{Cs}])*$/u.test(text),
    'text without control characters and lone surrogates',
  ),
);
