import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ uuid }) => ({
  json: { event: { type: 'create_pulse', triggerUuid: uuid, boardId: 1, pulseName: 'A mug' } },
});
