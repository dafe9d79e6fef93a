/** What the configuration says of where agents that are services read their inbox. */
import { z } from 'zod';
import { fields } from './fields.js';

export const inboxSchema = fields({
  host: z.string().min(1).default('127.0.0.1').describe('Address that the worker serves inboxes on'),
  port: z.number().int().min(0).max(65_535).default(0).describe('0 takes a free one'),
  url: z
    .url({ protocol: /^https?$/, error: 'an http or https URL' })
    .exactOptional()
    .describe(
      'Where agents reach that address, of a proxy for example. Default: the address itself, told to agents of the same machine only',
    ),
}).describe('Inboxes of agents that are called by HTTP');
export type InboxSettings = z.output<typeof inboxSchema>;
export const defaultInboxSettings: InboxSettings = inboxSchema.parse({});
