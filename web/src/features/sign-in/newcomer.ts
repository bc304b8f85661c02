/** That somebody registered in this tab, until they sign in: a registration has no time zone, the account has one. */
const key = 'packytrace.newcomer';

export function noteNewcomer(): void {
  sessionStorage.setItem(key, 'yes');
}

/** Whether somebody registered in this tab; told once. */
export function takeNewcomer(): boolean {
  const isNew = sessionStorage.getItem(key) !== null;
  sessionStorage.removeItem(key);
  return isNew;
}
