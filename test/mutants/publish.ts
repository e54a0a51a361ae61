import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { everyEvent, held, noExpiry, ownEndpoint, published } = promises;
const contracts = 'test/adapters/dynamodb/evaluator-contracts.test.ts';
const publishTests = 'test/outbound/publish/publish.test.ts';
const crashTests = 'test/outbound/publish/publish-crashes.test.ts';
const fanOutTests = 'test/outbound/publish/fan-out.test.ts';
const healingTests = 'test/outbound/publish/publish-healing.test.ts';

const updates = mutantsOf(
  { file: 'lambdas/adapters/dynamodb/outbound-events/updates.ts', caughtBy: contracts },
  [
    {
      name: 'an event that became one for the tenant is marked as done by a publication to one endpoint',
      breaks: everyEvent,
      from: "'attribute_exists(#id) AND attribute_not_exists(#isWide)',\n    values: isWide",
      to: "'attribute_exists(#id)',\n    values: isWide",
    },
    {
      name: 'an event that is gone is marked as fanned out',
      breaks: everyEvent,
      from: "'attribute_exists(#id) AND attribute_not_exists(#isWide)',\n    values: isWide",
      to: "'attribute_not_exists(#isWide)',\n    values: isWide",
    },
    {
      name: 'the mark of a tenant’s event makes one that is gone',
      breaks: everyEvent,
      from: "isWide ? '#isWide = :wide'",
      to: "isWide ? '#isWide = :wide OR attribute_not_exists(#id)'",
    },
    {
      name: 'an event that is widened stays marked as fanned out',
      breaks: everyEvent,
      from: 'set: { isWide: true, fannedOutAt: undefined },',
      to: 'set: { isWide: true },',
    },
    {
      name: 'an event is widened twice and loses its mark',
      breaks: everyEvent,
      from: "condition: 'attribute_exists(#id) AND attribute_not_exists(#isWide)',",
      to: "condition: 'attribute_exists(#id)',",
    },
    {
      name: 'an event that is gone is widened',
      breaks: everyEvent,
      from: "condition: 'attribute_exists(#id) AND attribute_not_exists(#isWide)',",
      to: "condition: 'attribute_not_exists(#isWide)',",
    },
    {
      name: 'an event that is gone is split',
      breaks: everyEvent,
      from: "'attribute_exists(#id) AND attribute_not_exists(#rangesLeft)",
      to: "'attribute_not_exists(#rangesLeft)",
    },
    {
      name: 'the ranges of an event are replaced by later ones',
      breaks: everyEvent,
      from: ' AND attribute_not_exists(#rangesLeft) AND',
      to: ' AND',
    },
    {
      name: 'an event is split again after it is fanned out',
      breaks: everyEvent,
      from: " AND attribute_not_exists(#fannedOutAt)'",
      to: "'",
    },
    {
      name: 'a range of an event that is gone makes a new one',
      breaks: everyEvent,
      from: "condition: 'attribute_exists(#id)',\n    values: { range",
      to: 'values: { range',
    },
  ],
);

const store = mutantsOf({ file: 'lambdas/adapters/dynamodb/outbound-events/store.ts', caughtBy: contracts }, [
  {
    name: 'an expired event is kept for a replay, and TTL deletes it',
    breaks: noExpiry,
    from: "'#expiresAt > :nowSeconds AND #expiresAt < :until'",
    to: "'(#expiresAt > :nowSeconds OR attribute_exists(#id)) AND #expiresAt < :until'",
  },
  {
    name: 'an event is kept for less than before',
    breaks: noExpiry,
    from: "'#expiresAt > :nowSeconds AND #expiresAt < :until'",
    to: "'#expiresAt > :nowSeconds AND (#expiresAt < :until OR attribute_exists(#id))'",
  },
  {
    name: 'an event that is kept for long enough counts as gone',
    breaks: published,
    from: 'return ok || (event !== undefined && event.expiresAt >= until);',
    to: 'return ok;',
  },
  {
    name: 'an event that is gone counts as kept',
    breaks: everyEvent,
    from: 'return ok || (event !== undefined && event.expiresAt >= until);',
    to: 'return ok || event === undefined || event.expiresAt >= until;',
  },
]);

const payloads = [
  ...mutantsOf(
    { file: 'lambdas/adapters/dynamodb/outbound-events/payload-reader.ts', caughtBy: publishTests },
    [
      {
        name: 'a payload in the bucket is not read',
        breaks: everyEvent,
        from: 'const bytes = await readStored(payload.s3Key, payloadPrefixOf(id), getBytes);',
        to: 'const bytes = undefined;',
      },
    ],
  ),
  ...mutantsOf({ file: 'lambdas/domain/outbound-event.ts', caughtBy: publishTests }, [
    {
      name: 'the second publication of an id overwrites the bytes of the first',
      breaks: everyEvent,
      from: '`${payloadPrefixOf(eventKey)}${sha256(body)}`',
      to: '`${payloadPrefixOf(eventKey)}${sha256(eventKey)}`',
    },
    {
      name: 'events of two tenants with one id are one',
      breaks: everyEvent,
      from: '`${tenant}#${eventId}`',
      to: '`any#${eventId}`',
    },
    {
      name: 'an event is not kept for a delivery that needs it longer',
      breaks: noExpiry,
      from: 'expiresAt < eventExpiry(now, seconds(keptFor - eventOutlives / 2))',
      to: 'expiresAt < now / 1000',
      caughtBy: fanOutTests,
    },
    {
      name: 'an event expires while its endpoint may still be failing',
      breaks: noExpiry,
      from: 'settings.disableAfter + settings.deliveryRetention + eventOutlives',
      to: 'eventOutlives',
      caughtBy: 'test/outbound/deliver/deliver.test.ts',
    },
  ]),
];

const recording = mutantsOf({ file: 'lambdas/outbound/publish/record-event.ts', caughtBy: publishTests }, [
  {
    name: 'an event is written before its payload is in the bucket',
    breaks: everyEvent,
    from: "if ('s3Key' in event.payload) await ports.putPayload(event.payload.s3Key, Buffer.from(body));\n  const first = await ports.events.create(event);",
    to: "const first = await ports.events.create(event);\n  if ('s3Key' in event.payload) await ports.putPayload(event.payload.s3Key, Buffer.from(body));",
    caughtBy: crashTests,
  },
  {
    name: 'another body under one id is not noticed',
    breaks: everyEvent,
    from: 'first !== undefined && first.contentHash !== event.contentHash',
    to: 'false',
  },
  {
    name: 'the second body of an id wins',
    breaks: everyEvent,
    from: 'event: first ?? event,',
    to: 'event,',
  },
  {
    name: 'a delivery is recorded though its event expires before it',
    breaks: noExpiry,
    from: 'if (goesTooSoon(event.expiresAt, now, wanted.eventKeptFor)) {',
    to: 'if (false) {',
    caughtBy: fanOutTests,
  },
  {
    name: 'a task that a crash left unsent is not sent again',
    breaks: everyEvent,
    from: 'isPending && (first === undefined || (isUntouched(first) && event.fannedOutAt === undefined))',
    to: 'isPending && first === undefined',
    caughtBy: crashTests,
  },
  {
    name: 'each publication sends the task again',
    breaks: promises.noRepeat,
    from: '(isUntouched(first) && event.fannedOutAt === undefined)',
    to: 'isUntouched(first)',
    caughtBy: healingTests,
  },
  {
    name: 'a delivery to a disabled endpoint is not held',
    breaks: held,
    from: "const isDisabled = endpoint?.status === 'disabled';",
    to: 'const isDisabled = false;',
    caughtBy: 'test/outbound/hold-delivery.test.ts',
  },
  {
    name: 'a test to a disabled endpoint is held',
    breaks: held,
    from: 'isTest\n      ? discardedFrom(now, settings)\n      : heldFrom(now)',
    to: 'heldFrom(now)',
    caughtBy: 'test/outbound/test-events.test.ts',
  },
  {
    name: 'a delivery does not note the generation of its endpoint',
    breaks: ownEndpoint,
    from: ': { generation: generationOf(endpoint) }),',
    to: ': {}),',
    caughtBy: 'test/outbound/recreated-endpoint.test.ts',
  },
  {
    name: 'a new delivery is due at once, before its task',
    breaks: promises.noRepeat,
    from: 'dueAt: dueAfterCreation(now) }',
    to: 'dueAt: now }',
    caughtBy: 'test/outbound/sweep/sweep.test.ts',
  },
]);

const fanOut = mutantsOf({ file: 'lambdas/outbound/publish/fan-out.ts', caughtBy: crashTests }, [
  {
    name: 'the ranges of a large tenant are not sent again after a crash',
    breaks: everyEvent,
    from: 'if (event.rangesLeft !== undefined) return sendRanges(event.rangesLeft, origin, ports);',
    to: "if (event.rangesLeft !== undefined) return 'split';",
  },
  {
    name: 'the ranges of a large tenant are sent before they are noted',
    breaks: everyEvent,
    from: 'const noted = await ports.events.split(event.id, ranges.map(rangeName));\n  return sendRanges(noted?.rangesLeft ?? [], origin, ports);',
    to: "await sendRanges(ranges.map(rangeName), origin, ports);\n  await ports.events.split(event.id, ranges.map(rangeName));\n  return 'split';",
    caughtBy: crashTests,
  },
  {
    name: 'a range begins with the last endpoint of the range before it',
    breaks: everyEvent,
    from: 'ranges.push({ after, upTo: next });',
    to: 'ranges.push({ after: next ?? after, upTo: next });',
    caughtBy: crashTests,
  },
  {
    name: 'an event is marked as fanned out before its deliveries are made',
    breaks: everyEvent,
    from: 'const made = await deliverTo(first.endpoints, { origin, data, settings, ports });\n    await ports.events.markFannedOut(event, ports.now());',
    to: 'await ports.events.markFannedOut(event, ports.now());\n    const made = await deliverTo(first.endpoints, { origin, data, settings, ports });',
    caughtBy: crashTests,
  },
  {
    name: 'the first finished range marks its event as fanned out',
    breaks: everyEvent,
    from: '(event.rangesLeft ?? []).length === 0 && event.fannedOutAt',
    to: 'event.fannedOutAt',
    caughtBy: crashTests,
  },
  {
    name: 'an endpoint that is created after an event gets it',
    breaks: everyEvent,
    from: 'existedAt(endpoint, event.createdAt) && wants',
    to: 'wants',
  },
  {
    name: 'an endpoint gets events that it is not subscribed to',
    breaks: everyEvent,
    from: ' && wants(endpoint, event.eventType, data)',
    to: '',
    caughtBy: fanOutTests,
  },
  {
    name: 'a newly held delivery is not checked again',
    breaks: held,
    from: 'await recheckNewlyHeld(recorded, settings, ports);',
    to: '',
    caughtBy: 'test/outbound/hold-delivery.test.ts',
  },
  {
    name: 'tasks are sent before their deliveries are written',
    breaks: everyEvent,
    from: 'if (tasks.length > 0) await ports.sendTasks(tasks);',
    to: 'if (tasks.length > 0) void ports.sendTasks(tasks).catch(() => undefined);',
  },
]);

const messages = [
  ...mutantsOf({ file: 'lambdas/outbound/publish/publish-one.ts', caughtBy: fanOutTests }, [
    {
      name: 'a publication to one endpoint marks an event for the tenant as done',
      breaks: everyEvent,
      from: 'event.fannedOutAt === undefined && !event.isWide && { toMark: event }',
      to: 'event.fannedOutAt === undefined && { toMark: { ...event, isWide: true } }',
    },
    {
      name: 'a publication to the tenant is done when one to a single endpoint is',
      breaks: everyEvent,
      from: 'recorded.event.isWide ? recorded.event : await ports.events.widen(recorded.event.id)',
      to: 'recorded.event',
    },
    {
      name: 'endpoints are matched by a second body of their event',
      breaks: everyEvent,
      from: 'isConflict ? sentData(event.id, ports) : data',
      to: 'data',
      caughtBy: crashTests,
    },
    {
      name: 'a payload that does not match its schema is published',
      breaks: published,
      from: 'if (refused !== undefined) return unusable(refused);',
      to: '',
      outsideSimulation: 'the simulation has no schemas',
    },
    {
      name: 'an event for a deleted endpoint goes to a new one with its id',
      breaks: ownEndpoint,
      from: 'if ((to.generation ?? generationOf(endpoint)) !== generationOf(endpoint))',
      to: 'if (false)',
      caughtBy: 'test/management/publishing.test.ts',
    },
    {
      name: 'a delivery that is held by a publication is not checked again',
      breaks: held,
      from: 'await recheckNewlyHeld([made], settings, ports);',
      to: '',
      caughtBy: 'test/outbound/hold-delivery.test.ts',
    },
  ]),
  ...mutantsOf({ file: 'lambdas/outbound/publish/publish.ts', caughtBy: healingTests }, [
    {
      name: 'a message that can neither be published nor given up is acknowledged',
      breaks: published,
      from: "asError(cause));\n    return { kind: 'failed' };",
      to: "asError(cause));\n    return { kind: 'given-up' };",
    },
    {
      name: 'a message that could not be published is acknowledged',
      breaks: published,
      from: "if (receives < maxReceives) return { kind: 'failed' };",
      to: "if (receives < maxReceives) return { kind: 'given-up' };",
    },
    {
      name: 'a message that fails for ever is never given up',
      breaks: published,
      from: "if (receives < maxReceives) return { kind: 'failed' };",
      to: "if (receives > 0) return { kind: 'failed' };",
    },
    {
      name: 'a message is acknowledged though its task was not sent',
      breaks: published,
      from: 'if (progress.task !== undefined && error !== undefined) {',
      to: 'if (false) {',
      caughtBy: healingTests,
    },
    {
      name: 'a message that can never be published is acknowledged without a dead letter',
      breaks: published,
      from: 'await giveUp(unwrapped, result.reason, message.receives, ports);',
      to: '',
      caughtBy: 'test/outbound/publish/publish-refusals.test.ts',
    },
    {
      name: 'an event is marked as fanned out before its task is sent',
      breaks: everyEvent,
      from: 'const tasksAreSent = await sendTasks(',
      to: 'for (const { progress } of begun)\n    if ("toMark" in progress && progress.toMark) await ports.events.markFannedOut(progress.toMark, ports.now());\n  const tasksAreSent = await sendTasks(',
    },
    {
      name: 'the dead letter of a message has no id, so that a redrive makes a second event',
      breaks: everyEvent,
      from: 'const { id, message: original } = withId(message);',
      to: 'const { id } = withId(message);\n  const original = message.text;',
      caughtBy: 'test/outbound/publish/publish-refusals.test.ts',
    },
    {
      name: 'an error of one message fails its whole batch of publications',
      breaks: published,
      from: 'return await (range === undefined',
      to: 'return (range === undefined',
    },
  ]),
];

export const publishMutants = [...updates, ...store, ...payloads, ...recording, ...fanOut, ...messages];
