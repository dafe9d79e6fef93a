/** What `journeyman evaluate patterns --help` says besides its options. */
export const PATTERNS_HELP = `
Examples:
  journeyman evaluate patterns --train runs.jsonl
  journeyman evaluate patterns --train runs.jsonl --test other-runs.jsonl --json
  journeyman evaluate patterns --train runs.jsonl --permute within --repeats 200

A line of the file is a recorded run:
  {"id":"r1","agentType":"coder","taskDescription":"...","taskCategory":"bug_fix","context":{},
   "actions":[{"type":"edit","input":{"path":"a.js"}}],"results":[{"success":false,"error":"SyntaxError: ..."}],
   "success":true,"iterations":3,"cost":0.02}
with one result an action; context, iterations and cost may be left out. Runs of the same description and context are
trials of the same task.

In each split half of the tasks, drawn at random in each category, are learned from as the worker learns, and the other
half is tested on: no task is on both sides. Lessons that nearly the same runs support (overlap above 0.8, Jaccard)
count once. Two files are put together and split the same way; besides, what the whole first file teaches is tested on
the tasks of the second. An asserted lesson is tested as it was asserted: between trials of the same task where these
were compared, otherwise between all runs.

With --permute, outcomes change places, so that there is nothing to learn: within tasks, or all outcomes of a task with
those of another that has as many trials. Every repeat judges all runs anew.

Keys of --json (null where not known; intervals are 95%, over splits by Nadeau and Bengio's correction):
  asserted            lessons asserted, over all splits; tested: those that the other half had runs to test on
  directionKept       share of the tested lessons whose direction held; directionKeptLow: its lower bound
  auc                 pairs of a success and a failure of a category that lessons and candidates put in order
  aucReference        the same of logistic regression with a ridge penalty on the same features of the same runs
  aucDifference       ours less the reference, split by split: {mean, interval}
  categories.<name>   runs, tasks, auc, aucReference
  lessons             kind, group, feature, verb, effect, interval, counts, compared, and the splits that asserted it,
                      tested it and bore it out
  transfer            of two files: asserted, tested, directionKept, auc, aucReference
  train, test, runs, tasks, splits
  with --permute      files, permuted, repeats, withAny (repeats that asserted anything), share, interval, asserted`;
