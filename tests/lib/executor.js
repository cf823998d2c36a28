// A swarm-executor in a temporary folder, on a free port, and its HTTP API.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cid, digest, hex } from './content.js';
import { binary, freePort, Process, temporaryFolder } from './process.js';
import { waitFor } from './wait.js';

export class Executor {
  static async start({ args = [], env } = {}) {
    const executor = new Executor();
    executor.folder = temporaryFolder();
    executor.port = await freePort();
    executor.tokenFile = join(executor.folder, 'token');
    executor.args = args;
    executor.env = env;
    await executor.up();
    return executor;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts the process, again after `down`. */
  async up() {
    this.process = new Process('swarm-executor', binary('swarm-executor'), [
      '--listen', `127.0.0.1:${this.port}`, '--data', join(this.folder, 'data'),
      '--token-file', this.tokenFile, '--device', 'cpu', '--allow-private-sources',
      ...this.args,
    ], this.folder);
    const give_up = () =>
      this.process.ended !== undefined && `the executor ended with ${this.process.ended}`;
    await waitFor('the executor to answer', async () => (await this.get('/healthz')).ok, { give_up });
    this.token = readFileSync(this.tokenFile, 'utf8').trim();
  }

  /** Ends the process; queue and blobs stay. */
  async down(signal = 'SIGTERM') {
    await this.process.stop(signal);
  }

  async stop() {
    await this.down();
  }

  /** A request with the token (unless `token` says otherwise). */
  request(path, { method = 'GET', body, token = this.token, timeout = 10_000 } = {}) {
    return fetch(this.url + path, {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body instanceof Uint8Array ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined || body instanceof Uint8Array ? body : JSON.stringify(body),
      signal: AbortSignal.timeout(timeout),
    });
  }

  get(path) {
    return this.request(path);
  }

  /** Stores a blob; resolves to its digest. */
  async put(bytes) {
    const id = digest(bytes);
    const answer = await this.request(`/blobs/${cid(id)}`, { method: 'PUT', body: bytes });
    if (!answer.ok) throw new Error(`PUT of a blob: ${answer.status} ${await answer.text()}`);
    return id;
  }

  /**
   * Hands over a blob without a token, as a requester does: the executor takes it only while one
   * of its jobs waits for it.
   */
  async offer(bytes) {
    const path = `/blobs/${cid(digest(bytes))}`;
    let last;
    await waitFor(`the executor to take a blob of ${bytes.length} bytes`, async () => {
      const answer = await this.request(path, { method: 'PUT', body: bytes, token: null });
      last = `${answer.status} ${await answer.text()}`;
      if (!answer.ok) throw new Error(last);
      return true;
    });
  }

  /** A blob by its digest (32 bytes or 0x hex), or undefined. */
  async blob(id) {
    const bytes = typeof id === 'string' ? Buffer.from(id.slice(2), 'hex') : id;
    const answer = await this.request(`/blobs/${cid(bytes)}`, { token: null });
    if (answer.status === 404) return undefined;
    if (!answer.ok) throw new Error(`GET of a blob: ${answer.status} ${await answer.text()}`);
    return Buffer.from(await answer.arrayBuffer());
  }

  async job(id) {
    const answer = await this.get(`/v1/jobs/${id}`);
    if (answer.status === 404) return undefined;
    if (!answer.ok) throw new Error(`GET of a job: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  async post(spec) {
    const answer = await this.request('/v1/jobs', { method: 'POST', body: spec });
    if (!answer.ok) throw new Error(`POST of a job: ${answer.status} ${await answer.text()}`);
    return { status: answer.status, job: await answer.json() };
  }

  /** Waits until a job is in one of these states; a failed job gives up at once. */
  async until(id, states, { timeout = 120_000 } = {}) {
    let job;
    return waitFor(
      `job ${id} of the executor to be ${states.join(' or ')}`,
      async () => {
        job = await this.job(id);
        return job && states.includes(job.state) ? job : undefined;
      },
      { timeout, give_up: () => job?.state === 'failed' && !states.includes('failed') && job.error },
    );
  }
}

/** The executor's job for a job on chain whose provider is `provider`. */
export function jobSpec({ genesis, id, provider, network, input, commitments, done = [], source = '' }) {
  const locator = (content) => ({ content: hex(content), source });
  return {
    id,
    genesis,
    provider: hex(provider.publicKey),
    circuit: {
      id: network.circuit,
      vk: hex(network.keys.verifying),
      proving_key: locator(digest(network.keys.proving)),
      commitment_key: locator(digest(network.keys.commitment)),
    },
    model: {
      id: network.model,
      commitment: hex(network.weights),
      ...locator(digest(network.file)),
    },
    input: locator(digest(input)),
    commitments: commitments.map(hex),
    done,
    priority: 0,
  };
}
