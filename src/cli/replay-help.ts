/** What `journeyman evaluate replay --help` says besides its options. */
export const REPLAY_HELP = `
Examples:
  journeyman evaluate replay outcomes.jsonl --seeds 20 --json
  journeyman evaluate replay outcomes.jsonl --through workflow --limit 100

Every agent's outcome on every task is in the file; the replay sees only that of the agent it chose. Tasks keep
their order unless they are shuffled; each seed names the agents agent-1 to agent-n in an order of its own. A
reward between 0 and 1 succeeds with that probability. Measured is always the file's own reward.

Through core, records move counters in memory by the code that moves those in MongoDB; nothing is written.
Through workflow, tasks run one after another and their records stay, under a tenant that is named (--tenant, or
a new one).

Beside Journeyman stand Thompson sampling (Beta priors; for all tasks, for each category, and on the latest 500
tasks alone), epsilon-greedy (a tenth at random), UCB1, chance, and what only hindsight knows: the best single
agent, and the best for each category. None of them sees texts or holds a budget.

With --cost-weight, utility is reward less weighted cost: Journeyman's choice and the other methods weigh it, the
best agents are best by it, and the closed gap and the differences are its. With --budget, Journeyman holds its
mean spending to the budget; beside it stands the best mixture of two agents in fixed shares that does so, known
in hindsight, too.

A confidence is the reward expected of the chosen agent. How it came true is told in ten bins, and by expected
calibration error, Brier score and log loss (lower is better), beside those of predicting the chosen agent's mean
reward over the whole file (its base rate), or so far (its running base rate).

Keys of --json (null where not known; rewards 0 to 1, costs in USD a task; intervals are 95% over the seeds by
Student's t, in bins by Wilson):
  mean, sd, curve         of the reward: over all, spread of the seeds, by thirds of the tasks
  gapClosed               0 is chance, 1 the best single agent
  intervals               {low, high} of mean and gapClosed
  cost, completed, recorded, seeds, tasks, agents, file, shuffled, costWeight
  baselines.<name>        mean reward; names: random, thompson, thompsonPerCategory, slidingThompson,
                          epsilonGreedy, ucb1, bestSingle, bestPerCategory
  beside.<name>           reward, gapClosed, and difference (Journeyman's utility less its, seed by seed), each
                          {mean, interval}; cost
  calibration             n, unpredicted; ours, baseRate, runningBaseRate: {ece, brier, logLoss}; bins: {low,
                          high, n, predicted, cameTrue, interval}; agents: the same scores by the file's agents
  spending                budget; spend: shares of it, {mean, interval, max over the seeds}; mixture: agents
                          with their shares, reward, cost, utility, difference (as above), drawn (the mixture
                          by chance under each seed: reward, spend)`;
