import { describe, expect, test } from 'vitest';
import { CostArgumentError, parseCostArguments } from '../../cost/options.ts';
import { asJson, asText } from '../../cost/report.ts';
import { usual } from '../../cost/workload.ts';

const parsed = (...args: readonly string[]) => parseCostArguments(args)?.work;

describe('npm run cost', () => {
  test('reads counts, shares and sizes as people write them', () => {
    expect(
      parsed(
        '--inbound',
        '10M',
        '--outbound',
        '2.5k',
        '--payload',
        '4kB',
        '--failure-rate',
        '2%',
        '--batch',
        '5',
      ),
    ).toMatchObject({ inbound: 10_000_000, outbound: 2500, payload: 4000, failureRate: 0.02, batch: 5 });
    expect(
      parsed('--payload', '64KiB', '--without-handler', '0.3', '--system-log-level', 'WARN'),
    ).toMatchObject({
      payload: 65_536,
      withoutHandler: 0.3,
      systemLogLevel: 'WARN',
    });
    expect(parsed()).toEqual(usual);
  });

  test.each([
    [['--inbound', 'ten'], 'Write a whole number of events'],
    [['--inbound', '1.5'], 'Write a whole number of events'],
    [['--inbound=-1'], 'Write a whole number of events'],
    [['--failure-rate', '200%'], 'Write a share'],
    [['--failure-rate', '95%'], 'At most 90%'],
    [['--payload', '0'], 'Write a size'],
    [['--payload', '4 GB'], 'Write a size'],
    [['--payload', '2MB'], 'Write a size'],
    [['--batch', '11'], 'from 1 to 10'],
    [['--sources', '0'], 'from 1 to 60'],
    [['--through', 'kafka'], 'Allowed choices are sns, sqs'],
    [['--outbond', '1'], "unknown option '--outbond'"],
    [['10M'], 'too many arguments'],
  ])('%j is told in one line', (args, reason) => {
    expect(() => parseCostArguments(args)).toThrow(CostArgumentError);
    expect(() => parseCostArguments(args)).toThrow(reason);
  });

  test('prints a bill by service, each kind by the million, and the hosted services', () => {
    const text = asText({ ...usual, inbound: 1e6, outbound: 1e6 });

    for (const part of ['DynamoDB', 'API Gateway', 'Svix', 'A million deliveries', 'No list price found'])
      expect(text).toContain(part);
    expect(text).not.toContain('NaN');
  });

  test('prints JSON with --json, whose sum is that of its lines', () => {
    const { usd, inbound, outbound, idle } = JSON.parse(asJson({ ...usual, inbound: 1e6 }));
    const sum = [inbound, outbound, idle].flat().reduce((total, line) => total + line.usd, 0);

    expect(usd).toBeCloseTo(sum, 6);
    expect(parseCostArguments(['--json'])?.json).toBe(true);
  });
});
