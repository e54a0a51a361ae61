import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { whatRuns } from '../../local/what-runs.ts';
import { exampleOutputs } from './support/outputs.ts';

const shown = (outputs = exampleOutputs): string =>
  stripVTControlCharacters(whatRuns(outputs, 'http://127.0.0.1:9464/metrics', 12.34));

test('every source is shown with its URL, with everything else that runs', () => {
  expect(shown()).toContain('ready in 12.3 s');
  expect(shown()).toMatch(
    /github +POST http:\/\/127\.0\.0\.1:4566\/_aws\/execute-api\/ab12\/webhooks\/github\n/,
  );
  expect(shown()).toMatch(/topic +arn:aws:sns:us-east-1:000000000000:T\n/);
  expect(shown()).toMatch(/api +http:\/\/127\.0\.0\.1:4566\/management\n/);
  expect(shown()).toMatch(/metrics +http:\/\/127\.0\.0\.1:9464\/metrics\n/);
});

test('the next steps start with the lines of hookline env, and match the existing sources', () => {
  const { github: _, ...others } = exampleOutputs.inbound.sources;
  const without = { ...exampleOutputs, inbound: { ...exampleOutputs.inbound, sources: others } };

  expect(shown()).toMatch(/eval "\$\(npx hookline env\)"\n +aws sns publish/);
  expect(shown()).toContain('HOOKLINE_GITHUB_SECRET_ARN');
  expect(shown(without)).not.toContain('GITHUB');
});
