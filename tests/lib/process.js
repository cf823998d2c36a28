// Starts the real binaries, keeps their logs, and never leaves one behind.

import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export const BIN_DIR = join(
  process.env.CARGO_TARGET_DIR ??
    join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'swarmwork', 'target'),
  'release',
);

/** Path of a built binary. */
export function binary(name) {
  const path = join(BIN_DIR, name);
  if (!existsSync(path)) {
    throw new Error(`${name} is not built (looked in ${BIN_DIR}); run ./scripts/test.sh`);
  }
  return path;
}

// What runs, and what ended without having been asked to: its log says why.
const running = new Set();
const fallen = new Set();
const folders = new Set();

process.on('exit', () => {
  for (const each of running) each.child.kill('SIGKILL');
  if (!process.env.SWARM_KEEP_LOGS) {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
});

/** A folder that goes when the tests end (unless SWARM_KEEP_LOGS is set). */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'swarmwork-e2e-'));
  folders.add(folder);
  return folder;
}

/** A port that was free a moment ago. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** A running binary with its log file. */
export class Process {
  /**
   * @param {string} name what messages call it
   * @param {string} command path of the program
   * @param {string[]} args
   * @param {string} folder where `<name>.log` goes; it is appended to
   */
  constructor(name, command, args, folder) {
    this.name = name;
    this.logFile = join(folder, `${name}.log`);
    const log = openSync(this.logFile, 'a');
    this.child = spawn(command, args, { stdio: ['ignore', log, log] });
    closeSync(log);
    this.exit = new Promise((resolve) => {
      this.child.on('error', (error) => resolve(String(error)));
      this.child.on('exit', (code, signal) => resolve(signal ?? code));
    });
    this.ended = undefined;
    this.stopping = false;
    this.exit.then((how) => {
      this.ended = how;
      running.delete(this);
      if (!this.stopping) fallen.add(this);
    });
    running.add(this);
  }

  log() {
    return existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8') : '';
  }

  /** Ends it (default: politely) and waits until it has gone; kills it after 40 s. */
  async stop(signal = 'SIGTERM') {
    if (this.ended !== undefined) return this.ended;
    this.stopping = true;
    this.child.kill(signal);
    const late = setTimeout(() => this.child.kill('SIGKILL'), 40_000);
    const how = await this.exit;
    clearTimeout(late);
    return how;
  }
}

/** The last lines of the log of every process that runs, or that ended by itself. */
export function logTails(lines = 25) {
  return [...fallen, ...running]
    .map((each) => {
      const tail = each.log().trimEnd().split('\n').slice(-lines).join('\n  | ');
      return `--- ${each.name} (${each.logFile})\n  | ${tail}`;
    })
    .join('\n');
}

/** Runs a program to its end. Resolves to { code, stdout, stderr }; rejects after `timeout` ms. */
export function run(command, args, { timeout = 120_000, env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    const out = { stdout: '', stderr: '' };
    child.stdout.on('data', (data) => (out.stdout += data));
    child.stderr.on('data', (data) => (out.stderr += data));
    const late = setTimeout(() => child.kill('SIGKILL'), timeout);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(late);
      if (signal === 'SIGKILL') {
        reject(new Error(`${command} ${args.join(' ')} did not end in ${timeout / 1000} s\n${out.stderr}`));
      } else {
        resolve({ code, ...out });
      }
    });
  });
}

/** Like `run`, but failing is an error. Resolves to stdout. */
export async function must(command, args, options) {
  const { code, stdout, stderr } = await run(command, args, options);
  if (code !== 0) {
    throw new Error(`${command} ${args.join(' ')} ended with ${code}\n${stderr}${stdout}`);
  }
  return stdout;
}
