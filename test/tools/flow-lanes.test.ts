import { globSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startLaneKeeper } from '../flows/support/lane-keeper.ts';
import { enterLanes, lanesOfFiles } from '../flows/support/lanes.ts';

const flows = resolve(import.meta.dirname, '../flows');

it('every file of flow tests has its lanes in test/flows/support/lanes.ts', () => {
  const files = globSync('*.test.ts', { cwd: flows }).map((file) => basename(file, '.test.ts'));

  expect(Object.keys(lanesOfFiles).toSorted()).toEqual(files.toSorted());
});

it('two files of flow tests run at once unless they have a lane in common', async () => {
  const keeper = await startLaneKeeper();
  const running: string[] = [];
  const enter = async (file: string) => {
    const leave = await enterLanes(keeper.url, `test/flows/${file}.test.ts`);
    running.push(file);
    return leave;
  };

  const leaveTour = await enter('tour');
  const leaveListen = await enter('listen');
  const replay = enter('replay');
  await enter('lifecycle');
  leaveTour();
  await pause(100);
  expect(running).toEqual(['tour', 'listen', 'lifecycle']);

  leaveListen();
  await replay;
  expect(running).toEqual(['tour', 'listen', 'lifecycle', 'replay']);
  keeper.close();
});

it('a file of flow tests without lanes is refused, with where to give it some', async () => {
  await expect(enterLanes('http://127.0.0.1:9', 'test/flows/new.test.ts')).rejects.toThrow(
    'new.test.ts has no lanes: add it to test/flows/support/lanes.ts',
  );
});
