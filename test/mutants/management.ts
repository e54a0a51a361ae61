import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { deliveryEnds, held, ownEndpoint, secrets, versions, waits } = promises;
const endpointTests = 'test/management/endpoints.test.ts';
const changeTests = 'test/management/concurrent-changes.test.ts';
const breakerTests = 'test/management/breakers.test.ts';
const secretTests = 'test/management/secrets.test.ts';

const endpoints = mutantsOf({ file: 'lambdas/management/operations/endpoints.ts', caughtBy: endpointTests }, [
  {
    name: 'an id that is taken is answered as created',
    breaks: ownEndpoint,
    from: 'if (!(await ports.endpoints.create(endpoint))) {',
    to: 'if (!(await ports.endpoints.create(endpoint)) && id === "") {',
    caughtBy: breakerTests,
  },
  {
    name: 'a new endpoint begins with the breaker of an earlier one with its id',
    breaks: ownEndpoint,
    from: "// The limiter's state of an earlier endpoint of this id does not apply either.\n    await ports.limiter.reset(endpointHash({ tenant, endpointId: id }));",
    to: '',
    caughtBy: breakerTests,
  },
  {
    name: 'a new endpoint has no generation of its own',
    breaks: ownEndpoint,
    from: "const generation = ports.newId('gen');",
    to: "const generation = 'gen_1';",
    caughtBy: breakerTests,
  },
  {
    name: 'a change that was refused is answered as done',
    breaks: versions,
    from: 'const saved = written(await ports.endpoints.changeSettings(seen, settings, now), seen);',
    to: 'const saved = (await ports.endpoints.changeSettings(seen, settings, now)) ?? seen;',
    caughtBy: changeTests,
  },
  {
    name: 'a new URL begins with the breaker of the old one',
    breaks: waits,
    from: 'await ports.limiter.reset(hashOf(seen));',
    to: '',
    caughtBy: breakerTests,
  },
  {
    name: 'a new URL releases nothing that waits',
    breaks: waits,
    from: 'await resumeEndpoint(saved, ports.hasTime, ports);',
    to: '',
    caughtBy: breakerTests,
  },
  {
    name: 'an endpoint that changed meanwhile is answered as deleted',
    breaks: versions,
    from: 'if (!(await ports.endpoints.remove(seen))) throw changed(seen);',
    to: 'await ports.endpoints.remove(seen);',
    caughtBy: changeTests,
  },
  {
    name: 'the held deliveries of a deleted endpoint stay held',
    breaks: deliveryEnds,
    from: 'await discardHeld(seen, ports);',
    to: '',
  },
  {
    name: 'an address that is not public is registered',
    breaks: promises.publicOnly,
    from: 'if (why === undefined) return;',
    to: 'if (why !== "") return;',
    outsideSimulation: 'the simulation makes no such request to the management API',
  },
  {
    name: 'a header is stored in the clear',
    breaks: secrets,
    from: 'headers: await ports.secrets.sealHeaders(next.headers, seen, now) };',
    to: 'headers: next.headers };',
    caughtBy: 'test/management/headers.test.ts',
    outsideSimulation: 'the simulation makes no such request to the management API',
  },
]);

const control = mutantsOf(
  { file: 'lambdas/management/operations/endpoint-control.ts', caughtBy: endpointTests },
  [
    {
      name: 'an enabled endpoint is disabled again by its next failure',
      breaks: held,
      from: 'await ports.limiter.reset(endpointHash({ tenant: seen.tenant, endpointId: seen.id }));',
      to: '',
      caughtBy: breakerTests,
    },
    {
      name: 'enabling an endpoint releases nothing at once',
      breaks: held,
      from: 'await releaseAll(enabled, ports.retention, oneRun(enabled, ports.hasTime), ports);',
      to: '',
      caughtBy: breakerTests,
    },
    {
      name: 'enabling an enabled endpoint releases nothing that waits',
      breaks: waits,
      from: 'await resumeEndpoint(seen, ports.hasTime, ports);',
      to: '',
      caughtBy: breakerTests,
    },
    {
      name: 'enabling an endpoint that changed meanwhile is answered as done',
      breaks: versions,
      from: 'const enabled = written(await ports.endpoints.enable(seen, ports.now()), seen);',
      to: 'const enabled = (await ports.endpoints.enable(seen, ports.now())) ?? seen;',
      caughtBy: changeTests,
    },
    {
      name: 'disabling an endpoint that changed meanwhile is answered as done',
      breaks: versions,
      from: 'const disabled = written(await ports.endpoints.disable(seen, reason), seen);',
      to: 'const disabled = (await ports.endpoints.disable(seen, reason)) ?? seen;',
      caughtBy: changeTests,
    },
    {
      name: 'operators are not notified of an endpoint that a person disabled',
      breaks: promises.notices,
      from: 'await announceDisabled(disabled, ports);',
      to: '',
    },
    {
      name: 'a rotation ends the earlier secrets at once',
      breaks: secrets,
      from: 'const secrets = rotated(earlier, next, overlap, now);',
      to: 'const secrets = rotated(earlier, next, seconds(0), now);',
      caughtBy: secretTests,
      outsideSimulation: 'the simulation makes no such request to the management API',
    },
    {
      name: 'a rotation that another change overtook is answered as done',
      breaks: versions,
      from: 'const endpoint = written(await ports.endpoints.changeSecrets(seen, secrets, now), seen);',
      to: 'const endpoint = { ...seen, ...(await ports.endpoints.changeSecrets(seen, secrets, now)) };',
      caughtBy: changeTests,
    },
    {
      name: 'a secret that cannot be opened prevents its rotation',
      breaks: secrets,
      from: 'secrets: await ports.secrets.readable(seen, now) };',
      to: 'secrets: seen.secrets };',
      caughtBy: secretTests,
      outsideSimulation: 'the simulation makes no such request to the management API',
    },
    {
      name: 'a rotation drops a secret before its time',
      breaks: secrets,
      from: 'if (secrets.length > maxSecrets)',
      to: 'if (false)',
      caughtBy: secretTests,
      outsideSimulation: 'the simulation makes no such request to the management API',
    },
    {
      name: 'a test of a disabled endpoint is accepted',
      breaks: held,
      from: "if (status === 'disabled')",
      to: 'if (false)',
      caughtBy: endpointTests,
    },
  ],
);

export const managementMutants = [...endpoints, ...control];
