import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ number, seconds }) => ({
  json: {
    update_id: number,
    message: { message_id: 1, date: seconds, chat: { id: 1, type: 'private' }, text: 'hello' },
  },
});
