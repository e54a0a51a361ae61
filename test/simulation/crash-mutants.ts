import { mistakes } from '../crash/inbound/mutants.ts';
import type { Mutant } from '../crash/outbound/mistake.ts';
import * as mutants from '../crash/outbound/mutants.ts';
import * as ofManifests from '../crash/outbound/mutants-of-manifests.ts';
import * as ofTenants from '../crash/outbound/mutants-of-tenants.ts';
import * as ofTwoTasks from '../crash/outbound/mutants-of-two-tasks.ts';
import type { Flow, PlayOptions } from './play.ts';

/** A mutant of a crash suite, as the simulation plays it. */
export interface CrashMutant {
  readonly flow: Flow;
  readonly options: PlayOptions;
}

const inbound = Object.entries(mistakes).map(([name, variant]): [string, CrashMutant] => [
  `inbound crash suite: ${name}`,
  { flow: 'inbound', options: { inbound: { variant } } },
]);

const outboundMutants: Readonly<Record<string, Mutant>> = {
  ...mutants,
  ...ofManifests,
  ...ofTenants,
  ...ofTwoTasks,
};
const outbound = Object.entries(outboundMutants).map(([name, mutant]): [string, CrashMutant] => [
  `outbound crash suite: ${name}`,
  { flow: 'outbound', options: { outbound: { mutant } } },
]);

/** The mutants of the crash suites, which change ports. Those of `test/mutants/` change the source. */
export const crashMutants: ReadonlyMap<string, CrashMutant> = new Map([...inbound, ...outbound]);
