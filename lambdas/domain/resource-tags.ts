/** The tags by which `hookline kept` and `adopt` know what a stack has left behind: names are cut where they are long. */
export const resourceTags = {
  stack: 'hookline:stack',
  /** Of what belongs to one source. */
  source: 'hookline:source',
  /** What a queue is for. */
  queue: 'hookline:queue',
  /** What a secret of sending is for. */
  secret: 'hookline:secret',
} as const;

/** The events of sources, and what is sent; each with its dead letters. */
export const queueKinds = [
  'events',
  'dead-letters',
  'publish',
  'publish-dead-letters',
  'delivery',
  'delivery-dead-letters',
  'undelivered',
  'subscription',
] as const;
export type QueueKind = (typeof queueKinds)[number];

/** What signs, and what secrets of endpoints are sealed under. */
export const ownSecretKinds = ['signing', 'master'] as const;
export type OwnSecretKind = (typeof ownSecretKinds)[number];
