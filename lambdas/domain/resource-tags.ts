/**
 * The tags by which `hookline kept` and `adopt` find what a stack has left behind. Names do not suffice: long ones are
 * cut.
 */
export const resourceTags = {
  stack: 'hookline:stack',
  /** The source that a resource belongs to. */
  source: 'hookline:source',
  /** The purpose of a queue. */
  queue: 'hookline:queue',
  /** The purpose of a secret for sending. */
  secret: 'hookline:secret',
} as const;

/** The purposes of queues. */
export const queueKinds = [
  'events',
  'dead-letters',
  'publish',
  'publish-dead-letters',
  'delivery',
  'sideline',
  'delivery-dead-letters',
  'undelivered',
  'subscription',
] as const;
export type QueueKind = (typeof queueKinds)[number];

/** The stack's own secrets: the signing secret, and the master secret that seals endpoint secrets. */
export const ownSecretKinds = ['signing', 'master'] as const;
export type OwnSecretKind = (typeof ownSecretKinds)[number];
