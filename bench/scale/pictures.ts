import type { QueueRule } from './deliveries.ts';
import type { HangingResult } from './hanging.ts';
import type { LatencyOf } from './latencies.ts';
import type { OutageResult } from './outage.ts';
import { drawn, type Series } from './picture.ts';
import { type ArrivalRun, arrivalsFor, hangingSettings, outageSettings } from './scenarios.ts';

/** How the lines are named. */
export const ruleNames: Readonly<Record<QueueRule, string>> = {
  one: 'one queue',
  sideline: 'a sideline queue',
  cut: 'and 5 s in the first: Hookline',
};

const count = (value: number): string => value.toLocaleString('en-US');
const seconds = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms / 1_000);
const minutes = (second: number): number => second / 60;
/** Every fifth second is enough for a line. */
const thinned = 5;

/** Functions, and the time until an endpoint has answered, for each rate. */
export function arrivalsPicture(runs: readonly ArrivalRun[]): string {
  const raised = runs.filter(({ name }) => name === 'raised');
  const lines = (pick: (second: ArrivalRun['seconds'][number]) => number | undefined): Series[] =>
    raised.map(({ rate, seconds: all }) => ({
      name: count(rate),
      points: all
        .filter(({ second }) => second % thinned === 0)
        .map((second) => ({ x: minutes(second.second), y: pick(second) })),
    }));
  return drawn({
    x: 'minutes after the first event',
    range: [0, minutes(arrivalsFor)],
    charts: [
      {
        title: 'Functions that run, publish and deliver, by events a second',
        y: 'functions',
        scale: 'log',
        series: lines(({ publish, deliver }) => Math.max(1, publish + deliver)),
      },
      {
        title: 'From publish to the answer, p99',
        y: 'seconds',
        scale: 'log',
        series: lines(({ p99 }) => seconds(p99)),
      },
    ],
  });
}

const latencyPoints = (list: readonly LatencyOf[]) =>
  list.map(({ second, p99 }) => ({ x: minutes(second), y: p99 / 1_000 }));

export function outagePicture({ backlog, work, healthy }: OutageResult): string {
  const shaded = {
    from: minutes(outageSettings.from),
    to: minutes(outageSettings.to),
    text: `${outageSettings.share * 100} % of the endpoints answer 503`,
    at: 'top-left',
  } as const;
  return drawn({
    x: 'minutes',
    range: [0, minutes(outageSettings.forSeconds)],
    charts: [
      {
        title: 'Deliveries that wait for an endpoint that is down',
        y: 'deliveries',
        shaded,
        series: [
          { name: 'down', points: backlog.map(({ second, down }) => ({ x: minutes(second), y: down })) },
        ],
      },
      {
        title: 'Work of the deliver function',
        y: 'a second',
        shaded: { ...shaded, text: '' },
        series: [
          {
            name: 'attempts',
            points: work.map(({ second, attempts }) => ({ x: minutes(second), y: attempts })),
          },
          {
            name: 'deferrals',
            points: work.map(({ second, deferrals }) => ({ x: minutes(second), y: deferrals })),
          },
        ],
      },
      {
        title: 'Healthy endpoints: from the delivery queue to the answer, p99',
        y: 'seconds',
        scale: 'log',
        shaded: { ...shaded, text: '' },
        series: [{ name: 'healthy', points: latencyPoints(healthy) }],
      },
    ],
  });
}

export function hangingPicture(results: ReadonlyMap<QueueRule, HangingResult>): string {
  const shaded = {
    from: minutes(hangingSettings.from),
    to: minutes(hangingSettings.forSeconds),
    text: `${hangingSettings.hanging} of ${count(hangingSettings.endpoints)} endpoints hang`,
  };
  return drawn({
    x: 'minutes',
    range: [0, minutes(hangingSettings.forSeconds)],
    charts: [
      {
        title: 'Healthy endpoints: from the delivery queue to the answer, p99',
        y: 'seconds',
        scale: 'log',
        shaded,
        series: [...results].map(([rule, { healthy }]) => ({
          name: ruleNames[rule],
          points: latencyPoints(healthy),
        })),
      },
      {
        title: 'Functions that run',
        y: 'functions',
        shaded: { ...shaded, text: '' },
        series: [...results].map(([rule, { running }]) => ({
          name: ruleNames[rule],
          points: running.map(({ second, functions }) => ({ x: minutes(second), y: functions })),
        })),
      },
    ],
  });
}
