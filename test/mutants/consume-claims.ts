import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { inboundEnds, outage } = promises;
const claimTests = 'test/inbound/consume-claims.test.ts';
const suspectTests = 'test/inbound/consume-suspects.test.ts';
const waitTests = 'test/inbound/consume-waits.test.ts';

const claiming = [
  ...mutantsOf({ file: 'lambdas/inbound/claim.ts', caughtBy: claimTests }, [
    {
      name: 'a claim whose response was lost counts as a duplicate',
      breaks: inboundEnds,
      from: "case 'mine':\n      return { kind: 'claimed', claim: { ...claim, attempts: record.attempts } };",
      to: "case 'mine':\n      return { kind: 'duplicate' };",
    },
    {
      name: 'a suspect runs beside its batch',
      breaks: inboundEnds,
      from: "return isExhausted(event, record)\n        ? reclaimEvent(event, record, now, inboundEvents)\n        : { kind: 'suspect', record };",
      to: 'return reclaimEvent(event, record, now, inboundEvents);',
      caughtBy: suspectTests,
    },
    {
      name: 'an attempt whose worker died is not counted',
      breaks: inboundEnds,
      from: 'exhausted ? seen.attempts : seen.attempts + 1;',
      to: 'seen.attempts;',
      caughtBy: suspectTests,
    },
    {
      name: 'an event gets one attempt more than its schedule has',
      breaks: inboundEnds,
      from: 'record.attempts >= maxAttempts',
      to: 'record.attempts > maxAttempts',
      caughtBy: suspectTests,
    },
    {
      name: 'a suspect that another consumer has claimed first counts as a duplicate',
      breaks: inboundEnds,
      from: "return { kind: 'busy', wait: seconds(1) };",
      to: "return { kind: 'duplicate' };",
      caughtBy: 'test/inbound/claim.test.ts',
    },
    {
      name: 'the reason of the last attempt is lost when an event is given up',
      breaks: inboundEnds,
      from: 'exhausted ? (seen.lastError ?? noOutcome(attempts)) : noOutcome(attempts);',
      to: 'noOutcome(attempts + 1);',
      caughtBy: suspectTests,
    },
  ]),
  ...mutantsOf({ file: 'lambdas/domain/idempotency.ts', caughtBy: claimTests }, [
    {
      name: 'an event that another worker has counts as a duplicate',
      breaks: inboundEnds,
      from: "? { kind: 'busy', wait: secondsUntil(record.leaseUntil ?? now, now) }",
      to: "? { kind: 'duplicate' }",
    },
    {
      name: 'a worker does not know its own claim',
      breaks: inboundEnds,
      from: "if (record.owner === claimant.owner) return { kind: 'mine' };",
      to: '',
    },
    {
      name: 'every message of a failed event is a duplicate',
      breaks: inboundEnds,
      from: "record.endedMessageId === claimant.messageId ? { kind: 'duplicate' } : free",
      to: "{ kind: 'duplicate' }",
      caughtBy: 'test/domain/idempotency.test.ts',
    },
    {
      name: 'an old message is deleted though no other one waits',
      breaks: inboundEnds,
      from: 'record.sentBack === true && isSuperseded',
      to: 'isSuperseded',
      caughtBy: waitTests,
    },
    {
      name: 'an old message is not superseded by the one that waits',
      breaks: outage,
      from: "if (record.sentBack === true && isSuperseded(record, claimant)) return { kind: 'superseded' };",
      to: '',
      caughtBy: waitTests,
    },
    {
      name: 'the message that waits counts as superseded',
      breaks: inboundEnds,
      from: 'claimant.after !== owner &&',
      to: '',
      caughtBy: waitTests,
    },
    {
      name: 'a redelivery starts the next attempt early',
      breaks: outage,
      from: 'record.dueAt === undefined || record.dueAt <= now',
      to: 'record.dueAt === undefined || record.dueAt > 0',
      caughtBy: waitTests,
    },
    {
      name: 'an event gets one attempt less than its schedule has',
      breaks: inboundEnds,
      from: 'handlerRetryDelays.length + 1',
      to: 'handlerRetryDelays.length',
      caughtBy: suspectTests,
    },
  ]),
];

const batches = [
  ...mutantsOf({ file: 'lambdas/inbound/consume.ts', caughtBy: suspectTests }, [
    {
      name: 'finished messages are not deleted before a suspect runs',
      breaks: inboundEnds,
      from: 'await deleteAcknowledged(done, run);',
      to: '',
    },
    {
      name: 'finished messages are not deleted before the process ends',
      breaks: inboundEnds,
      from: 'if (hung && !areDeleted) await deleteAcknowledged(ended, run);',
      to: '',
    },
    {
      name: 'a suspect that is done is not deleted before the next one runs',
      breaks: inboundEnds,
      from: 'await deleteAcknowledged([{ message, result }], run);',
      to: '',
    },
    {
      name: 'a suspect runs beside a handler that does not stop',
      breaks: inboundEnds,
      from: 'if (ended.some(isHung) || !run',
      to: 'if (!run',
      outsideSimulation:
        'a handler that does not stop uses up its invocation, so no time is left for a suspect',
    },
    {
      name: 'a suspect starts though no time is left',
      breaks: inboundEnds,
      from: 'if (ended.some(isHung) || !run.invocation.hasTime())',
      to: 'if (ended.some(isHung))',
    },
    {
      name: 'a message that is no event is acknowledged without a dead letter',
      breaks: inboundEnds,
      from: 'await ports.sendDeadLetter(deadLetter(message, message.messageId, opened.reason, 0, ports.now()));',
      to: '',
      caughtBy: claimTests,
    },
    {
      name: 'a message whose event another worker has is acknowledged',
      breaks: inboundEnds,
      from: "return reported('busy', { kind: 'fail', after: result.wait });",
      to: "return reported('busy', { kind: 'acknowledge' });",
      caughtBy: claimTests,
    },
    {
      name: 'a message that could not be handled is acknowledged',
      breaks: inboundEnds,
      from: '  return retryInFiveMinutes;\n}',
      to: "  return { kind: 'acknowledge' };\n}",
      caughtBy: claimTests,
    },
    {
      name: 'an event without an attempt left is acknowledged without a dead letter',
      breaks: inboundEnds,
      from: 'const end = await giveUp(work, result.claim, result.claim.lastError, ports.now(), ports);\n      return reported(end.ending, end.queueAnswer, result.claim.attempts);',
      to: "return reported('failed', { kind: 'acknowledge' }, result.claim.attempts);",
    },
    {
      name: 'the batch names no failed message',
      breaks: inboundEnds,
      from: 'failedMessageIds: ended.filter(isRetried)',
      to: 'failedMessageIds: ended.filter(isHung)',
      caughtBy: claimTests,
    },
    {
      name: 'a message that waits is not deleted before its batch ends',
      breaks: outage,
      from: 'if (isReplaced({ message, result }) && !run.isAlone) await deleteAll([message], run);',
      to: '',
      caughtBy: waitTests,
    },
  ]),
  ...mutantsOf({ file: 'lambdas/domain/batch.ts', caughtBy: suspectTests }, [
    {
      name: 'the suspect with the most crashes runs first',
      breaks: inboundEnds,
      from: 'a.crashes - b.crashes',
      to: 'b.crashes - a.crashes',
    },
    {
      name: 'an error of one message fails its whole batch',
      breaks: inboundEnds,
      from: 'return await steps.first(message);',
      to: 'return steps.first(message);',
      caughtBy: 'test/domain/batch.test.ts',
    },
    {
      name: 'the first half of a batch is not answered before its suspects run',
      breaks: inboundEnds,
      from: 'if (suspects.length > 0) await steps.beforeSuspects?.(done);',
      to: '',
    },
  ]),
];

export const consumeClaims = [...claiming, ...batches];
