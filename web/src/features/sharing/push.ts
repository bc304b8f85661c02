/** Web Push of this browser. */

import type { PushRequest } from '../../api/types';
import type { Services } from '../../context';

/** Why there are no notifications: the browser has none, or the person said no. */
export type Refusal = 'unsupported' | 'denied';

type Fridge = Pick<Services['fridge'], 'pushes' | 'allowPush' | 'endPush'>;

/** Asks the person, subscribes this browser, and tells the fridge where to push. */
export async function subscribe(fridge: Fridge): Promise<'on' | Refusal> {
  if (!('serviceWorker' in navigator) || !('PushManager' in window)) return 'unsupported';
  if ((await Notification.requestPermission()) !== 'granted') return 'denied';
  const { public_key } = await fridge.pushes();
  const registration = await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: public_key,
  });
  await fridge.allowPush(subscription.toJSON() as PushRequest);
  return 'on';
}

/** Ends all notifications of the account, and the subscription of this browser. */
export async function unsubscribe(fridge: Fridge): Promise<void> {
  await fridge.endPush();
  const registration = await navigator.serviceWorker?.getRegistration();
  const subscription = await registration?.pushManager?.getSubscription();
  await subscription?.unsubscribe();
}
