import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const altersNothing = 'the simulation alters no stored object';

const { inboundEnds, outage, once, lostClaim, bytes } = promises;
const claimTests = 'test/inbound/consume-claims.test.ts';
const waitTests = 'test/inbound/consume-waits.test.ts';

const endings = [
  ...mutantsOf({ file: 'lambdas/inbound/finish-attempt.ts', caughtBy: 'test/inbound/consume.test.ts' }, [
    {
      name: 'an event is given up without a dead letter',
      breaks: inboundEnds,
      from: 'await ports.sendDeadLetter(deadLetter(work.message, claim.id, error, claim.attempts, now));',
      to: '',
    },
    {
      name: 'a failure is recorded before its dead letter is sent',
      breaks: inboundEnds,
      from: "await ports.sendDeadLetter(deadLetter(work.message, claim.id, error, claim.attempts, now));\n  const isOurs = await ports.inboundEvents.finish(claim, { kind: 'failed', error, kept }, now);",
      to: "const isOurs = await ports.inboundEvents.finish(claim, { kind: 'failed', error, kept }, now);\n  await ports.sendDeadLetter(deadLetter(work.message, claim.id, error, claim.attempts, now));",
      caughtBy: claimTests,
    },
    {
      name: 'a worker that lost its claim acknowledges its message',
      breaks: lostClaim,
      from: "return isOurs ? { queueAnswer: acknowledge, ending: 'processed' } : lostClaim;",
      to: "return { queueAnswer: acknowledge, ending: isOurs ? 'processed' : 'lost-claim' };",
      caughtBy: claimTests,
    },
    {
      name: 'a permanent failure is tried again',
      breaks: inboundEnds,
      from: 'if (failure.isPermanent || delay === undefined)',
      to: 'if (delay === undefined)',
    },
    {
      name: 'a failure is recorded before its waiting message is sent',
      breaks: inboundEnds,
      from: "const sentBack = mustLeave(delay) && (await trySendBack(message, wait, ports));\n  const outcome = { kind: 'retrying', error: claim.lastError, dueAt, sentBack } as const;\n  if (!(await ports.inboundEvents.finish(claim, outcome, now))) return lostClaim;",
      to: "const outcome = { kind: 'retrying', error: claim.lastError, dueAt, sentBack: mustLeave(delay) } as const;\n  if (!(await ports.inboundEvents.finish(claim, outcome, now))) return lostClaim;\n  const sentBack = mustLeave(delay) && (await trySendBack(message, wait, ports));",
      caughtBy: waitTests,
    },
    {
      name: 'a message that could not be sent back is acknowledged',
      breaks: inboundEnds,
      from: 'queueAnswer: sentBack ? replaced : returnFor(delay)',
      to: 'queueAnswer: mustLeave(delay) ? replaced : returnFor(delay)',
      caughtBy: waitTests,
    },
    {
      name: 'a long wait is spent in flight',
      breaks: outage,
      from: 'const sentBack = mustLeave(delay) && (await trySendBack(message, wait, ports));',
      to: 'const sentBack = false;',
      caughtBy: waitTests,
    },
    {
      name: 'a waiting message does not name the attempt that it waits after',
      breaks: inboundEnds,
      from: 'const wait = { after: claim.owner, notBefore',
      to: "const wait = { after: '', notBefore",
      caughtBy: waitTests,
    },
    {
      name: 'an event that is given up is not kept',
      breaks: inboundEnds,
      from: 'await ports.putBody(key, content);',
      to: '',
    },
  ]),
  ...mutantsOf({ file: 'lambdas/inbound/attempt.ts', caughtBy: claimTests }, [
    {
      name: 'an event whose body is gone counts as ignored',
      breaks: inboundEnds,
      outsideSimulation: altersNothing,
      from: "return giveUp(work, claim, 'its body is no longer in the bucket', ports.now(), ports);",
      to: 'return finishIgnored(work, claim, ports.now(), ports);',
    },
    {
      name: 'handlers of another provider run',
      breaks: inboundEnds,
      outsideSimulation: 'the simulation has the handlers of one provider',
      from: 'if (provider === expected) return undefined;',
      to: 'if (provider !== undefined) return undefined;',
    },
    {
      name: 'a failed handler counts as a success',
      breaks: once,
      from: "case 'failed':\n      log.error",
      to: "case 'failed':\n      if (!outcome.isPermanent) return finishSuccess(claim, ports.now(), ports);\n      log.error",
      caughtBy: 'test/inbound/consume.test.ts',
    },
  ]),
];

const waiting = [
  ...mutantsOf({ file: 'lambdas/inbound/wait.ts', caughtBy: waitTests }, [
    {
      name: 'a message waits as long as it says',
      breaks: inboundEnds,
      outsideSimulation: 'all messages of the simulation were written by Hookline',
      from: ' && secondsUntil(unixMillis(wait.notBefore), now) <= longestWait',
      to: '',
    },
    {
      name: 'a message that could not be sent back counts as sent',
      breaks: inboundEnds,
      from: "log.warn('message.send-back-failed', { reason: describeError(error) });\n    return false;",
      to: "log.warn('message.send-back-failed', { reason: describeError(error) });\n    return true;",
    },
    {
      name: 'a message is sent back without its wait',
      breaks: outage,
      from: 'withWait(message.text, wait), seconds',
      to: 'message.text, seconds',
    },
    {
      name: 'a message is sent back with a delay that SQS refuses',
      breaks: outage,
      from: 'seconds(Math.min(left, longestDelay))',
      to: 'seconds(left)',
    },
    {
      name: 'a message that could not be sent back stays in flight for its whole wait',
      breaks: outage,
      from: 'mustLeave(wait) ? seconds(Math.min(wait, sendAgainAfter)) : wait',
      to: 'wait',
    },
  ]),
  ...mutantsOf({ file: 'lambdas/inbound/open-message.ts', caughtBy: waitTests }, [
    {
      name: 'a message that was sent back counts as another one',
      breaks: inboundEnds,
      from: 'event.wait?.origin ?? message.messageId',
      to: 'message.messageId',
    },
    {
      name: 'a message that was sent back does not say after which attempt',
      breaks: inboundEnds,
      from: 'after: event.wait?.after,',
      to: '',
    },
    {
      name: 'a dead letter keeps the wait of its message',
      breaks: inboundEnds,
      from: 'wait === undefined ? message : { ...message, text: withWait(message.text, undefined) }',
      to: 'wait === undefined ? message : { ...message }',
    },
    {
      name: 'an altered body is read again and again',
      breaks: bytes,
      outsideSimulation: altersNothing,
      from: 'if (error instanceof AlteredBodyError) return error;\n    throw error;\n  }\n}\n\nfunction parse',
      to: 'throw error;\n  }\n}\n\nfunction parse',
      caughtBy: 'test/inbound/altered-bodies.test.ts',
    },
  ]),
  ...mutantsOf({ file: 'lambdas/inbound/replay.ts', caughtBy: 'test/inbound/replay.test.ts' }, [
    {
      name: 'a processed event is replayed',
      breaks: once,
      from: "if (record.status === 'processed') return refused(`${id} is processed; its handler runs once`);",
      to: '',
      outsideSimulation: 'a processed event has no body to replay, so only the text of the refusal differs',
    },
    {
      name: 'an event is replayed while a worker has it',
      breaks: once,
      from: 'if (isLeased(record, now)) return refused(`${id} is being processed now`);',
      to: '',
    },
    {
      name: 'a replay takes an event that was kept in the place of another one',
      breaks: bytes,
      outsideSimulation: altersNothing,
      from: 'if (eventKey(message.source, message.id) !== id)',
      to: 'if (message.id === id)',
      caughtBy: 'test/inbound/altered-bodies.test.ts',
    },
    {
      name: 'a replay enqueues an event before its body is in the bucket',
      breaks: inboundEnds,
      from: 'if (packed.stored) await ports.putBody(packed.stored.key, packed.stored.bytes);',
      to: '',
    },
  ]),
];

export const consumeEndings = [...endings, ...waiting];
