/**
 * Recognises a stack's resources by their names. A prefix is not enough: `Hookline-…` may belong to `Hookline-staging`.
 *
 * CloudFormation names them `Hookline-LogicalId-SUFFIX`, with no hyphen in the last two parts; the emulator
 * names log groups with the stack as a path segment.
 *
 * @param stack name of one stack; undefined for all
 */
export const isOfStack =
  (stack: string | undefined) =>
  (name: string): boolean =>
    stack === undefined || name.split('-').slice(0, -2).join('-') === stack || name.includes(`/${stack}/`);

/** Reads the stack's name from the URL of one of its queues. */
export const stackInName = (queueUrl: string): string =>
  queueUrl
    .slice(queueUrl.lastIndexOf('/') + 1)
    .split('-')
    .slice(0, -2)
    .join('-');
