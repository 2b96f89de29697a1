import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const PROGRAM = resolve(import.meta.dirname, '../../permits/counterpart.py');

/** The government's form service, in a process of its own. */
export class Demarches {
  private constructor(
    readonly url: string,
    private readonly process: ChildProcess,
    private readonly folder: string,
  ) {}

  static async start(): Promise<Demarches> {
    const folder = await mkdtemp(join(tmpdir(), 'postulo-demarches-'));
    const child = spawn('python3', [PROGRAM, '--folder', folder], { stdio: 'ignore' });
    const deadline = Date.now() + 60_000;
    for (;;) {
      const port = await readFile(join(folder, 'port'), 'utf8').catch(() => '');
      if (port) return new Demarches(`http://127.0.0.1:${port}`, child, folder);
      if (child.exitCode !== null || Date.now() > deadline) throw new Error('the form service does not start');
      await new Promise((ready) => setTimeout(ready, 50));
    }
  }

  /** Tells it what its dossiers are from now on; see its program. */
  async tell(told: unknown): Promise<void> {
    const answer = await fetch(`${this.url}/control`, { method: 'POST', body: JSON.stringify(told), headers: { 'content-type': 'application/json' } });
    if (!answer.ok) throw new Error(`the form service answers ${answer.status}`);
  }

  async stop(): Promise<void> {
    this.process.kill('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }
}
