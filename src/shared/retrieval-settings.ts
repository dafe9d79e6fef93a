/** What the configuration says of search. */
import { z } from 'zod';
import { fields } from './fields.js';

export const retrievalSchema = fields({
  kind: z
    .enum(['memory', 'mongodb-search'])
    .default('memory')
    .describe(
      'What searches learnings and knowledge: indexes in each process, or MongoDB Search where the server has it, for tenants of millions',
    ),
  embedder: z
    .union([
      z.enum(['auto', 'none']),
      fields({
        url: z.string().regex(/^https?:\/\/./, 'an http:// or https:// address'),
        model: z.string().min(1),
        dimensions: z.number().int().min(1).max(8_192).describe("Numbers in each of the model's vectors"),
        apiKeyVariable: z.string().min(1).exactOptional().describe('Environment variable that holds the key'),
      }),
    ])
    .default('auto')
    .describe(
      "What finds texts by their meaning: the local model where its files are there (auto), an endpoint that speaks OpenAI's embeddings protocol, or nothing",
    ),
  memoryMb: z
    .number()
    .min(16)
    .max(1_000_000)
    .default(1_024)
    .describe('Megabytes that the indexes of all tenants may take in a process'),
});
