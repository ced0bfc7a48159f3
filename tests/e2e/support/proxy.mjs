// A TCP proxy in front of the daemon whose connections a test can cut, as a bad network does.
// Used by streams.test.mjs.

import { once } from 'node:events';
import net from 'node:net';

export class Proxy {
    #listener;
    #sockets = new Set();

    /** Where it listens, as Daemon.url. */
    url;
    /** The daemon's servers, for connect(). */
    servers;

    static async start(daemon) {
        const proxy = new Proxy();
        const target = new URL(daemon.url);
        proxy.servers = daemon.servers;
        proxy.#listener = net.createServer((near) => {
            const far = net.connect(Number(target.port), target.hostname);
            for (const [one, other] of [[near, far], [far, near]]) {
                proxy.#sockets.add(one);
                one.pipe(other);
                one.on('error', () => {});
                one.on('close', () => {
                    proxy.#sockets.delete(one);
                    other.destroy();
                });
            }
        });
        proxy.#listener.listen(0, '127.0.0.1');
        await once(proxy.#listener, 'listening');
        proxy.url = `http://127.0.0.1:${proxy.#listener.address().port}`;
        return proxy;
    }

    /** Cuts every connection there is; new ones are let through. */
    cut() {
        for (const socket of this.#sockets) socket.resetAndDestroy();
    }

    stop() {
        this.#listener.close();
        this.cut();
    }
}
