import { Duration } from 'aws-cdk-lib';
import { sourceDefaults } from './settings.ts';
import type { SourceProps } from './source-props.ts';
import { handlerTimeoutOf } from './source-settings.ts';

/** The settings of a consumer that several sources share: the maximum over these sources. */
export const sharedConsumer = (sources: readonly SourceProps[]) => ({
  handlerTimeout: Duration.seconds(
    Math.max(...sources.map((source) => handlerTimeoutOf(source).toSeconds())),
  ),
  maxConcurrency: Math.max(
    ...sources.map((source) => source.maxConcurrency ?? sourceDefaults.maxConcurrency),
  ),
});
