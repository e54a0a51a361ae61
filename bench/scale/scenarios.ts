import { outboundDefaults } from '../../lib/settings.ts';
import { type ArrivalsSecond, simulateArrivals } from './arrivals.ts';
import { type QueueRule, queueRules } from './deliveries.ts';
import { type HangingResult, simulateHanging } from './hanging.ts';
import { type OutageResult, simulateOutage } from './outage.ts';

/** The runs of docs/scale.md. */

export const rates = [100, 1_000, 10_000, 100_000] as const;
type Rate = (typeof rates)[number];

/** The settings of a run of arrivals, by name. */
export const arrivalSettings = {
  default: {
    publishMaxConcurrency: outboundDefaults.publishMaxConcurrency,
    maxConcurrency: outboundDefaults.maxConcurrency,
    accountConcurrency: 1_000,
  },
  /** The most that the settings allow, and a quota that does not matter. */
  raised: { publishMaxConcurrency: 1_000, maxConcurrency: 1_000, accountConcurrency: 3_000 },
} as const;
type ArrivalName = keyof typeof arrivalSettings;

export interface ArrivalRun {
  readonly rate: Rate;
  readonly name: ArrivalName;
  readonly seconds: readonly ArrivalsSecond[];
}

export const arrivalsFor = 600;
/** As docs/cost.md assumes. */
const answerTime = 200;

export const arrivals = (): ArrivalRun[] =>
  (['default', 'raised'] as const).flatMap((name) =>
    rates.map((rate) => ({
      rate,
      name,
      seconds: simulateArrivals({
        ...arrivalSettings[name],
        perSecond: rate,
        forSeconds: arrivalsFor,
        answerTime,
      }),
    })),
  );

export const outageSettings = {
  seed: 1,
  endpoints: 100,
  perSecond: 100,
  share: 0.1,
  from: 300,
  to: 3_900,
  forSeconds: 4_500,
  /** Half of it is in use without the outage. */
  maxConcurrency: 13,
} as const;
export const outage = (): OutageResult => simulateOutage(outageSettings);

export const hangingSettings = {
  seed: 1,
  endpoints: 1_000,
  hanging: 300,
  perSecond: 100,
  from: 60,
  forSeconds: 1_620,
  maxConcurrency: outboundDefaults.maxConcurrency,
} as const;
export const hanging = (): ReadonlyMap<QueueRule, HangingResult> =>
  new Map(queueRules.map((rule) => [rule, simulateHanging({ ...hangingSettings, rule })]));
