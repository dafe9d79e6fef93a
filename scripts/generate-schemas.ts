/** Writes the published JSON Schemas: `npm run schemas`. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { publishedSchemas } from '../src/agents/published-schemas.js';

const folder = path.join(import.meta.dirname, '..', 'schemas');
await mkdir(folder, { recursive: true });
for (const [name, text] of Object.entries(publishedSchemas())) await writeFile(path.join(folder, name), text);
