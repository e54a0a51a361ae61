import { chance, type Draws, pick } from '../draws.ts';

/** A place in a run: the nth call of all, or of one name; both counted from 0. */
export type Where = { readonly call: number } | { readonly name: string; readonly nth: number };

/** When something happens: a time after the beginning in seconds, or a place. */
export type Moment = { readonly second: number } | Where;

export type When = 'before' | 'after';

/** What goes wrong at one call of a process. */
export type Fault =
  /** The process dies, or the call rejects, before its effect or after it. */
  | { readonly kind: 'dies' | 'rejects'; readonly when: When }
  /** The process stands still while everything else goes on. */
  | { readonly kind: 'stalls'; readonly when: When; readonly ms: number }
  /** The answer is lost, and the client makes the call again. */
  | { readonly kind: 'repeats' }
  /** The queue takes half of a batch and refuses the rest. */
  | { readonly kind: 'halves' }
  /** The delivery queue loses its messages. */
  | { readonly kind: 'purges' }
  /** From here on, and for this long, the tables do not answer, or the queues, or no service. */
  | { readonly kind: 'outage'; readonly of: Away; readonly ms: number };

const away = ['tables', 'queues', 'everything'] as const;
export type Away = (typeof away)[number];

const callsAway: Readonly<Record<Away, RegExp>> = {
  tables: /^(deliveries|manifests|events|endpoints|limiter|tallies|recoveries|eventTypes)\./,
  queues:
    /^(send(Task|Tasks|Ranges|Publication|DeadDelivery|DeadLetter)|deleteMessage|returnMessageAfter|acknowledge)$/,
  everything: /^/,
};

/** Whether a call gets no answer while a service is away. */
export const isAway = (of: Away, name: string): boolean => callsAway[of].test(name);

export interface PlannedFault {
  readonly at: Where;
  readonly fault: Fault;
}

/** The calls between which a crash or a lost answer leaves something half done. */
const fragile: CallNames = [
  'deliveries.record',
  'deliveries.claim',
  'deliveries.claimAnnounced',
  'deliveries.create',
  'manifests.add',
  'manifests.moveOn',
  'manifests.remove',
  'sendTasks',
  'sendTask',
  'deliveries.claimSuspect',
  'deliveries.recordLateSuccess',
  'deliveries.defer',
  'deliveries.hold',
  'deliveries.release',
  'deliveries.discard',
  'deliveries.moveDue',
  'deliveries.clearDue',
  'deliveries.reopen',
  'deliveries.endWait',
  'events.create',
  'events.split',
  'events.rangeDone',
  'events.markFannedOut',
  'events.widen',
  'events.keep',
  'sendRanges',
  'endpoints.read',
  'endpoints.readWithLimiter',
  'endpoints.page',
  'endpoints.disable',
  'endpoints.enable',
  'endpoints.reconciled',
  'endpoints.markHeldEmpty',
  'endpoints.resumeEndpoint',
  'limiter.take',
  'limiter.probe',
  'limiter.leave',
  'limiter.note',
  'limiter.reserve',
  'limiter.open',
  'tallies.add',
  'tallies.notified',
  'recoveries.claim',
  'recoveries.advance',
  'sendDeadDelivery',
  'notifyOperators',
  'putPayload',
  'getPayload',
  'endpointKeys',
  'post',
  'deleteMessage',
  'returnMessageAfter',
  'acknowledge',
];

/** Names of port calls. */
export type CallNames = readonly [string, ...string[]];

/** Draws a place: a call that matters to the story, one that leaves something half done, or any call. */
export function drawWhere(story: Draws, ofStory: CallNames): Where {
  if (chance(story, 20)) return { call: story.below(pick(story, [30, 100, 400])) };
  const name = pick(story, chance(story, 30) ? fragile : ofStory);
  return { name, nth: story.below(pick(story, [1, 1, 1, 2, 5])) };
}

const when = (story: Draws): When => pick(story, ['before', 'after']);
/** Less than a lease, more than it, more than the visibility timeout. */
export const stallMs = (story: Draws): number => pick(story, [20_000, 100_000, 500_000]);

export function drawFault(story: Draws, ofStory: CallNames): PlannedFault {
  const at = drawWhere(story, ofStory);
  return { at, fault: faultAt(story) };
}

function faultAt(story: Draws): Fault {
  const kinds = [
    'dies',
    'dies',
    'dies',
    'rejects',
    'rejects',
    'repeats',
    'stalls',
    'stalls',
    'halves',
    'purges',
    'outage',
  ] as const;
  const kind = pick(story, kinds);
  switch (kind) {
    case 'dies':
    case 'rejects':
      return { kind, when: when(story) };
    case 'stalls':
      return { kind, when: when(story), ms: stallMs(story) };
    case 'outage':
      return {
        kind,
        of: pick(story, away),
        ms: pick(story, [1_000, 60_000, 600_000, 7_200_000]),
      };
    default:
      return { kind };
  }
}

export const describeFault = (fault: Fault): string => {
  switch (fault.kind) {
    case 'dies':
      return `the process dies ${fault.when} its effect`;
    case 'rejects':
      return `the call fails ${fault.when} its effect`;
    case 'stalls':
      return `the process stands still for ${fault.ms / 1000} s ${fault.when} its effect`;
    case 'repeats':
      return 'the answer is lost, and the client repeats the call';
    case 'halves':
      return 'the queue takes half of the batch';
    case 'purges':
      return 'the delivery queue is emptied';
    case 'outage':
      return `${fault.of === 'everything' ? 'no service does' : `the ${fault.of} do`} not answer for ${fault.ms / 1000} s`;
  }
};

/** Counts calls, and finds what is planned for each place. */
export function placesOf(faults: readonly PlannedFault[]) {
  const byName = new Map<string, number>();
  const counts = { calls: 0 };
  return {
    /** @returns the faults of the call that begins now */
    next(name: string): readonly Fault[] {
      const call = counts.calls++;
      const nth = byName.get(name) ?? 0;
      byName.set(name, nth + 1);
      return faults
        .filter(({ at }) => ('call' in at ? at.call === call : at.name === name && at.nth === nth))
        .map(({ fault }) => fault);
    },
    isReached: (at: Where): boolean =>
      'call' in at ? counts.calls > at.call : (byName.get(at.name) ?? 0) > at.nth,
    calls: () => counts.calls,
  };
}
export type Places = ReturnType<typeof placesOf>;
