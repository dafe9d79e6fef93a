/** Turns what a transcript told into a report, and into what is spent. */
import type { AgentReport, AgentTask, Spending } from '../../shared/agent-contract.js';
import type { Price } from '../../shared/agent-declaration.js';
import { costOf } from '../price.js';
import { readAnswer } from '../prompt/read-answer.js';
import { checkedReport } from '../read-report.js';
import { boundCost, boundIterations, boundSpending, boundTokens } from '../spending-meter.js';
import type { TranscriptState } from './transcript-parser.js';

/** What the run has spent so far. A cost that the program does not name is that of its tokens. */
export function spendingOf(state: TranscriptState, price: Price | undefined): Spending {
  const { input = 0, output = 0 } = state.tokens ?? {};
  return boundSpending({
    cost: cost(state, price) ?? 0,
    tokens: { input, output },
    iterations: state.iterations,
  });
}

/**
 * The report of a run as far as its transcript goes.
 *
 * @param errors what is known besides of why it failed, e.g. its exit code
 * @throws AgentFailure when the state, of somebody else's parser, does not fit the contract of reports
 */
export function transcriptReport(
  state: TranscriptState,
  task: AgentTask,
  price: Price | undefined,
  errors: readonly string[],
): AgentReport {
  const { actions, results, iterations, success, output, failure, tokens } = state;
  const spent = cost(state, price);
  return checkedReport({
    success,
    ...readAnswer(task, output ?? null),
    actions,
    results,
    iterations: boundIterations(iterations),
    errors: [...(failure === undefined ? [] : [failure]), ...errors, ...state.errors],
    ...(spent === undefined ? {} : { cost: boundCost(spent) }),
    ...(tokens === undefined ? {} : { tokens: boundTokens(tokens) }),
  });
}

function cost({ cost, tokens }: TranscriptState, price: Price | undefined): number | undefined {
  if (cost !== undefined || price === undefined || tokens === undefined) return cost;
  return costOf({ ...tokens, cached: tokens.cachedInput ?? 0 }, price);
}
