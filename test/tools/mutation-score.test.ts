import { globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { areas, remembering } from '../../tools/mutation/areas.ts';
import { parseArguments } from '../../tools/mutation/arguments.ts';
import { readEquivalents, readRecord, root } from '../../tools/mutation/files.ts';
import {
  groupOf,
  percent,
  regressions,
  type ScoreRecord,
  summary,
  totalOf,
  withMeasured,
  withRaisedFloor,
} from '../../tools/mutation/record.ts';
import { readReport, survivorsIn } from '../../tools/mutation/report.ts';

const limiter = 'lambdas/domain/limiter.ts';
const batch = 'lambdas/domain/batch.ts';
const there = () => true;

const record = (files: ScoreRecord['files'], floor = { protocol: 0, rest: 0 }): ScoreRecord => ({
  measured: '2026-01-01',
  floor,
  files,
});
const score = (mutants: number, survivors: number) => ({ mutants, survivors, equivalent: 0 });

describe("Stryker's report", () => {
  const source = 'const open =\n  now > until;\n';
  const mutant = (status: string, replacement = 'now >= until', id = '0') => ({
    id,
    mutatorName: 'EqualityOperator',
    replacement,
    status,
    location: { start: { line: 2, column: 3 }, end: { line: 2, column: 14 } },
  });
  const reportOf = (...mutants: readonly ReturnType<typeof mutant>[]) => ({
    files: { [limiter]: { language: 'typescript', source, mutants } },
  });
  const equivalent = {
    file: limiter,
    mutator: 'EqualityOperator',
    original: 'now > until',
    replacement: 'now >= until',
    reason: 'both end at the same time',
  };

  it('counts killed and endless mutants as noticed, and survivors and uncovered ones as not', () => {
    const all = ['Killed', 'Timeout', 'Survived', 'NoCoverage'].map((status) => mutant(status));

    expect(readReport(reportOf(...all), []).scores).toEqual({ [limiter]: score(4, 2) });
  });

  it('leaves out mutants that say nothing: those that do not run, and ignored ones', () => {
    const all = ['Killed', 'RuntimeError', 'CompileError', 'Ignored'].map((status) => mutant(status));

    expect(readReport(reportOf(...all), []).scores).toEqual({ [limiter]: score(1, 0) });
  });

  it('counts a survivor that does not compile as noticed', () => {
    const all = [mutant('Survived', '', '1'), mutant('Survived', 'true', '2')];

    expect(readReport(reportOf(...all), [], { refused: new Set(['1']) }).scores).toEqual({
      [limiter]: score(2, 1),
    });
  });

  it('has the lines of each survivor with the mutant in them', () => {
    const all = [mutant('Killed'), mutant('Survived', 'true', '1'), mutant('NoCoverage', 'false', '2')];
    const place = { file: limiter, first: 2, last: 2, source };

    expect(survivorsIn(reportOf(...all), {})).toEqual([
      { ...place, id: '1', mutated: '  true;' },
      { ...place, id: '2', mutated: '  false;' },
    ]);
    expect(survivorsIn(reportOf(...all), { isMeasured: (file) => file === batch })).toEqual([]);
  });

  it('reads only the sample, also of what no test reaches', () => {
    const all = Array.from({ length: 100 }, (_, n) => mutant(n % 2 === 0 ? 'Killed' : 'NoCoverage', `${n}`));
    const { scores } = readReport(reportOf(...all), [], { oneIn: 5 });

    expect(scores[limiter]).toMatchObject({ oneIn: 5 });
    expect(scores[limiter]?.mutants).toBeGreaterThan(10);
    expect(scores[limiter]?.mutants).toBeLessThan(30);
    expect(survivorsIn(reportOf(...all), { oneIn: 5 })).toHaveLength(scores[limiter]?.survivors ?? 0);
  });

  it('has no score for a file without mutants', () => {
    expect(readReport(reportOf(), []).scores).toEqual({});
  });

  it('leaves out files that were not measured', () => {
    expect(
      readReport(reportOf(mutant('Killed')), [], { isMeasured: (file) => file === batch }).scores,
    ).toEqual({});
  });

  it('names a survivor by its place and by the code before and after', () => {
    expect(readReport(reportOf(mutant('Survived')), []).survivors).toEqual([
      {
        file: limiter,
        line: 2,
        mutator: 'EqualityOperator',
        original: 'now > until',
        replacement: 'now >= until',
      },
    ]);
  });

  it('does not count a survivor that is listed as equivalent', () => {
    const measured = readReport(reportOf(mutant('Survived'), mutant('Survived', 'true')), [equivalent]);

    expect(measured.scores).toEqual({ [limiter]: { mutants: 1, survivors: 1, equivalent: 1 } });
    expect(measured.stale).toEqual([]);
  });

  it('tells of an equivalent mutant that a test notices after all', () => {
    expect(readReport(reportOf(mutant('Killed')), [equivalent]).stale).toEqual([equivalent]);
  });

  it('does not tell of an equivalent mutant in a file that was not measured', () => {
    expect(readReport(reportOf(), [{ ...equivalent, file: batch }]).stale).toEqual([]);
  });
});

describe('the record of scores', () => {
  it('replaces the scores of the files that were measured', () => {
    const after = withMeasured(
      record({ [limiter]: score(10, 5), [batch]: score(4, 1) }),
      { [limiter]: score(12, 1) },
      '2026-02-01',
      there,
    );

    expect(after.files).toEqual({ [batch]: score(4, 1), [limiter]: score(12, 1) });
    expect(after.measured).toBe('2026-02-01');
  });

  it('drops the scores of files that are gone', () => {
    const after = withMeasured(record({ [limiter]: score(10, 5) }), {}, '2026-02-01', () => false);

    expect(after.files).toEqual({});
  });

  it('raises a floor to a better score, and never lowers it', () => {
    const better = withRaisedFloor(record({ [limiter]: score(16, 1), [batch]: score(2, 1) }));
    const worse = withRaisedFloor({ ...better, files: { [limiter]: score(16, 8), [batch]: score(2, 1) } });

    expect(better.floor).toEqual({ protocol: 93.7, rest: 50 });
    expect(worse.floor).toEqual({ protocol: 93.7, rest: 50 });
  });

  it('counts a sampled file for all its mutants, with a margin of error', () => {
    const whole = totalOf(record({ [limiter]: score(100, 10) }), 'protocol');
    const half = { ...score(100, 30), oneIn: 2 };
    const mixed = totalOf(
      record({ [limiter]: score(100, 10), 'lambdas/domain/recovery.ts': half }),
      'protocol',
    );

    expect(whole).toEqual({ files: 1, mutants: 100, survivors: 10, score: 90, margin: 0 });
    expect(mixed).toMatchObject({ mutants: 200, survivors: 40 });
    expect(mixed.score).toBeCloseTo((100 * (90 + 140)) / 300);
    expect(mixed.margin).toBeCloseTo((196 * Math.sqrt(200 * (32 / 104) * (72 / 104))) / 300);
  });

  it('keeps a measurement of all mutants when a sample comes', () => {
    const before = record({ [limiter]: score(100, 10) });
    const sampled = { [limiter]: { ...score(20, 9), oneIn: 5 }, [batch]: { ...score(2, 1), oneIn: 5 } };
    const after = withMeasured(before, sampled, '2026-02-01', there);

    expect(after.files).toEqual({ [batch]: sampled[batch], [limiter]: score(100, 10) });
    expect(withMeasured(after, { [batch]: score(10, 5) }, '2026-02-01', there).files[batch]).toEqual(
      score(10, 5),
    );
  });

  it('is worse when its group falls below the floor', () => {
    const before = record({ [limiter]: score(10, 1) }, { protocol: 90, rest: 0 });
    const after = { ...before, files: { [limiter]: score(10, 1), 'lambdas/outbound/new.ts': score(2, 2) } };

    expect(regressions(before, before)).toEqual([]);
    expect(regressions(before, after)).toEqual(['protocol: 75.0 % (3 of 12 mutants unnoticed), floor 90 %']);
  });

  it('is worse when a file has more survivors and a lower score', () => {
    const before = record({ [batch]: score(10, 1) });

    expect(regressions(before, record({ [batch]: score(10, 2) }))).toEqual([
      `${batch}: 80.0 % (2 of 10 mutants unnoticed), recorded 90.0 % (1 of 10 mutants unnoticed)`,
    ]);
    expect(regressions(before, record({ [batch]: score(5, 1) }))).toEqual([]);
    expect(regressions(before, record({ [batch]: score(30, 2) }))).toEqual([]);
  });

  it('prints a line for protocol code and one for the rest', () => {
    const measured = record({ [limiter]: score(10, 1), [batch]: score(0, 0) }, { protocol: 90, rest: 0 });

    expect(summary(measured, [limiter, batch, 'lambdas/outbound/new.ts'])).toEqual([
      'mutation score of protocol code: 90.0 % (1 of 10 mutants unnoticed) in 1 of 2 files, measured 2026-01-01; floor 90 %, target 90 %',
      'mutation score of the rest: 100.0 % (0 of 0 mutants unnoticed) in 1 of 1 files, measured 2026-01-01; floor 0 %, target 80 %',
    ]);
  });
});

describe('a file', () => {
  it('is protocol code if it decides about claims, deliveries, limiters, endpoints or recoveries', () => {
    const files = [
      'lambdas/domain/delivery-record.ts',
      'lambdas/adapters/dynamodb/limiter/updates.ts',
      'lambdas/outbound/sweep/recover.ts',
      'lambdas/inbound/consume.lambda.ts',
    ];

    expect(files.map(groupOf)).toEqual(files.map(() => 'protocol'));
    expect(['lambdas/adapters/http/sender.ts', 'lambdas/inbound/receive.ts'].map(groupOf)).toEqual([
      'rest',
      'rest',
    ]);
  });

  it('is measured in one area, unless it is a provider of the table', () => {
    const code = areas.flatMap(({ code: globs }) => globSync([...globs], { cwd: root }));
    const all = globSync('lambdas/{domain,inbound,outbound,adapters,management}/**/*.ts', { cwd: root });

    expect(code.toSorted()).toEqual(
      all.filter((file) => !file.startsWith('lambdas/domain/provider/providers/')).toSorted(),
    );
  });

  it('is measured in a new thread if its module remembers, and is there', () => {
    const missing = remembering.filter((glob) => globSync(glob, { cwd: root }).length === 0);

    expect(missing).toEqual([]);
  });

  it('is measured by tests that exist', () => {
    const empty = areas
      .flatMap(({ tests }) => tests)
      .filter((glob) => globSync(glob, { cwd: root }).length === 0);

    expect(empty).toEqual([]);
  });
});

describe('npm run mutation', () => {
  const scopeOf = (...args: readonly string[]) => parseArguments(args).scope;

  it('measures everything, named files, or what differs from a branch', () => {
    expect(scopeOf()).toEqual({ kind: 'all' });
    expect(scopeOf(limiter)).toEqual({ kind: 'named', patterns: [limiter] });
    expect(scopeOf('--changed')).toEqual({ kind: 'changed', since: 'main' });
    expect(scopeOf('--since', 'v1')).toEqual({ kind: 'changed', since: 'v1' });
  });

  it('hands Stryker its options', () => {
    expect(parseArguments([]).options).toEqual([]);
    expect(parseArguments(['--concurrency', '1', '--force']).options).toEqual([
      '--concurrency',
      '1',
      '--force',
    ]);
  });

  it('runs other tests on request', () => {
    expect(parseArguments(['--tests', 'test/domain/*.ts']).tests).toBe('test/domain/*.ts');
    expect(parseArguments([]).tests).toBeUndefined();
  });

  it('refuses an option that it does not know', () => {
    expect(() => parseArguments(['--chagned'])).toThrow('--chagned');
  });
});

describe('test/mutation/', () => {
  it('records no group below its floor', () => {
    const recorded = readRecord();

    expect(regressions(recorded, recorded)).toEqual([]);
    expect(percent(totalOf(recorded, 'protocol'))).toBeGreaterThanOrEqual(recorded.floor.protocol);
  });

  it('gives a reason for every equivalent mutant', () => {
    expect(readEquivalents().filter(({ reason }) => reason.length < 10)).toEqual([]);
  });
});
