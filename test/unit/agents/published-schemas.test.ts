import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { publishedSchemas } from '../../../src/agents/published-schemas.js';

const folder = path.join(import.meta.dirname, '../../../schemas');

it('the committed schemas are the generated ones (npm run schemas)', async () => {
  const schemas = publishedSchemas();
  expect((await readdir(folder)).sort()).toEqual(Object.keys(schemas).sort());
  for (const [name, text] of Object.entries(schemas)) {
    expect(await readFile(path.join(folder, name), 'utf8'), name).toBe(text);
  }
});

it('requires of a report only that it says how it went', () => {
  expect(JSON.parse(publishedSchemas()['agent-report.schema.json'] ?? '')).toMatchObject({
    required: ['success'],
  });
});
