import { type Page, expect } from '@playwright/test';
import PostalMime, { type Email } from 'postal-mime';

/** A message as it would have been sent: parsed from the raw .eml that the mailbox hands out. */
export interface Message {
  /** The page that shows it. */
  url: string;
  raw: string;
  email: Email;
  /** The links of its text part, in order. */
  links: string[];
}

/** The built-in mailbox of development, as a person reads it. */
export class Mailbox {
  constructor(private readonly page: Page) {}

  /** Waits for a message to `recipient` whose subject holds `subject`, and opens it. */
  async open(recipient: string, subject: string | RegExp = ''): Promise<Message> {
    const { page } = this;
    const row = page.locator('ul.mails li').filter({ hasText: recipient }).filter({ hasText: subject });
    await expect(async () => {
      await page.goto('/dev/mailbox');
      await row.first().getByRole('link').click({ timeout: 2_000 });
    }).toPass({ timeout: 120_000, intervals: [50, 100, 250] });
    await expect(page.locator('dl.facts')).toContainText(recipient);
    const file = page.getByRole('link', { name: '.eml' });
    const answer = await page.request.get((await file.getAttribute('href')) ?? '');
    expect(answer.ok()).toBe(true);
    const raw = (await answer.body()).toString('latin1');
    const email = await PostalMime.parse(await answer.body());
    // French sets no-break spaces before some signs; tests are written with plain ones.
    email.text = email.text?.replace(/[\u00a0\u202f]/g, ' ');
    const links = [...(email.text ?? '').matchAll(/https?:\/\/\S+/g)].map(([link]) => link);
    return { url: page.url(), raw, email, links };
  }
}

/**
 * Presses a link of the message that a mailbox page shows, as a reader of the mail does; the page that it opens.
 *
 * Chromium does not count a press into a sandboxed frame that moved a moment before; who sees nothing happen presses
 * again.
 */
export async function follow(page: Page, name: string | RegExp): Promise<Page> {
  const link = page.frameLocator('iframe.email').getByRole('link', { name }).first();
  const from = page.url();
  await expect(async () => {
    if (page.url() === from) await link.click();
    await page.waitForURL((url) => url.href !== from, { timeout: 10_000 });
  }).toPass({ timeout: 120_000 });
  return page;
}

/** The bytes of the attachment called `name`, of the message that the page shows. */
export async function attachment(page: Page, name: string): Promise<Buffer> {
  const link = page.locator('ul.files').getByRole('link', { name });
  const answer = await page.request.get((await link.getAttribute('href')) ?? '');
  expect(answer.ok()).toBe(true);
  return answer.body();
}

/** The value of a header that occurs once. */
export function header(message: Message, name: string): string {
  const found = message.email.headers.filter((one) => one.key === name.toLowerCase());
  expect(found, name).toHaveLength(1);
  return found[0]?.value ?? '';
}

/** The calendar file of a message, its folded lines (RFC 5545 3.1) joined. */
export function calendar(message: Message): string {
  const part = message.email.attachments.find((one) => one.mimeType === 'text/calendar' || one.filename?.endsWith('.ics'));
  if (!part) throw new Error('the message has no calendar file');
  const content = typeof part.content === 'string' ? part.content : new TextDecoder().decode(part.content);
  return content.replace(/\r\n[ \t]/g, '');
}
