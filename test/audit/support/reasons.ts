/**
 * Permissions that no flow test uses, and why they are granted. A pattern is compared with the whole text of a permission;
 * one that no unused permission matches fails the audit, too.
 */
export const reasons: readonly { readonly pattern: RegExp; readonly why: string }[] = [
  {
    pattern: / logs:(?:CreateLogStream|PutLogEvents) /,
    why: 'Lambda stores the lines of a function with its role; the local AWS stores them without a call.',
  },
  {
    pattern:
      / sqs:(?:ReceiveMessage|GetQueueAttributes|GetQueueUrl|DeleteMessage|ChangeMessageVisibility) \S+\/Queue$/,
    why: 'Lambda polls a queue with the role of the function; the local AWS polls it without a call.',
  },
  {
    pattern: /^Outbound\/SweepSchedule lambda:InvokeFunction /,
    why: 'EventBridge Scheduler invokes with this role; the local AWS invokes without a call.',
  },
  {
    pattern: / s3:ListBucket /,
    why: 'S3 answers a missing object with 403 instead of 404 to a role that may not list.',
  },
];
