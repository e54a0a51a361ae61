import * as v from 'valibot';

/** Nearer to 0 DynamoDB keeps no number; a larger whole one its client does not send. */
const smallest = 1e-130;

/** A number that a table can hold. */
export const StorableNumber = v.pipe(
  v.number(),
  v.check(
    (value) => value === 0 || (Math.abs(value) >= smallest && Math.abs(value) <= Number.MAX_SAFE_INTEGER),
    'a number of at most 2^53 - 1, and no nearer to 0 than 1e-130',
  ),
);

/**
 * Text that is kept as it is: line breaks and tabs are all that it may hold beside what can be seen.
 *
 * A control character is seven in an answer of ours, and a page of them more than Lambda can answer with.
 */
export const StorableText = v.pipe(
  v.string(),
  v.check(
    (text) => /^(?:[\t\n\r]|[^\p{Cc}\p{Cs}])*$/u.test(text),
    'text without control characters and halves of characters',
  ),
);
