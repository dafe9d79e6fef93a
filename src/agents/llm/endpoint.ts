/** The declared endpoint, with its keys from the environment. */
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { LanguageModel } from 'ai';
import type { LlmAgent } from '../../shared/agent-declaration.js';
import { declaredHeaders, secretVariable } from '../declared-headers.js';
import { createHttpFetch } from './http-fetch.js';

/** Under which the provider hands back what it knows of a call beyond the protocol. */
export const PROVIDER = 'endpoint';

export interface Endpoint {
  model: LanguageModel;
  /** How messages speak of it: without credentials and query. */
  name: string;
  /** All that must not leave the call. */
  secrets: string[];
}

/**
 * Reads keys and headers from the environment, now.
 *
 * @throws AgentFailure naming the variable that is not set
 */
export function openEndpoint(declaration: LlmAgent, onBytes: (bytes: number) => void): Endpoint {
  const { baseUrl, apiKeyEnv } = declaration;
  const apiKey = apiKeyEnv === undefined ? undefined : secretVariable(apiKeyEnv, 'apiKeyEnv');
  const { headers, secrets } = declaredHeaders(declaration.headers);
  if (apiKey !== undefined) secrets.push(apiKey);
  const url = new URL(baseUrl);
  if (url.password !== '') secrets.push(...formsOf(url));
  const queryParams = Object.fromEntries(url.searchParams);
  const name = `${url.origin}${url.pathname}`;
  url.search = '';
  const provider = createOpenAICompatible({
    name: PROVIDER,
    baseURL: url.href,
    ...(apiKey === undefined ? {} : { apiKey }),
    headers,
    queryParams,
    // Without it, streamed answers say nothing of tokens.
    includeUsage: true,
    fetch: createHttpFetch(onBytes),
  });
  return { model: provider(declaration.model), name, secrets };
}

/** A password in the address, as it stands there, as it is meant, and as it is sent. */
function formsOf({ username, password }: URL): string[] {
  const [name, secret] = [decodeURIComponent(username), decodeURIComponent(password)];
  return [password, secret, Buffer.from(`${name}:${secret}`).toString('base64')];
}
