/** The platform's workflows. */
import { condition, defineQuery, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import { withLearning } from 'journeyman/workflow';

const { draftNotes, sign, restartSigner, renewCertificate, publish, announce } = proxyActivities({
  startToCloseTimeout: '1 minute',
  retry: { maximumAttempts: 1 },
});
const remedies = { restartSigner, renewCertificate };

/**
 * Publishes a release. With learning: `withLearning` around the steps, and two places that make use of what it
 * knows. The steps are recorded by themselves.
 */
export async function publishRelease({ customer, name }) {
  return withLearning({ tenant: customer, description: `Publish release ${name}` }, async (learning) => {
    const notes = await draftNotes({ name, hints: learning.lessonsText() });
    const tried = [];
    let signature = await sign({ name }).catch(() => undefined);
    for (const remedy of advisedFirst(Object.keys(remedies), learning.lessons)) {
      if (signature !== undefined) break;
      tried.push(remedy);
      const helped = await remedies[remedy]({ service: 'signing' }).then(
        () => true,
        () => false,
      );
      if (helped) signature = await sign({ name });
    }
    await publish({ name, signature });
    return { name, notes, tried, lessons: learning.lessons.length };
  });
}

/** The same choices, those first that lessons prefer. */
function advisedFirst(choices, lessons) {
  const advised = lessons.flatMap(({ action }) => (action?.verb === 'prefer' ? [action.type] : []));
  return [
    ...choices.filter((choice) => advised.includes(choice)),
    ...choices.filter((choice) => !advised.includes(choice)),
  ];
}

export const signOff = defineSignal('signOff');
export const waiting = defineQuery('waiting');

/** Asks a person, by the platform's own signal, as it did before: it knows nothing of Journeyman. */
export async function decideRelease({ name, notes }) {
  let word;
  setHandler(signOff, (given) => {
    word = given;
  });
  setHandler(waiting, () => (word === undefined ? notes : null));
  await condition(() => word !== undefined);
  if (word.approved) await announce({ name, channel: 'releases' });
  return {
    approved: word.approved,
    decision: `${name}: ${word.approved ? 'approved' : 'refused'} by ${word.by}`,
    steps: word.approved ? [{ type: 'announce', input: { channel: 'releases' } }] : [],
  };
}
