/**
 * Tells a stack's own resources by their names; what begins with `Hookline-` may be of a stack `Hookline-staging`.
 *
 * CloudFormation names them `Hookline-LogicalId-SUFFIX`, with no hyphen in the last two; the emulator puts a log group
 * into a folder of the stack.
 *
 * @param stack undefined: whichever there are
 */
export const isOfStack =
  (stack: string | undefined) =>
  (name: string): boolean =>
    stack === undefined || name.split('-').slice(0, -2).join('-') === stack || name.includes(`/${stack}/`);

/** The stack in the name of one of its queues, from the queue's URL. */
export const stackInName = (queueUrl: string): string =>
  queueUrl
    .slice(queueUrl.lastIndexOf('/') + 1)
    .split('-')
    .slice(0, -2)
    .join('-');
