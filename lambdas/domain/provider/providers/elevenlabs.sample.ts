import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ hex, seconds }) => ({
  json: { type: 'post_call_transcription', event_timestamp: seconds, data: { conversation_id: hex } },
});
