import type { MakeSample } from '../sample.ts';

export const sample: MakeSample = ({ hex }) => ({
  headers: { 'x-contentful-topic': 'ContentManagement.Entry.publish' },
  json: { sys: { type: 'Entry', id: hex, version: 3 }, fields: {} },
  contentType: 'application/vnd.contentful.management.v1+json; charset=UTF-8',
});
