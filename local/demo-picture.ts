import { text } from 'node:stream/consumers';
import { demoPicture } from './demo/picture.ts';

// FORCE_COLOR=1 npm run --silent demo | npm run --silent demo:picture > docs/demo.svg
process.stdout.write(demoPicture(await text(process.stdin)));
