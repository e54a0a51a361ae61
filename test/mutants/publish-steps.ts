import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { published, everyEvent, noRepeat, held, ownEndpoint } = promises;
const rangeTests = 'test/outbound/publish/fan-out-ranges.test.ts';
const manyTests = 'test/outbound/publish/fan-out-many.test.ts';
const crashTests = 'test/outbound/publish/publish-crashes.test.ts';
const fanOutTests = 'test/outbound/publish/fan-out.test.ts';
const manifestTests = 'test/outbound/sweep/sweep-manifests.test.ts';
const healingTests = 'test/outbound/publish/publish-healing.test.ts';

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
    caughtBy: rangeTests,
  },
  {
    name: 'a range begins with the last endpoint of the range before it',
    breaks: everyEvent,
    from: 'ranges.push({ after, upTo: next });',
    to: 'ranges.push({ after: next ?? after, upTo: next });',
    caughtBy: rangeTests,
  },
  {
    name: 'an event is marked as fanned out before its deliveries are made',
    breaks: everyEvent,
    from: 'const deliveries = await deliverTo(first.endpoints, { origin, data, settings, ports });\n    await ports.events.markFannedOut(event.id, ports.now());',
    to: 'await ports.events.markFannedOut(event.id, ports.now());\n    const deliveries = await deliverTo(first.endpoints, { origin, data, settings, ports });',
    caughtBy: manyTests,
  },
  {
    name: 'the first finished range marks its event as fanned out',
    breaks: everyEvent,
    from: '(event.rangesLeft ?? []).length === 0 && event.fannedOutAt',
    to: 'event.fannedOutAt',
    caughtBy: rangeTests,
  },
  {
    name: 'an endpoint that is created after an event gets it',
    breaks: everyEvent,
    from: 'existedAt(endpoint, createdAt) && wants',
    to: 'wants',
    caughtBy: manyTests,
  },
  {
    name: 'an endpoint gets events that it is not subscribed to',
    breaks: everyEvent,
    from: ' && wants(endpoint, eventType, data)',
    to: '',
    caughtBy: fanOutTests,
  },
  {
    name: 'a newly held delivery of an event for many endpoints is not checked again',
    breaks: held,
    from: 'await recheckNewlyHeld(recorded, settings, ports);',
    to: '',
    caughtBy: manyTests,
  },
  {
    name: 'a fan-out goes on though its tasks could not be sent',
    breaks: everyEvent,
    from: 'await startDeliveries({ ...startOf(recorded, event), unlisted: [] }, ports);',
    to: 'void startDeliveries({ ...startOf(recorded, event), unlisted: [] }, ports).catch(() => undefined);',
    caughtBy: manyTests,
  },
  {
    name: 'the deliveries of an event that does not name its endpoints are in no manifest',
    breaks: everyEvent,
    from: 'await startDeliveries({ tasks: [], unlisted, announced: [] }, ports);',
    to: '',
    caughtBy: manyTests,
  },
]);

const toTenants = mutantsOf(
  { file: 'lambdas/outbound/publish/publish-to-tenant.ts', caughtBy: fanOutTests },
  [
    {
      name: 'a publication to the tenant is done when one to a single endpoint is',
      breaks: everyEvent,
      from: 'recorded.event.isWide ? recorded.event : await widen(recorded, publication, seen, ports)',
      to: 'recorded.event',
    },
    {
      name: 'endpoints are matched by a second body of their event',
      breaks: everyEvent,
      from: 'isConflict ? sentData(event.id, ports) : data',
      to: 'data',
    },
    {
      name: 'a publication that is repeated widens the list of its event',
      breaks: everyEvent,
      from: 'await deliverToListed(event.endpoints, seen',
      to: 'await deliverToListed(list ?? event.endpoints, seen',
      caughtBy: crashTests,
    },
    {
      name: 'an event that names its endpoints is complete once it exists',
      breaks: everyEvent,
      from: 'fannedOutAt !== undefined ||',
      to: 'fannedOutAt !== undefined || createdAt < now ||',
      caughtBy: crashTests,
    },
    {
      name: 'an old event is sent again to endpoints whose deliveries have expired',
      breaks: noRepeat,
      from: 'seconds(Math.max(deliveryRetention, longestQueued))) <= now',
      to: 'seconds(Math.max(deliveryRetention, longestQueued))) <= 0',
      outsideSimulation: 'no run publishes an event again after its retention',
    },
    {
      name: 'a newly held delivery is not checked again',
      breaks: held,
      from: 'await recheckNewlyHeld(recorded, settings, ports);',
      to: '',
      caughtBy: manyTests,
    },
  ],
);

const messages = [
  ...mutantsOf({ file: 'lambdas/outbound/publish/publish-one.ts', caughtBy: fanOutTests }, [
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
  ...mutantsOf(
    {
      file: 'lambdas/outbound/publish/endpoints-of-batch.ts',
      caughtBy: 'test/outbound/publish/endpoints-of-batch.test.ts',
    },
    [
      {
        name: 'an endpoint that one batch did not find is not looked for by later ones',
        breaks: everyEvent,
        from: "export function endpointsOfBatch({ read }: Pick<EndpointStore, 'read'>): FindEndpoint {\n  const reads = new Map<string, Promise<Endpoint | undefined>>();",
        to: "const reads = new Map<string, Promise<Endpoint | undefined>>();\nexport function endpointsOfBatch({ read }: Pick<EndpointStore, 'read'>): FindEndpoint {",
      },
    ],
  ),
  ...mutantsOf({ file: 'lambdas/outbound/publish/publish.ts', caughtBy: healingTests }, [
    {
      name: 'whether a delivery is held after all is decided by what the batch read before',
      breaks: held,
      from: 'const batch: BatchPorts = { ...ports, findEndpoint,',
      to: 'const endpoints = { ...ports.endpoints, read: findEndpoint };\n  const batch: BatchPorts = { ...ports, endpoints, findEndpoint,',
      caughtBy: 'test/outbound/hold-delivery.test.ts',
    },
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
      from: 'if (error === undefined || isEmpty(progress.start)) return true;',
      to: 'return true;',
      caughtBy: healingTests,
    },
    {
      name: 'a message is acknowledged though its manifest is not written',
      breaks: published,
      from: '(start.tasks.length === 0 && start.unlisted.length === 0)',
      to: 'start.tasks.length === 0',
      caughtBy: manifestTests,
    },
    {
      name: 'a message that is given up leaves its deliveries in no manifest',
      breaks: published,
      from: 'const unlisted = await leftBehind(opened.publication, ports);',
      to: 'const unlisted: readonly [] = [];',
      caughtBy: manifestTests,
    },
    {
      name: 'a message that can never be published is acknowledged without a dead letter',
      breaks: published,
      from: 'await giveUp(unwrapped, result.reason, message.receives, ports);',
      to: '',
      caughtBy: 'test/outbound/publish/publish-refusals.test.ts',
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

export const publishSteps = [...fanOut, ...toTenants, ...messages];
