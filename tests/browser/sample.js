// A sample's server, in a process of its own, as it was built.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export class Sample {
  #arguments;
  #process;

  /** @param {string} folder of the sample, @param {string} assembly its name */
  static async start(folder, assembly) {
    const sample = new Sample();
    sample.#arguments = [`${root}artifacts/bin/${assembly}/release/${assembly}.dll`, '--contentRoot', `${root}samples/${folder}`];
    await sample.#run('http://127.0.0.1:0');
    return sample;
  }

  /** Ends at once, as in a power cut, and comes back at the same address. */
  async restart() {
    await this.stop();
    await this.#run(this.url.origin);
  }

  async stop() {
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await ended;
  }

  async #run(url) {
    this.#process = spawn('dotnet', [...this.#arguments, '--urls', url], { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface(this.#process.stdout)) {
      const address = line.match(/Now listening on: (http:\S+)/);
      if (!address) continue;
      this.url = new URL(address[1]);
      this.#process.stdout.resume();
      return;
    }
    throw new Error('The sample ended before it listened.');
  }
}
