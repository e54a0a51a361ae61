import { describe, expect, it } from 'vitest';
import { readArguments } from './arguments.ts';

describe('the arguments of npm run simulate', () => {
  it('the arguments have defaults', () => {
    expect(readArguments([])).toEqual({ runs: 100_000, seed: 1, flow: undefined, mutants: undefined });
  });

  it.each([
    [['--mutants'], { mutants: '', runs: 400 }],
    [['--mutants', 'lease'], { mutants: 'lease' }],
    [['--mutants', '--seed', '7'], { mutants: '', seed: 7 }],
    [['--runs', '20', '--flow', 'inbound'], { runs: 20, flow: 'inbound' }],
  ])('the arguments %j are read', (args, expected) => {
    expect(readArguments(args)).toMatchObject(expected);
  });

  it.each([
    [['--runs', '0'], "'0' is invalid. It must be a whole number from 1 on."],
    [['--runs', 'many'], "'many' is invalid. It must be a whole number from 1 on."],
    [['--seed', '1.5'], "'1.5' is invalid. It must be a whole number from 0 on."],
    [['--flow', 'sideways'], "'sideways' is invalid. Allowed choices are inbound, outbound."],
    [['--faults', '3'], "unknown option '--faults'"],
    [['7'], 'too many arguments'],
  ])('the arguments %j are refused', (args, message) => {
    expect(() => readArguments(args)).toThrow(message);
    expect(() => readArguments(args)).toThrow('(npm run simulate -- --help lists the options)');
  });
});
