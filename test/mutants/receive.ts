import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const { durable, handshake, inboundEnds, verified } = promises;
const outsideSimulation = 'the simulation runs no verification of λ receive';
const receiveTests = 'test/inbound/receive.test.ts';
const secretTests = 'test/inbound/receive-secrets.test.ts';
const handshakeTests = 'test/inbound/handshake-secrets.test.ts';

const receiving = mutantsOf(
  { file: 'lambdas/inbound/receive.ts', caughtBy: receiveTests, outsideSimulation },
  [
    {
      name: 'a request that does not verify is enqueued',
      breaks: verified,
      from: 'if (!verification.ok) return refusedSignature(verification.reason);',
      to: '',
    },
    {
      name: 'each request waits until all certificates are read',
      breaks: durable,
      from: 'const context = { ...calls, now, tolerance: settings.tolerance };',
      to: 'const context = { ...calls, all: calls.roots(), now, tolerance: settings.tolerance };',
    },
    {
      name: 'a request from an address that is not allowed is enqueued',
      breaks: verified,
      from: 'if (!(await isFromAllowed(request.sourceIp, settings.allowedCidrs)))',
      to: 'if (false)',
    },
    {
      name: 'a body larger than the limit is enqueued',
      breaks: verified,
      from: 'if (request.body.byteLength > settings.maxBodyBytes)',
      to: 'if (false)',
    },
    {
      name: 'a request without a body becomes an event',
      breaks: verified,
      from: 'if (!mayBeEvent(provider, request))',
      to: 'if (false)',
    },
    {
      name: 'a one-time token is not checked',
      breaks: verified,
      from: 'if (reused !== undefined) return reused;',
      to: '',
      caughtBy: 'test/inbound/once-only.test.ts',
    },
    {
      name: 'a token that could not be noted is accepted',
      breaks: verified,
      from: "return unavailable('the token could not be noted', error);",
      to: 'return undefined;',
      caughtBy: 'test/inbound/once-only.test.ts',
    },
    {
      name: 'an event is enqueued before its body is in the bucket',
      breaks: inboundEnds,
      from: 'await Promise.all(stored.map(({ key, bytes }) => ports.putBody(key, bytes)));\n    if (messages.length > 0) await ports.enqueue(messages);',
      to: 'if (messages.length > 0) await ports.enqueue(messages);\n    await Promise.all(stored.map(({ key, bytes }) => ports.putBody(key, bytes)));',
    },
    {
      name: 'a body is not put into the bucket',
      breaks: inboundEnds,
      from: 'await Promise.all(stored.map(({ key, bytes }) => ports.putBody(key, bytes)));',
      to: '',
    },
    {
      name: 'an event that was not enqueued is accepted',
      breaks: durable,
      from: "return unavailable('the event could not be enqueued', error);",
      to: "return { kind: 'accepted', events };",
    },
    {
      name: 'the response does not wait for the queue',
      breaks: durable,
      from: 'if (messages.length > 0) await ports.enqueue(messages);',
      to: 'if (messages.length > 0) void ports.enqueue(messages).catch(() => undefined);',
    },
    {
      name: 'a new key is not looked for when a signature does not verify',
      breaks: durable,
      from: 'return reread ? check(reread) : first;',
      to: 'return first;',
      caughtBy: secretTests,
    },
    {
      name: 'a secret that could not be read refuses a request for good',
      breaks: durable,
      from: "return unavailable('the secret, or a key of the provider, could not be read', error);",
      to: "return refusedSignature('mismatch');",
      caughtBy: secretTests,
    },
  ],
);

const handshakes = mutantsOf(
  { file: 'lambdas/inbound/handshake.ts', caughtBy: handshakeTests, outsideSimulation },
  [
    {
      name: 'a handshake is stored outside its window',
      breaks: handshake,
      from: '(await handshakeSecret.isAwaited(now)) && (await handshakeSecret.store(brought.secret, now))',
      to: 'await handshakeSecret.store(brought.secret, now)',
    },
    {
      name: 'a handshake replaces the secret of its source',
      breaks: handshake,
      from: 'if (await hasKeys(keys, now)) return undefined;',
      to: '',
    },
    {
      name: 'a handshake stores a value that is no key',
      breaks: handshake,
      from: '|| parseKey(brought.secret, provider.secret) === undefined) return',
      to: ') return',
    },
    {
      name: 'a stored handshake is not used until the cache ends',
      breaks: durable,
      from: 'keys.forget();',
      to: '',
    },
    {
      name: 'a handshake that was refused is answered as accepted',
      breaks: handshake,
      from: 'if (isTaken) {',
      to: 'if (isTaken || brought.secret.length > 0) {',
    },
    {
      name: 'a source counts as without a secret while its cache is old',
      breaks: handshake,
      from: "return ((await keys.reread(now)) ?? known).kind === 'keys';",
      to: 'return false;',
    },
  ],
);

const secretsManager = mutantsOf(
  {
    file: 'lambdas/adapters/secrets/handshake-secret.ts',
    caughtBy: 'test/adapters/secrets/handshake-secret.test.ts',
    outsideSimulation: 'the simulation has no Secrets Manager',
  },
  [
    {
      name: 'a handshake is stored over a secret that a person has stored since',
      breaks: handshake,
      from: 'if (!awaits(found, format, window, now)) return false;',
      to: '',
    },
    {
      name: 'two handshakes at once are both stored',
      breaks: handshake,
      from: 'SecretString: secret, ClientRequestToken: token };',
      to: 'SecretString: secret };',
    },
    {
      name: 'the second of two handshakes is answered as stored',
      breaks: handshake,
      from: "if (isAwsError(error, 'ResourceExistsException')) return false;",
      to: "if (isAwsError(error, 'ResourceExistsException')) return true;",
    },
  ],
);

const lambda = mutantsOf(
  {
    file: 'lambdas/inbound/receive.lambda.ts',
    caughtBy: 'test/inbound/receive-in-time.test.ts',
    outsideSimulation: 'the simulation does not run λ receive’s own file',
  },
  [
    {
      name: 'the response waits for AWS longer than the provider does',
      breaks: durable,
      from: 'await inTime(receive(request, wired.source, correlationId, now, wired.ports))',
      to: 'await receive(request, wired.source, correlationId, now, wired.ports)',
    },
    {
      name: 'a request that is not done in time counts as accepted',
      breaks: durable,
      from: 'setTimeout(tooLate.resolve, respondWithinMs, refused)',
      to: "setTimeout(tooLate.resolve, respondWithinMs, { kind: 'accepted', events: [] })",
    },
  ],
);

const keys = mutantsOf({ file: 'lambdas/inbound/source-keys.ts', caughtBy: secretTests, outsideSimulation }, [
  {
    name: 'the previous secret verifies for ever',
    breaks: verified,
    from: 'if (current.isList || now >= overlapEnd) return',
    to: 'if (current.isList) return',
  },
  {
    name: 'the previous secret does not verify after a rotation',
    breaks: durable,
    from: 'if (current.isList || now >= overlapEnd) return',
    to: 'if (current.keys.length > 0) return',
  },
  {
    name: 'a key verifies after its end',
    breaks: verified,
    from: 'notAfter === undefined || now < notAfter',
    to: 'notAfter === undefined || now > 0',
  },
]);

const noSecrets = mutantsOf(
  {
    file: 'lambdas/domain/signature/mistaken-secret.ts',
    caughtBy: 'test/domain/no-secrets.test.ts',
    outsideSimulation,
  },
  [
    {
      name: 'a placeholder of several words is a secret',
      breaks: verified,
      from: 'const onlyAsked = /^[a-z256]*$/;',
      to: 'const onlyAsked = /^[256]*$/;',
    },
  ],
);

/** What alarms count, from the receiver's lines. */
const lines = mutantsOf(
  {
    file: 'lambdas/domain/line-metrics.ts',
    caughtBy: 'test/local/prometheus.test.ts',
    outsideSimulation: 'the simulation counts no lines',
  },
  [
    {
      name: 'an accepted request counts as refused',
      breaks: durable,
      from: "['status', '!=', 'accepted'],",
      to: '',
    },
    {
      name: 'a request is counted by no status',
      breaks: durable,
      from: "dimensions: ['source', 'status'],",
      to: "dimensions: ['source'],",
    },
  ],
);

export const receiveMutants = [
  ...receiving,
  ...handshakes,
  ...secretsManager,
  ...lambda,
  ...keys,
  ...noSecrets,
  ...lines,
];
