/** The length of two of the longest names and the count of the others. */
const defaultLength = 100;

/**
 * Lists names in a sentence, and counts the rest if there are too many, because AWS limits texts (an alarm's description to
 * 1,024 characters, a function's to 256).
 *
 * @param maxLength in characters; there is always one name
 * @returns `stripe, github and 58 more`
 */
export function nameList(names: readonly string[], maxLength = defaultLength): string {
  const all = names.join(', ');
  if (all.length <= maxLength || names.length < 2) return all;
  const written = (count: number) => `${names.slice(0, count).join(', ')} and ${names.length - count} more`;
  let count = names.length - 1;
  while (count > 1 && written(count).length > maxLength) count--;
  return written(count);
}
