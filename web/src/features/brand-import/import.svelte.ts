import type { Job } from '../../api/types';
import type { Services } from '../../context';
import { poll } from '../../page/poll';
import { split } from './parts';

/** The import of a file: its parts one after the other, each a job. */
export class Import {
  state = $state<'ready' | 'running' | 'done' | 'failed'>('ready');
  done = $state(0);
  total = $state(0);
  errors = $state.raw<Job['errors']>([]);

  constructor(
    private readonly needs: {
      brands: Pick<Services['brands'], 'import'>;
      accounts: Pick<Services['accounts'], 'job'>;
    },
    private readonly gone: AbortSignal,
    private readonly wait?: (milliseconds: number) => Promise<void>,
  ) {}

  /** Sends the file. `key` makes each part the same one when it is tried again. */
  async run(file: File, key: string): Promise<void> {
    const isTable = !/\.(jsonl|ndjson)$/i.test(file.name);
    const parts = split(await file.text(), isTable);
    this.state = 'running';
    this.done = this.total = 0;
    this.errors = [];
    let failed = false;
    for (const [nth, part] of parts.entries()) {
      const type = isTable ? 'text/csv' : 'application/x-ndjson';
      const { job_id } = await this.needs.brands.import(part.text, type, part.firstLine, `${key}-${nth}`);
      failed = (await this.#watch(job_id)) || failed;
    }
    this.state = failed ? 'failed' : 'done';
  }

  /** Whether the job failed. What it tells is added to what the parts before it told. */
  async #watch(jobId: string): Promise<boolean> {
    const before = { done: this.done, total: this.total, errors: this.errors };
    const end = await poll(
      () => this.needs.accounts.job(jobId),
      ({ state }) => state !== 'running',
      ({ done, total, errors }) => {
        this.done = before.done + done;
        this.total = before.total + total;
        this.errors = [...before.errors, ...errors];
      },
      this.gone,
      this.wait,
    );
    return end?.state === 'failed';
  }
}
