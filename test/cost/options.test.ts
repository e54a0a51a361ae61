import { describe, expect, test } from 'vitest';
import { CostArgumentError, parseCostArguments } from '../../cost/options.ts';
import { asJson, asText } from '../../cost/report.ts';
import { mostBytes, usual } from '../../cost/workload.ts';

const parsed = (...args: readonly string[]) => parseCostArguments(args)?.work;

describe('npm run cost', () => {
  test('npm run cost reads counts, shares and sizes as people write them', () => {
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
      parsed('--payload', '64KiB', '--without-handler', '0.3', '--system-log-level', 'INFO'),
    ).toMatchObject({
      payload: 65_536,
      withoutHandler: 0.3,
      systemLogLevel: 'INFO',
    });
    expect(parsed()).toEqual(usual);
  });

  test.each([
    [['--inbound', '10 M'], { inbound: 1e7 }],
    [['--inbound', '1.1M'], { inbound: 1_100_000 }],
    [['--inbound', '0.29M'], { inbound: 290_000 }],
    [['--inbound', '1000B'], { inbound: 1e12 }],
    [['--inbound', '1M', '--refused', '300%'], { refused: 3e6 }],
    [['--inbound', '1M', '--refused', '0.5'], { refused: 5e5 }],
    [['--refused', '5M'], { refused: 5e6 }],
    [['--failure-rate', '90%'], { failureRate: 0.9 }],
    [['--never-delivered', '0.5%'], { neverDelivered: 0.005 }],
    [['--never-delivered', '100%'], { neverDelivered: 1 }],
    [['--outbound', '1', '--payload', String(mostBytes.sns)], { payload: mostBytes.sns }],
    [['--outbound', '1', '--through', 'sqs', '--payload', String(mostBytes.sqs)], { payload: mostBytes.sqs }],
    [['--payload', '4MiB'], { payload: 4 * 1024 ** 2 }],
  ])('npm run cost accepts %j', (args, work) => {
    expect(parsed(...args)).toMatchObject(work);
  });

  test.each([
    [['--inbound', 'ten'], 'from 0 to 1000B'],
    [['--inbound', '1.5'], 'from 0 to 1000B'],
    [['--inbound', '1e6'], 'from 0 to 1000B'],
    [['--inbound', 'NaN'], 'from 0 to 1000B'],
    [['--inbound', ''], 'from 0 to 1000B'],
    [['--inbound', 'Infinity'], 'from 0 to 1000B'],
    [['--inbound', '1001B'], 'from 0 to 1000B'],
    [['--inbound=-1'], 'from 0 to 1000B'],
    [['--outbound=-1'], 'from 0 to 1000B'],
    [['--failure-rate', '200%'], 'from 0% to 90%'],
    [['--failure-rate', '95%'], 'from 0% to 90%'],
    [['--failure-rate', '5'], 'with its sign'],
    [['--failure-rate=-5%'], 'from 0% to 90%'],
    [['--never-delivered', '101%'], 'from 0% to 100%'],
    [['--duplicates', 'NaN'], 'from 0% to 100%'],
    [['--without-handler', '1.01'], 'from 0% to 100%'],
    [['--refused', '1.5'], 'such as 300%'],
    [['--refused=-1'], 'such as 300%'],
    [['--payload', '0'], 'from 1 B to 4 MiB'],
    [['--payload', '4 GB'], 'from 1 B to 4 MiB'],
    [['--payload', '5MB'], 'from 1 B to 4 MiB'],
    [['--payload=-4kB'], 'from 1 B to 4 MiB'],
    [['--batch', '11'], 'from 1 to 10'],
    [['--batch', '2.5'], 'from 1 to 10'],
    [['--batch=-1'], 'from 1 to 10'],
    [['--endpoint-time', '1s'], 'from 0 to 30000 ms'],
    [['--fan-out', '0'], 'from 1 to 100000'],
    [['--sources', '0'], 'from 1 to 16'],
    [['--sources', '17'], 'from 1 to 16: one stack has room for no more'],
    [['--through', 'kafka'], 'Allowed choices are sns, sqs'],
    [['--outbond', '1'], "unknown option '--outbond'"],
    [['10M'], 'too many arguments'],
  ])('npm run cost refuses %j in one line with the option and the value', (args, reason) => {
    const refusal = () => parseCostArguments(args);
    expect(refusal).toThrow(CostArgumentError);
    expect(refusal).toThrow(reason);
    const [name = '', value = ''] = args.length > 1 ? args : (args[0] ?? '').split('=');
    expect(refusal).toThrow(name);
    if (!reason.startsWith('unknown')) expect(refusal).toThrow(value);
    expect(refusal).not.toThrow('\n');
  });

  test.each([
    [['--outbound', '1', '--payload', '300kB'], '300000 B', 'SNS takes 256 KiB'],
    [['--outbound', '1', '--payload', '256KiB'], '262144 B', `to ${mostBytes.sns} B`],
    [['--outbound', '1', '--through', 'sqs', '--payload', '1MiB'], '1048576 B', `to ${mostBytes.sqs} B`],
  ])('npm run cost refuses %j, since AWS refuses it', (args, got, reason) => {
    for (const part of ['--payload', got, reason]) expect(() => parseCostArguments(args)).toThrow(part);
  });

  test('npm run cost prints a bill by service, each kind by the million, and the hosted services', () => {
    const text = asText({ ...usual, inbound: 1e6, outbound: 1e6 });

    for (const part of ['DynamoDB', 'API Gateway', 'Svix', 'A million deliveries', 'No list price found'])
      expect(text).toContain(part);
    expect(text).not.toContain('NaN');
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(200);
    const sums = text.split('\n').filter((line) => /^│ (?:SQS|all) /.test(line));
    // Figures stand at the right.
    for (const line of sums) expect(line).toMatch(/\$[\d,.]+ │$/);
  });

  test('npm run cost prints JSON with --json, whose sum is that of its lines', () => {
    const { usd, inbound, outbound, idle } = JSON.parse(asJson({ ...usual, inbound: 1e6 }));
    const sum = [inbound, outbound, idle].flat().reduce((total, line) => total + line.usd, 0);

    expect(usd).toBeCloseTo(sum, 6);
    expect(parseCostArguments(['--json'])?.json).toBe(true);
  });
});
