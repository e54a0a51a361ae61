/**
 * Permissions that a run of the flow tests may not use, and why they are granted. A pattern is compared with the whole text
 * of a permission; one that matches no granted permission fails the audit, too.
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
  {
    pattern: /^Management\/Function s3:(?:GetObject|PutObject) Payloads\/inbound\/\*$/,
    why: 'A replay reads and writes bodies that do not fit into the record or a message; the replays of the flows do.',
  },
  {
    pattern: /^Management\/Function s3:GetObject Payloads\/outbound\/\*$/,
    why: 'The API shows a payload from the bucket; the flows look at small ones.',
  },
  {
    pattern: /^Outbound\/(?:Publish|Deliver) dynamodb:PartiQL(?:Insert|Update) /,
    why: 'Writes go as statements only if a worker makes several at once; the local AWS may hand it messages one by one.',
  },
  {
    pattern: /^Outbound\/Publish dynamodb:GetItem Outbound\/Stores\/Deliveries$/,
    why: 'A publisher looks for deliveries of an earlier one that died; in the flows none does.',
  },
  {
    pattern: /^Source-\*\/Consume s3:PutObject /,
    why: 'A failed or ignored event is kept in the bucket when its body does not fit into the record.',
  },
  {
    pattern: /^Outbound\/Publish s3:GetObject /,
    why: 'Fan-out reads a payload from the bucket when the message comes again with another body.',
  },
  {
    pattern: /^Outbound\/(?:Deliver|Sweep) sqs:SendMessage Outbound\/(?:Delivering\/Dlq|Undelivered)$/,
    why: 'A dead letter that λ deliver could not send is sent by the sweep; the delivery DLQ gets tasks with faults of our own.',
  },
  {
    pattern: /^Outbound\/Sweep sqs:GetQueueAttributes /,
    why: 'The sweep reads idle dead-letter queues every half hour, so that SQS goes on measuring them.',
  },
  {
    pattern: /^Outbound\/Sweep dynamodb:(?:BatchGetItem Outbound\/Stores\/Deliveries|Query \S+\/byEndpoint)$/,
    why: 'The sweep continues a recovery that is longer than its first page, which the management API replays.',
  },
  {
    pattern: /^Outbound\/Sweep dynamodb:DeleteItem Outbound\/Stores\/Endpoints$/,
    why: 'The sweep deletes a manifest five minutes after it was written; on a quick machine the flows are over by then.',
  },
  {
    pattern: /^Outbound\/Sweep dynamodb:PutItem Outbound\/Stores\/Deliveries$/,
    why: 'The sweep makes the record of a delivery that no task has made within five minutes.',
  },
  {
    pattern: /^Outbound\/Sweep dynamodb:UpdateItem Outbound\/Stores\/Events$/,
    why: 'The sweep extends the time of an event whose delivery waits for longer than a week.',
  },
];
