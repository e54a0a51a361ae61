import type { Wall } from '../../support/hostile/wall.ts';
import { bodyWalls } from './bodies.ts';
import { cliWalls } from './cli.ts';
import { deploymentWalls } from './deployment.ts';
import { itemWalls } from './items.ts';
import { managementWalls } from './management.ts';
import { messageWalls } from './messages.ts';
import { secretWalls } from './secrets.ts';
import { targetWalls } from './targets.ts';

/** Every place that reads what another process wrote, whoever that was. */
export const walls: readonly Wall[] = [
  ...messageWalls,
  ...itemWalls,
  ...secretWalls,
  ...bodyWalls,
  ...managementWalls,
  ...cliWalls,
  ...deploymentWalls,
  ...targetWalls,
];
