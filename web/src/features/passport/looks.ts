import type { Outcome } from '../../api/types';
import type { IconName } from '../../ui/Icon.svelte';
import type { Tone } from '../../ui/Notice.svelte';

/** How an outcome looks; its words always stand beside. */
export const looks: Readonly<Record<Outcome, { tone: Tone; icon: IconName }>> = {
  recalled: { tone: 'danger', icon: 'stop' },
  past_use_by: { tone: 'danger', icon: 'stop' },
  avoid: { tone: 'danger', icon: 'stop' },
  caution: { tone: 'warning', icon: 'warning' },
  unknown: { tone: 'warning', icon: 'question' },
  suitable: { tone: 'plain', icon: 'check' },
};
