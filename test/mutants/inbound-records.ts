import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { inboundEnds, lostClaim, once, verified } = promises;
const contracts = 'test/adapters/dynamodb/evaluator-contracts.test.ts';
const inReceive = 'the simulation runs no verification of λ receive';

/** Mistakes in the conditional updates of an inbound event. */
const updates = mutantsOf(
  { file: 'lambdas/adapters/dynamodb/inbound-events/updates.ts', caughtBy: contracts },
  [
    {
      name: 'an event past its retention cannot be claimed while TTL has not deleted it',
      breaks: inboundEnds,
      from: '[isNew, isPastRetention, endedWithAnotherMessage]',
      to: "[isNew, isPastRetention.replace('<=', '<> :now AND #expiresAt ='), endedWithAnotherMessage]",
    },
    {
      name: 'a failed event cannot be claimed by a replay',
      breaks: inboundEnds,
      from: '[isNew, isPastRetention, endedWithAnotherMessage]',
      to: '[isNew, isPastRetention, `(${endedWithAnotherMessage} AND ${isNew})`]',
    },
    {
      name: 'a claim past the retention ignores a live lease',
      breaks: once,
      outsideSimulation: 'no lease in the simulation lasts until a record expires',
      from: '`(#expiresAt <= :nowSeconds AND ${leaseIsOver})`',
      to: '`(#expiresAt <= :nowSeconds AND (${leaseIsOver} OR attribute_exists(#id)))`',
    },
    {
      name: 'a processed event is claimed before its retention is over',
      breaks: once,
      from: '`(#expiresAt <= :nowSeconds AND',
      to: '`((#expiresAt <= :nowSeconds OR attribute_exists(#id)) AND',
    },
    {
      name: 'the message with which an event failed claims it again',
      breaks: inboundEnds,
      from: 'AND #endedMessageId <> :messageId)',
      to: 'AND (#endedMessageId <> :messageId OR attribute_exists(#id)))',
    },
    {
      name: 'a processed event is claimed by another message',
      breaks: once,
      from: "'(#status IN (:failed, :ignored) AND",
      to: "'((#status IN (:failed, :ignored) OR attribute_exists(#id)) AND",
    },
    {
      name: 'a suspect is claimed again without a look at its status',
      breaks: once,
      from: "'#status = :seenStatus AND",
      to: "'(#status = :seenStatus OR attribute_exists(#id)) AND",
    },
    {
      name: 'a suspect is claimed again without a look at its owner',
      breaks: once,
      from: '#owner = :seenOwner AND',
      to: '(#owner = :seenOwner OR attribute_exists(#id)) AND',
    },
    {
      name: 'a suspect is claimed again without a look at its attempts',
      breaks: once,
      from: "#attempts = :seenAttempts'",
      to: "(#attempts = :seenAttempts OR attribute_exists(#id))'",
    },
    {
      name: 'a suspect is claimed again while its lease lives',
      breaks: once,
      from: '`${isAsSeen} AND ${leaseIsOver}`',
      to: '`${isAsSeen} AND (${leaseIsOver} OR attribute_exists(#id))`',
    },
    {
      name: 'an outcome does not compare the status',
      breaks: lostClaim,
      from: "'#status = :processing AND",
      to: "'(#status = :processing OR attribute_exists(#id)) AND",
    },
    {
      name: 'an outcome does not compare the owner',
      breaks: lostClaim,
      from: '#owner = :mine AND',
      to: '(#owner = :mine OR attribute_exists(#id)) AND',
    },
    {
      name: 'an outcome does not compare the attempts',
      breaks: lostClaim,
      from: "#attempts = :attempt'",
      to: "(#attempts = :attempt OR attribute_exists(#id))'",
    },
    {
      name: 'a released event keeps its lease',
      breaks: inboundEnds,
      from: 'set: { status: outcome.kind, leaseUntil: undefined, ...finished',
      to: 'set: { status: outcome.kind, ...finished',
    },
    {
      name: 'a claim of a failed event leaves the message that ended it',
      breaks: inboundEnds,
      from: '...claimed(claim), endedMessageId: undefined, processedAt',
      to: '...claimed(claim), processedAt',
    },
    {
      name: 'a claimed event keeps when its attempt was due',
      breaks: inboundEnds,
      from: 'dueAt: undefined,\n  sentBack',
      to: 'sentBack',
    },
    {
      name: 'a claimed event keeps that a message waits for it',
      breaks: inboundEnds,
      from: 'sentBack: undefined,\n  lastError: claim',
      to: 'lastError: claim',
    },
    {
      name: 'a claim writes no reason for a crash',
      breaks: inboundEnds,
      from: 'lastError: claim.lastError,',
      to: '',
    },
    {
      name: 'a failed event forgets which message ended it',
      breaks: inboundEnds,
      from: 'return { lastError: outcome.error, endedMessageId: claim.messageId,',
      to: 'return { lastError: outcome.error,',
    },
    {
      name: 'an ignored event forgets which message ended it',
      breaks: inboundEnds,
      from: 'return { lastError: undefined, endedMessageId: claim.messageId,',
      to: 'return { lastError: undefined,',
    },
    {
      name: 'a kept event is not listed',
      breaks: inboundEnds,
      from: 'place = { keptDay, keptBody,',
      to: 'place = { keptBody,',
      outsideSimulation: 'the simulation lists no kept events',
    },
    {
      name: 'an event is released without the time of its next attempt',
      breaks: inboundEnds,
      from: 'dueAt: outcome.dueAt, sentBack',
      to: 'sentBack',
    },
    {
      name: 'an event is released without a word of the message that waits',
      breaks: inboundEnds,
      from: 'sentBack: outcome.sentBack || undefined };',
      to: '};',
    },
    {
      name: 'a processed event stays in the list of kept ones',
      breaks: once,
      from: 'keptDay: undefined,\n        keptAt: undefined,',
      to: '',
      outsideSimulation: 'the simulation lists no kept events',
    },
  ],
);

const store = mutantsOf({ file: 'lambdas/adapters/dynamodb/inbound-events/store.ts', caughtBy: contracts }, [
  {
    name: 'an outcome whose response was lost is not recognised',
    breaks: inboundEnds,
    from: 'return record === undefined || isAlreadyWritten(record, claim, outcome);',
    to: 'return record === undefined;',
  },
  {
    name: 'an outcome takes any other outcome for its own',
    breaks: lostClaim,
    from: 'record.status === outcome.kind && record.owner',
    to: 'record.owner',
    outsideSimulation: 'no worker of the simulation records two outcomes of one claim',
  },
  {
    name: 'an outcome takes that of another worker for its own',
    breaks: lostClaim,
    from: 'record.owner === claim.owner && record.attempts === claim.attempts',
    to: 'record.attempts === claim.attempts',
  },
  {
    name: 'a read of an inbound record may miss the last write',
    breaks: once,
    outsideSimulation: 'no read of an inbound event is late in the simulation',
    from: 'Key: { id }, ConsistentRead: true',
    to: 'Key: { id }',
    caughtBy: 'test/adapters/dynamodb/consistent-reads.test.ts',
  },
]);

const tokens = mutantsOf(
  {
    file: 'lambdas/adapters/dynamodb/inbound-events/once-only.ts',
    caughtBy: contracts,
    outsideSimulation: inReceive,
  },
  [
    {
      name: 'a one-time token is accepted with another body',
      breaks: verified,
      from: 'OR fingerprint = :fingerprint OR',
      to: 'OR attribute_exists(id) OR fingerprint = :fingerprint OR',
    },
    {
      name: 'a one-time token is refused with the same body',
      breaks: inboundEnds,
      from: 'OR fingerprint = :fingerprint OR',
      to: 'OR (attribute_not_exists(id) AND fingerprint = :fingerprint) OR',
    },
    {
      name: 'an expired one-time token is refused until TTL has deleted it',
      breaks: inboundEnds,
      from: 'OR expiresAt < :now',
      to: 'OR (attribute_not_exists(id) AND expiresAt < :now)',
    },
    {
      name: 'the one-time tokens of two sources are one',
      breaks: verified,
      from: 'inboundKeys.onceOnly(source, bodyHash',
      to: "inboundKeys.onceOnly('any', bodyHash",
    },
  ],
);

export const inboundRecords = [...updates, ...store, ...tokens];
