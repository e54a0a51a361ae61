import { expect, it } from 'vitest';
import { attributeMap, plainValues } from '../../../lambdas/adapters/dynamodb/attribute-values.ts';
import { wireInput } from '../../../lambdas/adapters/dynamodb/wire.ts';

it('an attribute that is called __proto__ is one like any other, both ways', () => {
  const wired = attributeMap(JSON.parse('{ "__proto__": "own" }'));
  const plain = plainValues(wired);

  for (const [values, value] of [
    [wired, { S: 'own' }],
    [plain, 'own'],
  ] as const)
    expect(Object.getOwnPropertyDescriptor(values, '__proto__')).toEqual({
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
});

it('a value of a type that this version does not know is refused', () => {
  expect(() => plainValues(JSON.parse('{ "a": { "NEW": "1" } }'))).toThrow('unknown type: NEW');
});

it('a field that is null stays null in a command', () => {
  expect(wireInput({ Key: null })).toEqual({ Key: null });
});
