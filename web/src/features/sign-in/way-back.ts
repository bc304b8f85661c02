/** Where somebody goes on after signing in: a page of ours, never another site. */
export function wayBack(to: string | null): string {
  return to !== null && /^\/(?![/\\])/.test(to) ? to : '/';
}
