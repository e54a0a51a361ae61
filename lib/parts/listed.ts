/** What an alarm's description has room for beside its sentences. */
const maxListed = 300;

/**
 * Names as a list of bounded length: `stripe, github and 58 more`.
 *
 * @param maxCharacters of the whole list
 */
export function listed(names: readonly string[], maxCharacters = maxListed): string {
  const whole = names.join(', ');
  if (whole.length <= maxCharacters) return whole;
  const fits = (count: number) => shortened(names, count).length <= maxCharacters;
  const count = names.findLastIndex((_, index) => fits(index + 1)) + 1;
  return shortened(names, count);
}

const shortened = (names: readonly string[], count: number): string =>
  count === 0
    ? `${names.length} of them`
    : `${names.slice(0, count).join(', ')} and ${names.length - count} more`;
