import { Duration } from 'aws-cdk-lib';
import { sourceDefaults } from './settings.ts';
import type { SourceProps } from './source-props.ts';
import { handlerTimeoutOf } from './source-settings.ts';

/** What a consumer gets that runs the handlers of these sources: the most that any of them asks for. */
export const sharedConsumer = (sources: readonly SourceProps[]) => ({
  handlerTimeout: Duration.seconds(
    Math.max(...sources.map((source) => handlerTimeoutOf(source).toSeconds())),
  ),
  maxConcurrency: Math.max(
    ...sources.map((source) => source.maxConcurrency ?? sourceDefaults.maxConcurrency),
  ),
});
