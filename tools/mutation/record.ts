import * as v from 'valibot';
import type { FileScore } from './report.ts';

/** What is measured together. Protocol code decides who may act on an event or a delivery, and when. */
export const groups = ['protocol', 'rest'] as const;
export type Group = (typeof groups)[number];

/** The score that each group is to reach, in percent. */
const targets: Readonly<Record<Group, number>> = { protocol: 90, rest: 80 };

const protocol = [
  /^lambdas\/outbound\//,
  /^lambdas\/adapters\/dynamodb\//,
  /^lambdas\/inbound\/(attempt|claim|consume|consume\.lambda|finish-attempt|open-message|replay|run-handler|wait)\.ts$/,
  /^lambdas\/domain\/(attempt-outcome|delivery|delivery-[a-z]+|endpoint|endpoint-generation|failure-tally|idempotency|limiter|outbound-event|publish-[a-z]+|recovery|retry-schedule|subscription|tables)\.ts$/,
];

export const groupOf = (file: string): Group =>
  protocol.some((pattern) => pattern.test(file)) ? 'protocol' : 'rest';

const Percent = v.pipe(v.number(), v.minValue(0), v.maxValue(100));
const RecordSchema = v.strictObject({
  /** The day of the last run, in UTC. */
  measured: v.pipe(v.string(), v.isoDate()),
  floor: v.strictObject({ protocol: Percent, rest: Percent }),
  files: v.record(
    v.string(),
    v.strictObject({
      mutants: v.number(),
      survivors: v.number(),
      equivalent: v.number(),
      oneIn: v.optional(v.number()),
    }),
  ),
});

/** The last score of each file, and the score below which a group must not fall. */
export type ScoreRecord = v.InferOutput<typeof RecordSchema>;

/** @throws ValiError for anything but the record in test/mutation/score.json */
export const parseRecord = (json: unknown): ScoreRecord => v.parse(RecordSchema, json);

/** Percent of the mutants that a test noticed. */
export const percent = ({ mutants, survivors }: Pick<FileScore, 'mutants' | 'survivors'>): number =>
  mutants === 0 ? 100 : (100 * (mutants - survivors)) / mutants;

/** All recorded files of a group. */
interface GroupScore {
  readonly files: number;
  /** Those that were measured. */
  readonly mutants: number;
  readonly survivors: number;
  /** In percent; a file of which only a sample was measured counts as if the rest were alike. */
  readonly score: number;
  /** The score of a measurement of all mutants differs by less, in 95 of 100 samples. In percent; 0 without samples. */
  readonly margin: number;
}

export function totalOf({ files }: Pick<ScoreRecord, 'files'>, group: Group): GroupScore {
  const own = Object.entries(files).flatMap(([file, score]) => (groupOf(file) === group ? [score] : []));
  const sum = (of: (score: FileScore) => number) => own.reduce((all, score) => all + of(score), 0);
  const all = sum(({ mutants, oneIn = 1 }) => mutants * oneIn);
  const unnoticed = sum(({ survivors, oneIn = 1 }) => survivors * oneIn);
  return {
    files: own.length,
    mutants: sum(({ mutants }) => mutants),
    survivors: sum(({ survivors }) => survivors),
    score: percent({ mutants: all, survivors: unnoticed }),
    margin: all === 0 ? 0 : (196 * Math.sqrt(sampleVariance(own))) / all,
  };
}

/** The variance of the number of survivors that the samples stand for. Two survivors more, of four mutants, keep it above 0. */
function sampleVariance(scores: readonly FileScore[]): number {
  const sampled = scores.filter(({ oneIn = 1 }) => oneIn > 1);
  const sum = (of: (score: FileScore) => number) => sampled.reduce((all, score) => all + of(score), 0);
  const share = (sum(({ survivors }) => survivors) + 2) / (sum(({ mutants }) => mutants) + 4);
  return sum(({ mutants, oneIn = 1 }) => mutants * oneIn * (oneIn - 1)) * share * (1 - share);
}

/**
 * The record with the results of a run. A sample replaces no measurement of all mutants.
 *
 * @param exists tells whether a file is still there; the scores of others are dropped
 */
export function withMeasured(
  record: ScoreRecord,
  scores: Readonly<Record<string, FileScore>>,
  day: string,
  exists: (file: string) => boolean,
): ScoreRecord {
  const isKept = (file: string, { oneIn = 1 }: FileScore) =>
    oneIn > 1 && record.files[file] !== undefined && record.files[file].oneIn === undefined;
  const taken = Object.entries(scores).filter(([file, score]) => !isKept(file, score));
  const files = Object.entries({ ...record.files, ...Object.fromEntries(taken) })
    .filter(([file]) => exists(file))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...record, measured: day, files: Object.fromEntries(files) };
}

/** The record after a run over all files. A floor follows its group's score upwards, never downwards. */
export function withRaisedFloor(record: ScoreRecord): ScoreRecord {
  const floorOf = (group: Group) => Math.max(record.floor[group], lowest(totalOf(record, group)));
  return { ...record, floor: { protocol: floorOf('protocol'), rest: floorOf('rest') } };
}

/** Rounded down, so that the score which made the floor is not below it. */
const lowest = ({ score, margin }: GroupScore): number => Math.floor((score - margin) * 10) / 10;

/** What is worse than recorded; empty if nothing is. A file is compared only if all its mutants were measured. */
export function regressions(before: ScoreRecord, after: ScoreRecord): readonly string[] {
  const ofFiles = Object.entries(after.files).flatMap(([file, now]) => {
    const then = before.files[file];
    const isWhole = now.oneIn === undefined && then?.oneIn === undefined;
    return isWhole && then !== undefined && now.survivors > then.survivors && percent(now) < percent(then)
      ? [`${file}: ${shown(now)}, recorded ${shown(then)}`]
      : [];
  });
  const ofGroups = groups
    .filter((group) => totalOf(after, group).score < before.floor[group])
    .map((group) => `${group}: ${shownTotal(totalOf(after, group))}, floor ${before.floor[group]} %`);
  return [...ofFiles, ...ofGroups];
}

/** A score for people to read. */
export const shown = (score: FileScore): string =>
  `${percent(score).toFixed(1)} % (${score.survivors} of ${score.mutants} mutants unnoticed)`;

const shownTotal = ({ score, margin, mutants, survivors }: GroupScore): string =>
  `${score.toFixed(1)} %${margin > 0 ? ` ± ${margin.toFixed(1)}` : ''} (${survivors} of ${mutants} mutants unnoticed)`;

/**
 * One line for each group, for the terminal and for CI.
 *
 * @param all the files of both groups, measured or not
 */
export const summary = (record: ScoreRecord, all: readonly string[]): readonly string[] =>
  groups.map((group) => {
    const total = totalOf(record, group);
    const name = group === 'protocol' ? 'protocol code' : 'the rest';
    const files = `${total.files} of ${all.filter((file) => groupOf(file) === group).length} files`;
    const limits = `floor ${record.floor[group]} %, target ${targets[group]} %`;
    return `mutation score of ${name}: ${shownTotal(total)} in ${files}, measured ${record.measured}; ${limits}`;
  });
