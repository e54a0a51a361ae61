import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const lastsNoRetention = 'no run publishes or replays an event when it expires';

const { published, everyEvent, held, noExpiry, ownEndpoint } = promises;
const contracts = 'test/adapters/dynamodb/evaluator-contracts.test.ts';
const publishTests = 'test/outbound/publish/publish.test.ts';
const crashTests = 'test/outbound/publish/publish-crashes.test.ts';
const fanOutTests = 'test/outbound/publish/fan-out.test.ts';
const healingTests = 'test/outbound/publish/publish-healing.test.ts';

const updates = mutantsOf(
  { file: 'lambdas/adapters/dynamodb/outbound-events/updates.ts', caughtBy: contracts },
  [
    {
      name: 'the mark of a tenant’s event makes one that is gone',
      breaks: everyEvent,
      outsideSimulation: lastsNoRetention,
      from: "condition: '#isWide = :wide',",
      to: "condition: '#isWide = :wide OR attribute_not_exists(#id)',",
    },
    {
      name: 'an event for single endpoints is marked as fanned out',
      breaks: everyEvent,
      from: "condition: '#isWide = :wide',",
      to: "condition: '#isWide = :wide OR attribute_exists(#id)',",
    },
    {
      name: 'an event that is widened stays marked as fanned out',
      breaks: everyEvent,
      from: 'set: { isWide: true, endpoints, fannedOutAt: undefined },',
      to: 'set: { isWide: true, endpoints },',
    },
    {
      name: 'an event that is widened does not name its endpoints',
      breaks: everyEvent,
      from: 'set: { isWide: true, endpoints, fannedOutAt: undefined },',
      to: 'set: { isWide: true, fannedOutAt: undefined },',
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
      outsideSimulation: lastsNoRetention,
      from: "condition: 'attribute_exists(#id) AND attribute_not_exists(#isWide)',",
      to: "condition: 'attribute_not_exists(#isWide)',",
    },
    {
      name: 'an event that is gone is split',
      breaks: everyEvent,
      outsideSimulation: lastsNoRetention,
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
      outsideSimulation: lastsNoRetention,
      from: "condition: 'attribute_exists(#id)',\n    values: { range",
      to: 'values: { range',
    },
  ],
);

const store = mutantsOf({ file: 'lambdas/adapters/dynamodb/outbound-events/store.ts', caughtBy: contracts }, [
  {
    name: 'an expired event is kept for a replay, and TTL deletes it',
    breaks: noExpiry,
    outsideSimulation: lastsNoRetention,
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
    outsideSimulation: lastsNoRetention,
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
    outsideSimulation: lastsNoRetention,
    from: 'if (!goesTooSoon(event.expiresAt, now, keptFor)) return;',
    to: 'return;',
    caughtBy: fanOutTests,
  },
  {
    name: 'a task that a crash left unsent is not sent again',
    breaks: everyEvent,
    from: 'needsTask: isUntouched(delivery)',
    to: 'needsTask: isNew && isUntouched(delivery)',
    caughtBy: healingTests,
  },
  {
    name: 'each publication sends the task of a delivery that waits again',
    breaks: promises.noRepeat,
    from: 'delivery.claims === 0 &&\n  delivery.nextAttemptAt === undefined',
    to: 'delivery.claims === 0',
    caughtBy: healingTests,
  },
  {
    name: 'a delivery to a disabled endpoint is not held',
    breaks: held,
    from: "if (endpoint?.status !== 'disabled') return first;",
    to: 'return first;',
    caughtBy: 'test/outbound/hold-delivery.test.ts',
  },
  {
    name: 'a test to a disabled endpoint is held',
    breaks: held,
    from: 'origin.isTest ? { ...first, ...discardedFrom(now, settings) } : ',
    to: '',
    caughtBy: 'test/outbound/test-events.test.ts',
  },
  {
    name: 'a delivery does not note the generation of its endpoint',
    breaks: ownEndpoint,
    from: ': { generation: generationOf(endpoint) };',
    to: ': {};',
    caughtBy: 'test/outbound/recreated-endpoint.test.ts',
  },
  {
    name: 'a delivery that an earlier publisher made is in no manifest',
    breaks: promises.deliveryEnds,
    from: 'needsManifest: needsManifest(delivery)',
    to: 'needsManifest: isNew && needsManifest(delivery)',
    caughtBy: 'test/outbound/sweep/sweep-manifests.test.ts',
  },
]);

export const publishRecords = [...updates, ...store, ...payloads, ...recording];
