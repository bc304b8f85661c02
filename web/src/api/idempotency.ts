/** A new `Idempotency-Key`. Not `crypto.randomUUID`, which plain HTTP in a home network does not have. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
