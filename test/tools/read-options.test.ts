import { describe, expect, it, vi } from 'vitest';
import { readBenchArguments } from '../../bench/arguments.ts';
import { readChaosArguments } from '../chaos/arguments.ts';
import { readMutantsArguments } from '../mutants/arguments.ts';
import { readArguments } from '../simulation/arguments.ts';
import { readSoakArguments } from '../soak/arguments.ts';

const readers: Readonly<Record<string, (args: readonly string[]) => object | undefined>> = {
  bench: readBenchArguments,
  chaos: readChaosArguments,
  mutants: readMutantsArguments,
  simulate: readArguments,
  soak: readSoakArguments,
};

describe.each(Object.entries(readers))('npm run %s', (name, read) => {
  it('--help is printed, with every option', () => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);

    expect(read(['--help'])).toBeUndefined();
    const text = write.mock.calls.join('');
    write.mockRestore();
    expect(text).toContain(`Usage: npm run ${name} -- [options]`);
    expect(text).toMatch(/Ends with 1 when .*, with 2 when an argument is wrong\.\n$/s);
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(110);
  });

  it('an unknown option is refused in one line that says how to get help', () => {
    expect(() => read(['--nope'])).toThrow(
      `unknown option '--nope' (npm run ${name} -- --help lists the options)`,
    );
  });
});

it.each([
  [readBenchArguments, [], { count: 500, parts: ['verification', 'calls', 'cold', 'cpu', 'flows'] }],
  [
    readBenchArguments,
    ['2000', '--only', 'cpu', '--batch', '10'],
    { count: 2000, parts: ['cpu'], batch: 10 },
  ],
  [readBenchArguments, ['--against', 'svix'], { parts: ['cpu'], against: 'svix' }],
  [readChaosArguments, [], { seeds: 10, first: 1, events: 300 }],
  [readChaosArguments, ['--share', '0.2', '--first', '3'], { share: 0.2, first: 3 }],
  [readMutantsArguments, ['--only', 'a claim'], { only: 'a claim' }],
  [readSoakArguments, ['--minutes', '8'], { minutes: 8, rate: 2 }],
])('%o reads %j', (read, args, expected) => {
  expect(read(args)).toMatchObject(expected);
});

it.each([
  [readBenchArguments, ['none'], "'none' is invalid"],
  [readBenchArguments, ['--only', 'all'], 'Allowed choices are verification, calls, cold, cpu, flows'],
  [readBenchArguments, ['--against', 'us'], 'Allowed choices are outpost, svix'],
  [readChaosArguments, ['--share', '1.5'], "'1.5' is invalid. It must be a number from 0 to 1, such as 0.1"],
  [readChaosArguments, ['--share', '0.1.2'], 'It must be a number from 0 to 1'],
  [readSoakArguments, ['--rate', '0'], "'0' is invalid. It must be a whole number from 1 on"],
])('%o refuses %j', (read, args, message) => {
  expect(() => read(args)).toThrow(message);
});
