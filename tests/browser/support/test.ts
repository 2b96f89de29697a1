import { type Browser, type BrowserContext, type BrowserContextOptions, test as base, expect } from '@playwright/test';
import { Guard } from './guard.ts';
import { Server } from './server.ts';

interface Fixtures {
  /** Opens another person's browser; it is watched and closed like the first one. */
  newContext: (options?: BrowserContextOptions) => Promise<BrowserContext>;
  guard: Guard;
}

interface WorkerFixtures {
  server: Server;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  server: [
    async ({}, use) => {
      const server = await Server.start();
      await use(server);
      await server.stop();
    },
    { scope: 'worker', timeout: 600_000 },
  ],
  baseURL: async ({ server }, use) => use(server.url),
  guard: [
    async ({ server, context }, use, info) => {
      const guard = new Guard(new Set([server.url]));
      await guard.watch(context);
      await use(guard);
      if (info.status === info.expectedStatus) expect(guard.complaints).toEqual([]);
      else await info.attach('server.log', { body: server.log(), contentType: 'text/plain' });
    },
    { auto: true },
  ],
  newContext: async ({ browser, guard, server, contextOptions }, use) => {
    const opened: BrowserContext[] = [];
    await use(async (options) => {
      const context = await (browser as Browser).newContext({ ...contextOptions, baseURL: server.url, ...options });
      await guard.watch(context);
      opened.push(context);
      return context;
    });
    await Promise.all(opened.map((context) => context.close()));
  },
});

export { expect } from '@playwright/test';
