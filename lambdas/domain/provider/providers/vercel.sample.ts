import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ hex, at }) => ({
  json: { id: hex, type: 'deployment.succeeded', createdAt: at, payload: { deployment: { name: 'shop' } } },
});
