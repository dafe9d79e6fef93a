/** Fills a prompt template with a task, under a cap of tokens. */
import { createHash } from 'node:crypto';
import type { AgentTask, KnowledgeExcerpt } from '../../shared/agent-contract.js';
import { AgentFailure } from '../agent-failure.js';
import { type Block, blocksOf, newsBlock } from './blocks.js';
import { countTokens } from './count-tokens.js';
import { type BlockName, type Piece, parseTemplate } from './template.js';

export { loadTemplate } from './template.js';

/** Shares of what the task leaves; what a block does not need goes to the others, in this order. */
const weights: Record<Exclude<BlockName, 'task'>, number> = {
  notes: 5,
  news: 10,
  lessons: 35,
  experience: 10,
  context: 25,
  knowledge: 10,
  earlier: 15,
  // It says what it says, or nothing.
  inbox: 0,
};
/** What others did is what these roles work on. */
const earlierMatters: readonly AgentTask['role'][] = ['lead-integrate', 'verifier'];
const MATTERING = 200;
/** A block with less room says nothing. */
const LEAST_ROOM = 30;
/** Room for the task below which a prompt makes no sense. */
const LEAST_TASK = 40;

/**
 * The prompt for a task. Every part of the task stands between tags that occur nowhere in it, and nothing in
 * it is taken for template syntax. The same task gives the same prompt. What is too long is cut: first the
 * parts around the task, then the task itself.
 *
 * @param maxTokens of the whole, counted as o200k_base
 * @param hasInboxFile whether the agent is a program that can read its inbox; it is then told so
 * @throws AgentFailure when the template is not allowed, or leaves no room for the task
 */
export function renderPrompt(
  template: string,
  task: AgentTask,
  maxTokens: number,
  hasInboxFile = false,
): string {
  const pieces = parseTemplate(template);
  const blocks = blocksOf(task, hasInboxFile);
  const seal = sealOf(task, template);
  for (let room = maxTokens; ; ) {
    const prompt = fill(pieces, textsOf(pieces, blocks, task.role, seal, room));
    const over = countTokens(prompt) - maxTokens;
    if (over <= 0) return prompt;
    // Texts side by side may encode to more than each for itself.
    room -= over;
  }
}

/** What every block says when all may have so many tokens together. */
function textsOf(
  pieces: readonly Piece[],
  blocks: ReadonlyMap<BlockName, Block>,
  role: AgentTask['role'],
  seal: string,
  room: number,
): Map<BlockName, string> {
  const fixed = countTokens(pieces.map((piece) => ('text' in piece ? piece.text : '')).join(''));
  const cost = (name: BlockName): number => {
    const block = blocks.get(name);
    return block === undefined ? 0 : countTokens(wrapped(name, block, '', seal)) + 4;
  };
  let left = room - fixed - cost('task');
  if (left < LEAST_TASK)
    throw new AgentFailure(
      `the prompt's template needs ${room - left} tokens, which leaves no room for the task in prompt.maxTokens`,
    );
  const texts = new Map<BlockName, string>();
  const put = (name: BlockName, budget: number): void => {
    const data = blocks.get(name)?.data?.(budget) ?? '';
    texts.set(name, data);
    left -= countTokens(data);
  };
  put('task', left);

  const wanted = orderFor(role).filter(({ name }) => {
    const used = pieces.some((piece) => 'block' in piece && piece.block === name);
    const price = cost(name);
    if (!used || price === 0 || left < price + LEAST_ROOM) return false;
    left -= price;
    return true;
  });
  const together = wanted.reduce((sum, { weight }) => sum + weight, 0);
  const total = left;
  for (const { name, weight } of wanted) put(name, Math.floor((total * weight) / together));
  for (const { name } of wanted) {
    const had = countTokens(texts.get(name) ?? '');
    left += had;
    put(name, left);
  }
  return new Map(
    [...texts].map(([name, data]) => {
      const block = blocks.get(name);
      const isSilent = block === undefined || (data === '' && block.data !== undefined && name !== 'task');
      return [name, isSilent ? '' : wrapped(name, block, data, seal)];
    }),
  );
}

function orderFor(role: AgentTask['role']): { name: BlockName; weight: number }[] {
  const names = Object.keys(weights) as (keyof typeof weights)[];
  const usual = names.map((name) => ({ name, weight: weights[name] }));
  if (!earlierMatters.includes(role)) return usual;
  return [{ name: 'earlier', weight: MATTERING }, ...usual.filter(({ name }) => name !== 'earlier')];
}

/** Blocks that say nothing take the line they stand on with them, and the blank lines after it. */
function fill(pieces: readonly Piece[], texts: ReadonlyMap<BlockName, string>): string {
  let prompt = '';
  let gone = false;
  for (const piece of pieces) {
    const text = 'text' in piece ? piece.text : (texts.get(piece.block) ?? '');
    const lineBegins = prompt === '' || prompt.endsWith('\n');
    prompt += gone && lineBegins ? text.replace(/^(\r?\n)+/, '') : text;
    gone = 'block' in piece && text === '';
  }
  return prompt.trimEnd();
}

function wrapped(name: BlockName, { says, asks, data: hasData }: Block, data: string, seal: string): string {
  const tag = `${name}-${seal}`;
  if (hasData === undefined) return says;
  return `${says}\n<${tag}>\n${data}\n</${tag}>${asks === undefined ? '' : `\n${asks}`}`;
}

/** News as a block of its own, for an agent that works already. The same tags as in a prompt keep it apart. */
export function renderNews(news: readonly KnowledgeExcerpt[], maxTokens: number): string {
  const block = newsBlock(news);
  const frame = countTokens(wrapped('news', block, '', '00000000')) + 4;
  return wrapped('news', block, block.data?.(maxTokens - frame) ?? '', sealFor(JSON.stringify(news)));
}

function sealOf(
  { description, context, part, lessons, experience, knowledge, news, earlier, notes }: AgentTask,
  template: string,
): string {
  const content = JSON.stringify([
    description,
    context,
    part,
    lessons,
    experience,
    knowledge,
    news,
    earlier,
    notes,
    template,
  ]);
  return sealFor(content);
}

/** Letters and digits that nothing in a content holds, and that nobody who wrote a part of it could foresee. */
function sealFor(content: string): string {
  for (let tried = 0; ; tried += 1) {
    const seal = createHash('sha256').update(`${tried} ${content}`).digest('hex').slice(0, 8);
    if (!content.toLowerCase().includes(seal)) return seal;
  }
}
