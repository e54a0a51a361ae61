import { promises } from './promises.ts';
import { mutantsOf } from './source-mutant.ts';

const altersNothing = 'the simulation alters no stored object';

const { inboundEnds, deliveryEnds, everyEvent, notices, secrets, bytes, compressed } = promises;

const bucket = mutantsOf(
  {
    file: 'lambdas/adapters/s3/payload-store.ts',
    caughtBy: 'test/adapters/s3/payload-store.test.ts',
    outsideSimulation: 'the simulation has a stand-in bucket',
  },
  [
    {
      name: 'any error of the bucket counts as a missing body',
      breaks: inboundEnds,
      from: 'if (await isMissing(key, error)) return undefined;\n        throw error;',
      to: 'await isMissing(key, error);\n        return undefined;',
    },
    {
      name: 'a body that may not be read counts as missing',
      breaks: inboundEnds,
      from: 'return !Contents.some(({ Key }) => Key === key);',
      to: 'return Contents.length >= 0;',
    },
    {
      name: 'a missing body is an error that is tried for ever',
      breaks: deliveryEnds,
      from: 'if (error instanceof NoSuchKey) return true;',
      to: '',
    },
  ],
);

const bodies = mutantsOf(
  { file: 'lambdas/domain/stored-body.ts', caughtBy: 'test/domain/stored-body.test.ts' },
  [
    {
      name: 'a body is used though its bytes do not match its key',
      breaks: bytes,
      outsideSimulation: altersNothing,
      from: 'if (body === undefined || bodyHash(body) === hash) return body;',
      to: 'if (body === undefined || hash.length > 0) return body;',
    },
    {
      name: 'a body is read from any place in the bucket',
      breaks: bytes,
      outsideSimulation: altersNothing,
      from: "key.startsWith(prefix) ? key.slice(prefix.length) : ''",
      to: 'key.slice(-64)',
    },
  ],
);

const texts = [
  ...mutantsOf(
    {
      file: 'lambdas/domain/stored-text.ts',
      caughtBy: 'test/domain/stored-text.test.ts',
      outsideSimulation: 'the simulation damages no item',
    },
    [
      {
        name: 'a compressed body is inflated without a limit',
        breaks: compressed,
        from: 'inflateSync(stored, { maxOutputLength: maxDeflatableBytes })',
        to: 'inflateSync(stored)',
      },
      {
        name: 'a compressed body is stored without a checksum',
        breaks: compressed,
        from: 'import { deflateSync, inflateSync } from',
        to: 'import { deflateRawSync as deflateSync, inflateRawSync as inflateSync } from',
      },
      {
        name: 'a body of any length is stored compressed',
        breaks: everyEvent,
        from: '(bytes <= maxDeflatableBytes && deflated',
        to: '(bytes >= 0 && deflated',
      },
    ],
  ),
  ...mutantsOf(
    {
      file: 'lambdas/adapters/dynamodb/outbound-events/payload-reader.ts',
      caughtBy: 'test/adapters/dynamodb/stored-payload.test.ts',
      outsideSimulation: 'the simulation damages no item',
    },
    [
      {
        name: 'a damaged body counts as missing',
        breaks: compressed,
        from: "if ('damage' in payload) throw payload.damage;",
        to: "if ('damage' in payload) return undefined;",
      },
    ],
  ),
];

const signing = [
  ...mutantsOf(
    {
      file: 'lambdas/adapters/secrets/signing-secret.ts',
      caughtBy: 'test/adapters/secrets/signing-secret.test.ts',
      outsideSimulation: 'the simulation has no Secrets Manager',
    },
    [
      {
        name: 'the old key of the stack does not sign after a rotation',
        breaks: secrets,
        from: 'if (now >= later(current.createdAt, rotationOverlap)) return keys;',
        to: 'if (now >= current.createdAt) return keys;',
      },
      {
        name: 'the old key of the stack signs for ever',
        breaks: secrets,
        from: 'if (now >= later(current.createdAt, rotationOverlap)) return keys;',
        to: '',
      },
    ],
  ),
  ...mutantsOf(
    {
      file: 'lambdas/adapters/secrets/master-secret.ts',
      caughtBy: 'test/adapters/secrets/master-secret.test.ts',
      outsideSimulation: 'the simulation has no Secrets Manager',
    },
    [
      {
        name: 'a resealed secret gets a later beginning',
        breaks: secrets,
        from: 'return { ...secret, sealed, sealedBy };',
        to: 'return { ...secret, sealed, sealedBy, createdAt: now };',
      },
      {
        name: 'secrets under the earlier master secret are never sealed again',
        breaks: secrets,
        from: 'if (areSecretsNew && headers === undefined) return undefined;',
        to: 'if (headers === undefined) return undefined;',
      },
    ],
  ),
  ...mutantsOf(
    {
      file: 'lambdas/adapters/secrets/master-keys.ts',
      caughtBy: 'test/adapters/secrets/master-secret.test.ts',
      outsideSimulation: 'the simulation has no Secrets Manager',
    },
    [
      {
        name: 'a new master secret is not read before the cache ends',
        breaks: everyEvent,
        from: 'find(await cached.get(now)) ?? find(await cached.get(now, unknownKeyReadEvery))',
        to: 'find(await cached.get(now))',
      },
      {
        name: 'the earlier master secret opens nothing',
        breaks: everyEvent,
        from: 'return [masterKey(current.value), ...earlier];',
        to: 'return [masterKey(current.value), ...earlier.slice(1)];',
      },
    ],
  ),
];

const readers = mutantsOf(
  {
    file: 'lambdas/outbound/sweep/keep-measured.ts',
    caughtBy: 'test/outbound/sweep/keep-measured.test.ts',
    outsideSimulation: 'no promise of the flows depends on what CloudWatch measures',
  },
  [
    {
      name: 'a queue that cannot be read keeps the others from being measured',
      breaks: notices,
      from: 'await Promise.allSettled(readQueues.map((read) => read()))',
      to: '(await Promise.all(readQueues.map((read) => read()))).filter(() => false)',
    },
  ],
);

export const bodyAndSecretMutants = [...bucket, ...bodies, ...texts, ...signing, ...readers];
