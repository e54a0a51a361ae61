import { expect, test } from 'vitest';
import { functionName } from '../../local/function-logs.ts';

test('the name of a log group contains the function’s', () => {
  expect(functionName('Hookline-SourcestripeConsumeLogs0A1B2C3D-5F6E')).toBe('stripeConsume');
  expect(functionName('Hookline-OutboundDeliverLogs0A1B2C3D-5F6E')).toBe('deliver');
  expect(functionName('Hookline-staging-OutboundDeliverLogs0A1B2C3D-5F6E')).toBe('deliver');
  expect(functionName('/aws/cloudformation/Hookline/SourcegithubReceiveLogs5719AAEB')).toBe('githubReceive');
  expect(functionName('/aws/lambda/some-function')).toBe('some-function');
});
