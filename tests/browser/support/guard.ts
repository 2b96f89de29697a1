import type { BrowserContext, ConsoleMessage } from '@playwright/test';

/**
 * Watches all that a browser does: a request to another host, a violation of the content security policy and an
 * uncaught error each become a complaint, and a complaint fails the test.
 */
export class Guard {
  readonly complaints: string[] = [];

  constructor(private readonly allowed: Set<string>) {}

  /** Another server of the test's own. */
  allow(origin: string): void {
    this.allowed.add(origin);
  }

  async watch(context: BrowserContext): Promise<void> {
    await context.route('**/*', async (route) => {
      const url = new URL(route.request().url());
      const ours = ['data:', 'blob:', 'about:'].includes(url.protocol) || this.allowed.has(url.origin);
      if (ours) return route.fallback();
      this.complaints.push(`a request to another host: ${route.request().method()} ${url.origin}${url.pathname}`);
      return route.abort();
    });
    context.on('console', (message: ConsoleMessage) => {
      if (/content security policy|refused to|violates/i.test(message.text())) {
        this.complaints.push(`a policy refused something: ${message.text()}`);
      }
    });
    context.on('weberror', (error) => this.complaints.push(`an uncaught error: ${error.error()}`));
  }
}
