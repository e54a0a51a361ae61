import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { deliveryEnds, noRepeat, noExpiry, published } = promises;
const sweepTests = 'test/outbound/sweep/sweep-manifests.test.ts';
const announcedTests = 'test/outbound/announced-deliveries.test.ts';
const contracts = 'test/adapters/dynamodb/evaluator-contracts.test.ts';

/** Mistakes with manifests: what is written, looked at and deleted instead of a due time for each delivery. */
export const manifestMutants = [
  ...mutantsOf({ file: 'lambdas/outbound/publish/start-deliveries.ts', caughtBy: sweepTests }, [
    {
      name: 'no manifest is written',
      breaks: deliveryEnds,
      from: 'lists.map((list) =>',
      to: 'lists.slice(0, 0).map((list) =>',
    },
    {
      name: 'a publication does not wait for its manifest',
      breaks: published,
      from: 'await Promise.all(\n    lists',
      to: 'void Promise.allSettled(\n    lists',
    },
  ]),
  ...mutantsOf({ file: 'lambdas/outbound/sweep/sweep.ts', caughtBy: sweepTests }, [
    {
      name: 'manifests are not swept',
      breaks: deliveryEnds,
      from: 'const shards = [...dueShards, ...manifests]',
      to: 'const shards = [...dueShards]',
    },
    {
      name: 'a manifest is looked at as soon as it is written',
      breaks: noRepeat,
      from: 'const madeBefore = newestToLookAt(ports.now());',
      to: 'const madeBefore = later(ports.now(), seconds(1));',
      caughtBy: 'test/outbound/sweep/sweep.test.ts',
    },
  ]),
  ...mutantsOf({ file: 'lambdas/domain/delivery-manifest.ts', caughtBy: sweepTests }, [
    {
      name: 'a manifest takes a pending delivery for done',
      breaks: deliveryEnds,
      from: "status === 'pending' && dueAt === undefined;",
      to: "status !== 'pending' && dueAt === undefined;",
    },
    {
      name: 'a manifest stays for a delivery that has a due time',
      breaks: noRepeat,
      from: "status === 'pending' && dueAt === undefined;",
      to: "status === 'pending' && dueAt !== null;",
    },
  ]),
  ...mutantsOf({ file: 'lambdas/outbound/sweep/sweep-manifests.ts', caughtBy: sweepTests }, [
    {
      name: 'a manifest is looked at before its time',
      breaks: noRepeat,
      from: 'page.filter(({ lookAt }) => lookAt <= now)',
      to: 'page.filter(({ lookAt }) => lookAt <= Infinity)',
    },
    {
      name: 'a manifest takes a delivery for done that a worker has claimed',
      breaks: deliveryEnds,
      from: ': needsManifest(standing);',
      to: ': needsManifest(standing) && standing.claims === 0;',
    },
    {
      name: 'a manifest takes a missing delivery for done',
      breaks: deliveryEnds,
      from: '? !isOld(manifest, ports.now()) :',
      to: '? false :',
    },
    {
      name: 'a manifest stays for ever when a delivery was erased',
      breaks: noRepeat,
      from: '? !isOld(manifest, ports.now()) :',
      to: '? true :',
      outsideSimulation: 'no run erases a delivery',
    },
    {
      name: 'a missing delivery is not read again with consistency',
      breaks: deliveryEnds,
      from: 'ports.deliveries.standings(missing, true, malformed(ports))',
      to: 'ports.deliveries.standings(missing, false, malformed(ports))',
    },
    {
      name: 'a sweep sends the tasks of a manifest that another one has moved on',
      breaks: noRepeat,
      from: 'if (!isMoved) return [];',
      to: '',
    },
    {
      name: 'a sweep sends a task of a manifest while a worker has the delivery',
      breaks: noRepeat,
      from: 'found.filter(({ leaseUntil = now }) => leaseUntil <= now)',
      to: 'found.filter(({ leaseUntil = now }) => leaseUntil <= Infinity)',
    },
    {
      name: 'the event of a delivery that only a manifest names expires',
      breaks: noExpiry,
      from: 'await Promise.all(found.map((delivery) => keepEvent(delivery, now, retention, ports)));',
      to: '',
    },
    {
      name: 'the sweep does not make the record of an announced delivery whose task is lost',
      breaks: deliveryEnds,
      from: 'return new Map([...seen, ...byId(made)]);',
      to: 'return seen;',
      caughtBy: announcedTests,
    },
    {
      name: 'the sweep takes an announced delivery for new that a worker has claimed',
      breaks: noRepeat,
      from: 'return (await deliveries.create(first)) ?? first;',
      to: 'await deliveries.create(first);\n      return first;',
      caughtBy: announcedTests,
    },
    {
      name: 'a delivery that was claimed counts as never attempted',
      breaks: deliveryEnds,
      from: 'delivery.claims === 0, seconds(0)',
      to: 'true, seconds(0)',
    },
    {
      name: 'an error with one manifest ends the sweep of its shard',
      breaks: deliveryEnds,
      from: "return [{ kind: 'error' }];",
      to: 'throw error;',
      caughtBy: 'test/outbound/errored-work.test.ts',
    },
    {
      name: 'a manifest is never deleted',
      breaks: noRepeat,
      from: 'await ports.manifests.remove(manifest);',
      to: '',
    },
  ]),
  ...mutantsOf({ file: 'lambdas/adapters/dynamodb/manifests.ts', caughtBy: contracts }, [
    {
      name: 'two sweeps move one manifest on',
      breaks: noRepeat,
      from: "condition: '#lookAt = :seen',",
      to: "condition: '#lookAt = :seen OR attribute_exists(#lookAt)',",
    },
    {
      name: 'a manifest does not name the deliveries that it announces',
      breaks: deliveryEnds,
      from: 'deliveries: [...deliveries, ...announced.map(idOfAnnounced)] };',
      to: 'deliveries };',
    },
    {
      name: 'a manifest is found only after the last page',
      breaks: deliveryEnds,
      from: 'return { manifests: wellFormed(Items, parseManifest, onMalformed), next: LastEvaluatedKey };',
      to: 'return { manifests: Items.map(parseManifest), next: undefined };',
    },
  ]),
  ...mutantsOf(
    {
      file: 'lambdas/domain/delivery-manifest.ts',
      caughtBy: 'test/adapters/dynamodb/evaluator-contracts.test.ts',
    },
    [
      {
        name: 'two manifests of one millisecond have one key',
        breaks: deliveryEnds,
        from: '#${hash.slice(0, 32)}`',
        to: '#`',
      },
    ],
  ),
];
