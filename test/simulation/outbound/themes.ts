import type { CallNames } from './faults.ts';

/** What people ask of the management API. */
export const actKinds = [
  'disable',
  'enable',
  'delete',
  'recreate',
  'move',
  'rotate',
  'retry',
  'recover',
  'test',
] as const;

type ActKind = (typeof actKinds)[number];

/** What a story is about. */
export const themes = ['few', 'held', 'wide', 'down', 'replays', 'remade', 'crashes'] as const;
export type Theme = (typeof themes)[number];

/** The calls at which a story of a theme comes to its point. */
export const callsOf: Readonly<Record<Theme, CallNames>> = {
  few: [
    'post',
    'deliveries.claim',
    'deliveries.claimAnnounced',
    'deliveries.record',
    'deliveries.create',
    'sendTasks',
    'sendTask',
    'acknowledge',
  ],
  crashes: [
    'post',
    'deliveries.claim',
    'deliveries.claimAnnounced',
    'deliveries.claimSuspect',
    'deliveries.record',
    'deliveries.recordLateSuccess',
    'deleteMessage',
    'limiter.leave',
    'limiter.note',
    'sendTask',
    'acknowledge',
  ],
  held: [
    'deliveries.hold',
    'deliveries.release',
    'deliveries.heldOf',
    'deliveries.read',
    'deliveries.create',
    'deliveries.discard',
    'endpoints.enable',
    'endpoints.disable',
    'endpoints.reconciled',
    'endpoints.markHeldEmpty',
    'endpoints.read',
    'endpoints.readWithLimiter',
    'notifyOperators',
    'sendTask',
    'post',
  ],
  wide: [
    'events.split',
    'sendRanges',
    'sendRanges',
    'events.rangeDone',
    'events.markFannedOut',
    'events.widen',
    'endpoints.page',
    'deliveries.create',
    'sendTasks',
    'acknowledge',
  ],
  down: [
    'limiter.take',
    'limiter.probe',
    'limiter.leave',
    'limiter.note',
    'limiter.open',
    'limiter.takeByHand',
    'deliveries.defer',
    'deliveries.endWait',
    'deliveries.waitingOf',
    'endpoints.resumeEndpoint',
    'sendTask',
    'post',
  ],
  replays: [
    'deliveries.reopen',
    'deliveries.listed',
    'deliveries.readAll',
    'deliveries.clearDue',
    'deliveries.noteCounted',
    'deliveries.record',
    'recoveries.claim',
    'recoveries.advance',
    'events.keep',
    'tallies.add',
    'tallies.notified',
    'sendDeadDelivery',
    'sendTask',
    'post',
  ],
  remade: [
    'endpoints.remove',
    'endpoints.create',
    'endpoints.read',
    'endpoints.readWithLimiter',
    'endpoints.page',
    'deliveries.discard',
    'deliveries.read',
    'deliveries.claim',
    'deliveries.claimAnnounced',
    'deliveries.create',
    'post',
  ],
};

/** The acts of a story of a theme; one that occurs more often is drawn more often. */
export const actsOf: Readonly<Record<Theme, readonly [ActKind, ...ActKind[]]>> = {
  few: actKinds,
  wide: actKinds,
  crashes: actKinds,
  held: ['disable', 'enable', 'enable', 'disable', 'delete', 'retry', 'test'],
  down: ['enable', 'retry', 'retry', 'move', 'test', 'disable'],
  replays: ['retry', 'retry', 'recover', 'recover', 'disable', 'enable'],
  remade: ['recreate', 'delete', 'recreate', 'disable', 'retry', 'recover', 'rotate'],
};
