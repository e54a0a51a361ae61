/** Two names of the longest kind, and the count of the others. */
const defaultLength = 100;

/**
 * Names in a sentence, cut where there are too many: texts of AWS have limits (an alarm's description 1,024 characters, a
 * function's 256).
 *
 * @param maxLength in characters; one name is always there
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
