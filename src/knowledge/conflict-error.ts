/** Someone else's change came first; read again and decide anew. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';
}
