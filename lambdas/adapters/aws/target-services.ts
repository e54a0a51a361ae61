import type { AwsService, JsonService } from './service.ts';

/** The services of targets. Most functions have none of them. */
export const targetServices = {
  events: {
    name: 'events',
    variable: 'EVENTBRIDGE',
    target: 'AWSEvents',
    contentType: 'application/x-amz-json-1.1',
    plainFips: /^us-gov-/,
  },
  states: {
    name: 'states',
    variable: 'SFN',
    target: 'AWSStepFunctions',
    contentType: 'application/x-amz-json-1.0',
    plainFips: /^us-gov-west-1$/,
  },
} as const satisfies Readonly<Record<string, JsonService>>;

/** Lambda's API has a path for each function, and no actions. */
export const lambdaService: AwsService = {
  name: 'lambda',
  variable: 'LAMBDA',
  contentType: 'application/json',
};
