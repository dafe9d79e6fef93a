/** What `journeyman evaluate advice --help` says besides its options. */
export const ADVICE_HELP = `
Examples:
  journeyman evaluate advice outcomes.jsonl
  journeyman evaluate advice outcomes.jsonl other-outcomes.jsonl --seeds 50 --json

The tasks of the first half get agents at random, and again as Journeyman's own selection chooses while it learns. Of
their records, spread over 45 days and without durations, the rules of advice see what they would see in the store.
Advice to give tasks of a category to another agent (AGENT_SELECTION for more success, RESOURCE_EFFICIENCY for less
cost) is then followed: on all tasks of the category in the second half, both agents are compared task by task.
Measured is the difference of the file's rewards, or the share of cost saved (ratio of geometric means).

A promise has a 90% interval for the true improvement. What is measured on some tasks differs from the true one by
chance, so a promise counts as kept when the measured improvement lies in the predictive interval: on each side the
promise's margin m and the measurement's standard error e make sqrt(m^2 + (1.645 e)^2). The share that lies in the
promise's interval as it is stands beside it. Advice with fewer than 10 tasks to follow it on is left out.

Keys of --json (null where nothing was followed; shares and rewards 0 to 1):
  followed, different   pieces of advice over all seeds, and how many were about different agents or categories
  kept, keptBare        shares of them as above; keptInterval: 95% by Wilson, as if seeds were independent
  promised, measured    mean improvements; improved: share that improved anything
  files                 the same by file: assignments.random and .selection, each by type of advice, and all;
                        file, tasks, agents, seeds, shuffled`;
