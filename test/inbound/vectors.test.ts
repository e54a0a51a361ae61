import { describe, expect, it } from 'vitest';
import { catalogue } from '../../lambdas/domain/provider/catalogue.ts';
import {
  receiverOf,
  requestOfVector,
  type Vector,
  type VectorFile,
  vectorFiles,
} from '../support/fixtures/vectors.ts';

/** The answer to a vector, in the vector's words. */
async function receptionOf(file: VectorFile, vector: Vector) {
  const receiver = receiverOf(file, vector);
  const reception = await receiver.receive(requestOfVector(vector), file.now);
  expect(receiver.sent).toHaveLength(reception.kind === 'accepted' ? reception.events.length : 0);
  if (reception.kind === 'refused') return reception;
  if (reception.kind === 'handshake')
    return { status: reception.response.status, answer: reception.response.body };
  const { events } = reception;
  const several = {
    ids: events.map(({ id }) => id),
    types: events.map(({ type }) => type),
    bodies: events.map(({ body }) => Buffer.from(body).toString()),
  };
  return { status: 200, id: events[0]?.id, type: events[0]?.type, ...several };
}

it.each(Object.keys(catalogue))('%s has vectors', (name) => {
  expect(vectorFiles.map(([provider]) => provider)).toContain(name);
});

describe.each(vectorFiles)('vectors of %s', (_name, file) => {
  it.each(file.vectors)('$name', async (vector) => {
    expect(await receptionOf(file, vector)).toMatchObject(vector.expect);
  });

  it('there are vectors of a secret that was never set', () => {
    expect(file.vectors.filter(({ name }) => /unset/.test(name))).toHaveLength(2);
  });
});
