import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { cv } from './documents.ts';
import type { People } from './candidate.ts';

/** A Postulo of its own: the real binary in development mode, on a free port, with an empty data folder. */
export class Server {
  private readonly output: string[] = [];
  private process: ChildProcess;

  private constructor(
    readonly url: string,
    private readonly folder: string,
    private readonly credentials: string,
    private readonly binary: string,
    private env: NodeJS.ProcessEnv,
  ) {
    this.process = this.serve();
  }

  /** `undoSeconds`: how long an answer may be taken back before its e-mail leaves; `settings`: more variables. */
  static async start(undoSeconds = 0, settings: Record<string, string> = {}): Promise<Server> {
    const binary = process.env.POSTULO_TEST_BIN;
    if (!binary) throw new Error('POSTULO_TEST_BIN must name the binary: run script/test browser');
    const folder = await mkdtemp(join(tmpdir(), 'postulo-browser-'));
    const port = await freePort();
    const env = {
      PATH: process.env.PATH,
      HOME: folder,
      POSTULO_LISTEN: `127.0.0.1:${port}`,
      POSTULO_UNDO_SECONDS: String(undoSeconds),
      ...settings,
    };
    const client = ['client', 'create', 'partner', '--name', 'Emploi Facile', '--contact-email', 'bonjour@emploi.example', '--sender-limits=0,0,0', '--recipient-limits=0,0,0'];
    const created = await promisify(execFile)(binary, [...client, '--json'], { cwd: folder, env });
    const { client_id, client_secret } = JSON.parse(created.stdout);
    const server = new Server(`http://127.0.0.1:${port}`, folder, `${client_id}:${client_secret}`, binary, env);
    await server.untilReady();
    return server;
  }

  /** Stops it and starts it again with a clock that is so many days ahead, or behind. */
  async goTo(days: number): Promise<void> {
    await this.end();
    const { LD_PRELOAD, FAKETIME, FAKETIME_DONT_FAKE_MONOTONIC, ...env } = this.env;
    this.env = days === 0 ? env : { ...env, ...otherClock(days) };
    this.process = this.serve();
    await this.untilReady();
  }

  /** The files of its data folder that hold these bytes; letters that people got are theirs, and not looked at. */
  async filesWith(text: string): Promise<string[]> {
    const entries = await readdir(join(this.folder, 'data'), { recursive: true, withFileTypes: true });
    const kept = entries.filter((entry) => entry.isFile() && basename(entry.parentPath) !== 'mailbox');
    const files = kept.map((entry) => join(entry.parentPath, entry.name));
    const holds = await Promise.all(files.map(async (file) => (await readFile(file)).includes(text)));
    return files.filter((_, at) => holds[at]);
  }

  /** What the server printed; for a test that must show that nothing personal is in it, or why it failed. */
  log(): string {
    return this.output.join('');
  }

  /** Runs a command of the same service beside it; what it printed. */
  async run(...command: string[]): Promise<string> {
    const done = await promisify(execFile)(this.binary, command, { cwd: this.folder, env: this.env, maxBuffer: 64 * 1024 * 1024 });
    return done.stdout;
  }

  /** The password of the operator that a service in development has. */
  async adminPassword(): Promise<string> {
    return (await readFile(join(this.folder, 'data', 'admin-password'), 'utf8')).trim();
  }

  /** Applies as a partner's program does, for tests that begin with the employer's e-mail. Its id. */
  async apply(people: People, more: Record<string, unknown> = {}): Promise<string> {
    const application = {
      candidate_email: people.candidate,
      candidate_first_name: 'Camille',
      candidate_last_name: 'Martin',
      candidate_phone: '06 12 34 56 78',
      candidate_address: '12 rue des Lilas, 75020 Paris',
      candidate_peid: 'PE-123456',
      employer_email: people.employer,
      employer_description: people.company,
      siret: '73282932000074',
      job: 'Boulanger (H/F)',
      message: 'Bonjour,\n\nVotre fournil me plaît.\n\nCamille',
      ...more,
    };
    const body = new FormData();
    body.set('application', new Blob([JSON.stringify(application)], { type: 'application/json' }));
    body.set('attachments', new File([new Uint8Array(cv.buffer)], cv.name, { type: cv.mimeType }));
    const answer = await fetch(`${this.url}/api/v1/applications`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(this.credentials).toString('base64')}` },
      body,
    });
    const text = await answer.text();
    if (answer.status !== 201) throw new Error(`the application was not taken: ${answer.status} ${text}`);
    return JSON.parse(text).id;
  }

  /** Asks it to stop, as a service manager does, and fails where it does not end well. Nothing of it is left. */
  async stop(): Promise<void> {
    try {
      await this.end();
    } finally {
      await rm(this.folder, { recursive: true, force: true });
    }
  }

  private serve(): ChildProcess {
    const child = spawn(this.binary, ['serve'], { cwd: this.folder, env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout?.on('data', (text) => this.output.push(String(text)));
    child.stderr?.on('data', (text) => this.output.push(String(text)));
    return child;
  }

  private async end(): Promise<void> {
    const ended = new Promise<string>((resolve) =>
      this.process.once('exit', (code, signal) => resolve(String(signal ?? code))),
    );
    let end = String(this.process.exitCode ?? '');
    if (this.process.exitCode === null) {
      this.process.kill('SIGTERM');
      const deadline = setTimeout(() => this.process.kill('SIGKILL'), 20_000);
      end = await ended;
      clearTimeout(deadline);
    }
    if (end !== '0') throw new Error(`the server ended with ${end}:\n${this.log()}`);
  }

  private async untilReady(): Promise<void> {
    const deadline = Date.now() + 240_000;
    for (;;) {
      if (this.process.exitCode !== null) throw new Error(`the server does not start:\n${this.log()}`);
      const answer = await fetch(`${this.url}/health/ready`).catch(() => undefined);
      if (answer?.ok) return;
      if (Date.now() > deadline) throw new Error(`the server is not ready after 240 s:\n${this.log()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** What moves the clock of a process by whole days, by Debian's libfaketime. */
function otherClock(days: number): NodeJS.ProcessEnv {
  const folders = readdirSync('/usr/lib').map((folder) => join('/usr/lib', folder, 'faketime', 'libfaketimeMT.so.1'));
  const library = folders.find((path) => existsSync(path));
  if (!library) throw new Error('libfaketime is missing: run script/test browser');
  return { LD_PRELOAD: library, FAKETIME: `${days > 0 ? '+' : ''}${days}d`, FAKETIME_DONT_FAKE_MONOTONIC: '1' };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      if (address === null || typeof address === 'string') return reject(new Error('no port'));
      probe.close(() => resolve(address.port));
    });
  });
}
