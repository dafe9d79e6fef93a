/** What the platform's workers can do. Nothing here knows of Journeyman. */
import { ApplicationFailure } from '@temporalio/common';

/** The platform's signing service: a certificate holds for one signature. */
const signing = { hasCertificate: false };

export async function draftNotes({ name, hints }) {
  return hints === '' ? `Notes of ${name}` : `Notes of ${name}\n${hints}`;
}

export async function sign({ name }) {
  if (!signing.hasCertificate) throw ApplicationFailure.nonRetryable('the signing certificate has expired');
  signing.hasCertificate = false;
  return `${name}.sig`;
}

/** Ways to get the signing service to work again. */
export async function restartSigner() {
  throw ApplicationFailure.nonRetryable('the signer still refuses after its restart');
}

export async function renewCertificate() {
  signing.hasCertificate = true;
}

export async function publish({ name }) {
  return `published ${name}`;
}

export async function announce({ name, channel }) {
  return `${name} on ${channel}`;
}
