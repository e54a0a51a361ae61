import { expect, it } from 'vitest';
import { chooseDeployment } from '../../../cli/stack/choose-deployment.ts';

it('the only deployment of a stack is chosen', () => {
  expect(chooseDeployment('Hookline', [''])).toBe('');
  expect(chooseDeployment('Shop', ['Hooks'])).toBe('Hooks');
});

it('one of several deployments is chosen by the path of its construct', () => {
  const deployments = ['Hooks', 'EuPartnerHooks'];

  expect(chooseDeployment('Shop', deployments, 'Hooks')).toBe('Hooks');
  expect(chooseDeployment('Shop', deployments, 'eu/partner-hooks')).toBe('EuPartnerHooks');
});

it('several deployments without a choice are refused, and listed', () => {
  expect(() => chooseDeployment('Shop', ['Hooks', 'Partners'])).toThrow(
    'Shop has several deployments of Hookline: choose one with --construct (Hooks, Partners).',
  );
});

it('a deployment that a stack does not have is refused, with those that it has', () => {
  expect(() => chooseDeployment('Shop', ['Hooks'], 'Hoks')).toThrow(
    "Shop has no deployment 'Hoks'; it has Hooks.",
  );
  expect(() => chooseDeployment('Hookline', [''], 'Hooks')).toThrow(
    "Hookline has no deployment 'Hooks': its stack has only one; leave --construct out.",
  );
});
