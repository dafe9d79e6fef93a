/** `journeyman.config.json`: what is allowed in it, and reading it. */
import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { JSONPathEnvironment } from 'json-p3';
import { z } from 'zod';
import {
  type AgentDeclaration,
  agentDeclarationSchema,
  type CommandAgent,
  type PromptSettings,
} from './shared/agent-declaration.js';
import { approvalSchema } from './shared/approval.js';
import { fields } from './shared/fields.js';
import { MAX_USD } from './shared/figure-limits.js';
import { TENANT_PATTERN } from './shared/ids.js';
import { inboxSchema } from './shared/inbox-settings.js';
import { jsonSyntaxError } from './shared/json-syntax.js';
import { knowledgeSchema } from './shared/knowledge-settings.js';
import { type Problem, problemsOf, problemText } from './shared/problems.js';
import { createRedactor } from './shared/redact.js';
import { retrievalSchema } from './shared/retrieval-settings.js';
import { learningModes, strategies } from './shared/terms.js';

const CONFIG_FILE = 'journeyman.config.json';

/** Beyond any use; bounds what enters sums. */
const MAX_WEIGHT = 1e6;
const regexSource = z.string().min(1).refine(isRegex, 'the source of a regular expression');

const planSchema = fields({
  strategy: z.enum(strategies),
  agents: z
    .array(z.string())
    .min(1)
    .describe('Types of declared agents; the first of a hierarchical plan leads'),
  onFailure: z
    .enum(['next', 'stop'])
    .exactOptional()
    .describe('Sequential plans only: what a failed stage does; default next'),
  verifier: z.string().exactOptional().describe('Consensus plans only: agent that judges the answers'),
  approval: approvalSchema.exactOptional().describe('A person decides, before the agents or on their result'),
});

const fileSchema = fields({
  $schema: z.string().exactOptional(),
  tenant: z.string().regex(TENANT_PATTERN, `text matching ${TENANT_PATTERN}`).exactOptional(),
  agents: z.array(agentDeclarationSchema).default([]),
  plans: z.array(planSchema).default([]).describe('Plans to choose from, besides each agent alone'),
  learning: z.enum(learningModes).default('full'),
  selection: fields({
    budget: z
      .number()
      .positive()
      .max(MAX_USD)
      .exactOptional()
      .describe('USD a task that plans may cost on average; held by what is chosen'),
    rewardPerUsd: z
      .number()
      .min(0)
      .max(MAX_WEIGHT)
      .default(0)
      .describe(
        'Success that one USD is worth: 0.1 takes a plan that costs 1 USD less for one that succeeds in 10% less',
      ),
    rewardPerHour: z.number().min(0).max(MAX_WEIGHT).default(0).describe('Success that one hour is worth'),
    proposals: z
      .boolean()
      .default(true)
      .describe(
        'Whether plans of several agents are proposed where they promise to pay, besides those configured',
      ),
  }).prefault({}),
  withholding: fields({
    share: z.number().min(0).max(1).default(0.05).describe('Share of learnings withheld at random'),
  }).prefault({}),
  retrieval: retrievalSchema.prefault({}),
  knowledge: knowledgeSchema.prefault({}),
  inbox: inboxSchema.prefault({}),
  mongodb: fields({
    uri: z
      .string()
      .regex(/^mongodb(\+srv)?:\/\/./, 'a mongodb:// or mongodb+srv:// address')
      .exactOptional(),
    database: z
      .string()
      .regex(/^[^/\\. "$*<>:|?\0]{1,63}$/, 'the name of a database')
      .exactOptional(),
  }).exactOptional(),
  temporal: fields({
    address: z.string().min(1).exactOptional(),
    namespace: z.string().min(1).exactOptional(),
    taskQueue: z.string().min(1).max(200).default('journeyman'),
  }).prefault({}),
  workspaces: fields({
    root: z
      .string()
      .min(1)
      .exactOptional()
      .describe("Folder for the agents' own workspaces; default: one below the system's temporary folder"),
  }).prefault({}),
  redact: z
    .array(regexSource)
    .default([])
    .describe(
      'Further regular expressions whose matches are secrets; they run over all content, so their time must grow no faster than it',
    ),
});

/** Schema of the configuration file, with the rules that span fields. */
export const configSchema = fileSchema.superRefine((config, context) => {
  const known = config.agents.map(({ type }) => type);
  const complain = (at: PropertyKey[], message: string) =>
    context.addIssue({ code: 'custom', path: at, message });
  known.forEach((type, index) => {
    if (known.indexOf(type) !== index) {
      complain(['agents', index, 'type'], `a type of its own; agents[${known.indexOf(type)}] has it already`);
    }
  });
  config.agents.forEach((agent, index) => {
    if (agent.kind === 'command')
      promptProblems(agent, (field, allowed) => complain(['agents', index, field], allowed));
    for (const { at, jsonPath } of jsonPathsOf(agent))
      if (!isJsonPath(jsonPath))
        complain(['agents', index, ...at], 'a JSONPath as RFC 9535 has it, without match() and search()');
  });
  const oneOf = known.length === 0 ? 'no agents are declared' : `one of ${known.join(', ')}`;
  config.plans.forEach((plan, index) => {
    const at = (...rest: PropertyKey[]) => ['plans', index, ...rest];
    plan.agents.forEach((type, position) => {
      if (!known.includes(type)) complain(at('agents', position), oneOf);
    });
    const fits = plan.strategy === 'single' ? plan.agents.length === 1 : plan.agents.length >= 2;
    if (!fits) {
      complain(
        at('agents'),
        `${plan.strategy === 'single' ? 'one agent' : 'two or more agents'} (${plan.strategy})`,
      );
    }
    if (plan.onFailure !== undefined && plan.strategy !== 'sequential') {
      complain(at('onFailure'), 'it only in sequential plans');
    }
    if (plan.verifier === undefined) return;
    if (plan.strategy !== 'consensus') complain(at('verifier'), 'it only in consensus plans');
    else if (!known.includes(plan.verifier)) complain(at('verifier'), oneOf);
  });
});

export type Config = Omit<z.infer<typeof fileSchema>, '$schema'>;

/** A configuration that cannot be used: names the file, and of each problem field, value and what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(
    readonly file: string,
    readonly problems: readonly Problem[],
  ) {
    const lines = problems.map((problem) => createRedactor().text(problemText(problem)));
    super(
      lines.length === 1
        ? `${file}: ${lines[0]}`
        : `${file}:\n${lines.map((line) => `  ${line}`).join('\n')}`,
    );
  }
}

/**
 * Reads a configuration; paths in it come back absolute, resolved against its folder.
 *
 * @param file path of the file. Without it, `journeyman.config.json` of the current folder is read, and where
 *   there is none the defaults apply.
 * @throws ConfigError when the file cannot be read, is not JSON or does not fit the schema
 */
export async function loadConfig(file?: string): Promise<Config> {
  const wanted = path.resolve(file ?? CONFIG_FILE);
  if (file === undefined && !existsSync(wanted)) return parseConfig({}, wanted);
  const text = await readFile(wanted, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError(wanted, [
      {
        field: 'file',
        value: file ?? CONFIG_FILE,
        allowed: `a readable file (${error.code ?? error.message})`,
      },
    ]);
  });
  const source = text.replace(/^\uFEFF/, '');
  const syntax = jsonSyntaxError(source);
  if (syntax !== null) {
    const field = `line ${syntax.line}, column ${syntax.column}`;
    throw new ConfigError(wanted, [{ field, value: syntax.found, allowed: syntax.allowed }]);
  }
  return parseConfig(JSON.parse(source), wanted);
}

/**
 * Checks a configuration given as a value.
 *
 * @param input the parsed JSON
 * @param file where it stands: named in errors, and paths are resolved against its folder
 * @throws ConfigError when it does not fit the schema
 */
export function parseConfig(input: unknown, file: string): Config {
  const parsed = configSchema.safeParse(input);
  if (!parsed.success) throw new ConfigError(file, problemsOf(parsed.error, input));
  const { $schema: _, ...config } = parsed.data;
  const folder = path.dirname(path.resolve(file));
  const agents = config.agents.map((declaration) => resolvePaths(declaration, folder));
  const missing = agents.flatMap((agent, index): Problem[] =>
    filesOf(agent)
      .filter(({ file }) => !isFile(file))
      .map(({ at, file }) => ({
        field: `agents[${index}].${at}`,
        value: file,
        allowed: 'an existing file',
      })),
  );
  if (missing.length > 0) throw new ConfigError(file, missing);
  const { root } = config.workspaces;
  return {
    ...config,
    agents,
    workspaces: root === undefined ? {} : { root: path.resolve(folder, root) },
  };
}

function resolvePaths(declaration: AgentDeclaration, folder: string): AgentDeclaration {
  const program = (parts: string[]) => parts.map((part) => besideConfig(part, folder));
  const absolute = (file: string) => path.resolve(folder, file);
  const prompt = (settings: PromptSettings): PromptSettings =>
    settings.file === undefined ? settings : { ...settings, file: absolute(settings.file) };
  const agent =
    declaration.verify === undefined ? declaration : { ...declaration, verify: program(declaration.verify) };
  if (agent.kind === 'llm') return { ...agent, prompt: prompt(agent.prompt) };
  if (agent.kind === 'recorded') return { ...agent, file: absolute(agent.file) };
  if (agent.kind !== 'command') return agent;
  const { transcript } = agent;
  return {
    ...agent,
    command: program(agent.command),
    cwd: absolute(agent.cwd ?? '.'),
    ...(agent.resume === undefined ? {} : { resume: program(agent.resume) }),
    ...(agent.prompt === undefined ? {} : { prompt: prompt(agent.prompt) }),
    ...(transcript !== undefined && isModule(transcript) ? { transcript: absolute(transcript) } : {}),
  };
}

/** Whether a transcript is read by a module of the user's own. */
const isModule = (transcript: string): boolean => transcript.includes('/');

/** What only programs that take a prompt can be told. */
function promptProblems(agent: CommandAgent, complain: (field: string, allowed: string) => void): void {
  const takesPrompt = (program: readonly string[]): boolean =>
    program.some((part) => /\{\{prompt(File)?\}\}/.test(part));
  if (agent.resume !== undefined && agent.transcript === undefined)
    complain('resume', 'it only with a transcript, which names the session');
  if (agent.resume !== undefined && !agent.resume.some((part) => part.includes('{{session}}')))
    complain('resume', 'an argument that holds {{session}}');
  if (agent.prompt === undefined && takesPrompt(agent.command))
    complain('command', '{{prompt}} and {{promptFile}} only together with a prompt');
}

/** Files that a declaration cannot do without. */
function filesOf(agent: AgentDeclaration): { at: string; file: string }[] {
  if (agent.kind === 'recorded') return [{ at: 'file', file: agent.file }];
  if (agent.kind !== 'llm' && agent.kind !== 'command') return [];
  const template = agent.prompt?.file;
  const parser = agent.kind === 'command' ? agent.transcript : undefined;
  return [
    ...(template === undefined ? [] : [{ at: 'prompt.file', file: template }]),
    ...(parser !== undefined && isModule(parser) ? [{ at: 'transcript', file: parser }] : []),
  ];
}

/** The JSONPaths of a declaration, and where in it they stand. */
function jsonPathsOf(agent: AgentDeclaration): { at: PropertyKey[]; jsonPath: string }[] {
  if (agent.kind !== 'workflow') return [];
  const found: { at: PropertyKey[]; jsonPath: string }[] = [];
  const walk = (value: unknown, at: PropertyKey[]): void => {
    if (typeof value === 'string' && value.startsWith('$')) found.push({ at, jsonPath: value });
    else if (Array.isArray(value)) value.forEach((inner, index) => walk(inner, [...at, index]));
    else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) walk(inner, [...at, key]);
  };
  walk(agent.args, ['args']);
  walk(agent.result, ['result']);
  return found;
}

/** Regular expressions over what agents hand in could keep a worker busy for hours. */
const jsonPaths = new JSONPathEnvironment();
for (const name of ['match', 'search']) jsonPaths.functionRegister.delete(name);

function isJsonPath(text: string): boolean {
  try {
    jsonPaths.compile(text);
    return true;
  } catch {
    return false;
  }
}

/** Programs run in a task's workspace, so a script beside the configuration needs its whole path. */
function besideConfig(part: string, folder: string): string {
  if (!/^\.\.?\//.test(part)) return part;
  const absolute = path.resolve(folder, part);
  return isFile(absolute) ? absolute : part;
}

const isFile = (file: string): boolean => statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;

function isRegex(source: string): boolean {
  try {
    createRedactor([source]);
    return true;
  } catch {
    return false;
  }
}
