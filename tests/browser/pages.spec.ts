/** Every page but the form's, in both languages, on a phone and on a desktop, in light and in dark. */
import { newPeople } from './support/candidate.ts';
import { lookAt } from './support/look.ts';
import { Mailbox } from './support/mailbox.ts';
import { expect, test } from './support/test.ts';
import type { Page } from '@playwright/test';

for (const [lang, locale] of [['fr', 'fr-FR'], ['en', 'en-GB']] as const) {
  test.describe(`in ${lang}`, () => {
    test.use({ locale });

    /** Opens a page and sees that it speaks the language. */
    const open = async (page: Page, path: string) => {
      const answer = await page.goto(path);
      await expect(page.locator('html')).toHaveAttribute('lang', lang);
      return answer?.status();
    };
    const first = (links: string[], part: RegExp) => links.find((link) => part.test(link)) ?? '';

    test(`pages that say something went wrong, in ${lang}`, async ({ page }) => {
      expect(await open(page, '/nothing-here')).toBe(404);
      await lookAt(page, `not-found-${lang}`);
      expect(await open(page, `/r/forged?lang=${lang}`)).toBe(404);
      await lookAt(page, `bad-link-${lang}`);
      expect(await open(page, `/c/forged?lang=${lang}`)).toBe(404);
    });

    test(`pages of the mailbox and of the documentation, in ${lang}`, async ({ page, server }) => {
      test.slow(); // the documentation is long, and looked at four times
      const people = newPeople();
      await server.apply(people, { language: lang });
      const message = await new Mailbox(page).open(people.employer);
      await lookAt(page, `mailbox-message-${lang}`);
      expect(message.email.html).toContain(`lang="${lang}"`);
      await page.goto('/dev/mailbox');
      await lookAt(page, `mailbox-${lang}`);
      await page.goto('/docs');
      await lookAt(page, 'docs');
    });

    test(`pages of the recruiter, in ${lang}`, async ({ page, server }) => {
      test.slow(); // twelve pages, each looked at four times
      const people = newPeople();
      await server.apply(people, { language: lang });
      const { links } = await new Mailbox(page).open(people.employer);
      const overview = `${first(links, /\/r\/[^/]+$/)}?lang=${lang}`;
      await open(page, overview);
      await lookAt(page, `recruiter-overview-${lang}`);
      for (const kind of ['interview', 'info', 'rejection', 'hired']) {
        await open(page, `${first(links, new RegExp(`/${kind}$`))}?lang=${lang}`);
        await lookAt(page, `recruiter-${kind}-${lang}`);
        await page.locator('main form button').click();
        await expect(page.getByRole('alert')).toBeVisible();
        await lookAt(page, `recruiter-${kind}-errors-${lang}`);
      }
      await page.locator('[name=confirmed]').check();
      await page.locator('[name=message]').fill('Bienvenue !');
      await page.locator('main form button').click();
      await expect(page.locator('iframe.email')).toBeVisible();
      await lookAt(page, `recruiter-preview-${lang}`);
      await page.locator('button[value=send]').click();
      await expect(page).toHaveURL(/\/done\//);
      await lookAt(page, `recruiter-done-${lang}`);
      await open(page, `${first(links, /\/rejection$/)}?lang=${lang}`);
      await expect(page.locator('form')).toHaveCount(0);
      await lookAt(page, `recruiter-already-${lang}`);
      await open(page, overview);
      await lookAt(page, `recruiter-overview-closed-${lang}`);
    });

    test(`pages of the candidate, in ${lang}`, async ({ page, server }) => {
      const people = newPeople();
      await server.apply(people, { language: lang, send_confirmation: true });
      const { links } = await new Mailbox(page).open(people.candidate);
      const status = `${first(links, /\/c\/[^/]+$/)}?lang=${lang}`;
      await open(page, status);
      await lookAt(page, `candidate-status-${lang}`);
      await page.locator('a.danger').click();
      await lookAt(page, `candidate-withdraw-${lang}`);
      await page.locator('button.danger').click();
      await expect(page.getByRole('status')).toBeVisible();
      await lookAt(page, `candidate-withdrawn-${lang}`);
    });
  });
}
