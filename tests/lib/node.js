// A swarmwork-node in a temporary folder, on free ports; on a development chain of its own unless
// told otherwise.

import { join } from 'node:path';
import { binary, freePort, Process, temporaryFolder } from './process.js';
import { sleep, waitFor } from './wait.js';
import { connect } from './chain.js';

export class Node {
  /**
   * Starts a node and connects to it.
   * @param {{ executor?: { url: string, tokenFile: string }, chain?: string[], args?: string[] }}
   *   options with an executor the node runs as a provider; `chain` says which chain and as whom
   */
  static async start({ executor, chain = ['--dev'], args = [] } = {}) {
    const node = new Node();
    node.folder = temporaryFolder();
    node.rpcPort = await freePort();
    node.port = await freePort();
    node.prometheusPort = await freePort();
    node.chain = chain;
    node.args = args;
    node.executor = executor;
    await node.up();
    return node;
  }

  get url() {
    return `ws://127.0.0.1:${this.rpcPort}`;
  }

  get arguments() {
    const provider = this.executor
      ? ['--provider', '--executor-url', this.executor.url,
         '--executor-token-file', this.executor.tokenFile]
      : [];
    return [
      ...this.chain, '--base-path', join(this.folder, 'chain'),
      '--rpc-port', String(this.rpcPort), '--port', String(this.port),
      '--prometheus-port', String(this.prometheusPort),
      ...provider, ...this.args,
    ];
  }

  /** Starts the process, again after `down`, and connects. */
  async up() {
    this.process = new Process('swarmwork-node', binary('swarmwork-node'), this.arguments, this.folder);
    const give_up = () => this.process.ended !== undefined && `the node ended with ${this.process.ended}`;
    await waitFor('the RPC of the node', () => this.rpc('system_health'), { give_up, timeout: 180_000 });
    this.api = await connect(this.url);
  }

  /** Stops the process; its chain stays. */
  async down(signal = 'SIGTERM') {
    await this.api.disconnect().catch(() => {});
    await this.process.stop(signal);
    // ParityDB lets go of its lock a moment after.
    await sleep(200);
  }

  async stop() {
    await this.down();
  }

  async rpc(method, ...params) {
    const answer = await fetch(`http://127.0.0.1:${this.rpcPort}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: 1, jsonrpc: '2.0', method, params }),
      signal: AbortSignal.timeout(5_000),
    });
    const { result, error } = await answer.json();
    if (error) throw new Error(`${method}: ${error.message} ${error.data ?? ''}`);
    return result;
  }

  /** Puts a provider's worker key into the node's keystore. */
  async insertWorker(path, pair) {
    await this.rpc('author_insertKey', 'swrk', path, `0x${Buffer.from(pair.publicKey).toString('hex')}`);
  }
}

