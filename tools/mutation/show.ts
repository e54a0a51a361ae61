import { areas } from './areas.ts';
import { filesIn, isInProject, readEquivalents, readRecord } from './files.ts';
import { groups, summary, totalOf } from './record.ts';

// npm run mutation:score: prints the recorded scores. It fails when they are below their floor or name files that are gone.
const record = readRecord();
for (const line of summary(record, areas.flatMap(filesIn))) console.log(line);
const gone = [...Object.keys(record.files), ...readEquivalents().map(({ file }) => file)].filter(
  (file) => !isInProject(file),
);
for (const file of new Set(gone))
  console.error(`test/mutation/ names ${file}, which does not exist: run npm run mutation`);
const fallen = groups.filter((group) => totalOf(record, group).score < record.floor[group]);
process.exitCode = gone.length > 0 || fallen.length > 0 ? 1 : 0;
