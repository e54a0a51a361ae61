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
    [['--runs', '0'], "--runs is '0'; it has to be a whole number from 1 on"],
    [['--runs', 'many'], "--runs is 'many'; it has to be a whole number from 1 on"],
    [['--seed', '1.5'], "--seed is '1.5'; it has to be a whole number from 0 on"],
    [['--flow', 'sideways'], "--flow is 'sideways'; it has to be one of inbound, outbound"],
    [['--faults', '3'], "Unknown option '--faults'"],
    [['7'], "Unexpected argument '7'"],
  ])('the arguments %j are refused', (args, message) => {
    expect(() => readArguments(args)).toThrow(message);
    expect(() => readArguments(args)).toThrow('Usage: npm run simulate');
  });
});
