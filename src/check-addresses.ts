import { once } from 'node:events';
import { createServer as createListener } from 'node:net';
import { type Config, hostAndPort } from './config/check.ts';

/** Rejects, as listening would, where the addresses cannot be had; it is asked before anything is made. */
export async function checkAddresses(config: Config, withSandbox: boolean): Promise<void> {
  const addresses = new Map(
    [config.listen, config.adminListen, ...(withSandbox ? [config.sandboxListen] : [])].map((address) => [hostAndPort(address), address]),
  );
  for (const address of addresses.values()) {
    const listener = createListener().listen(address);
    await once(listener, 'listening');
    listener.close();
    await once(listener, 'close');
  }
}
