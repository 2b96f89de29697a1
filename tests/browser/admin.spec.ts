/** The admin pages in a browser: each one in both languages, and what an operator does from them. */
import { newPeople } from './support/candidate.ts';
import { lookAt } from './support/look.ts';
import { happened, signIn } from './support/operator.ts';
import { expect, test } from './support/test.ts';

for (const [lang, locale] of [['fr', 'fr-FR'], ['en', 'en-GB']] as const) {
  test.describe(`in ${lang}`, () => {
    test.use({ locale });

    test(`every admin page, in ${lang}`, async ({ page, server }) => {
      test.setTimeout(300_000); // many pages, each looked at four times
      const id = await server.apply(newPeople(), { language: lang });
      await page.goto('/admin/sign-in');
      await lookAt(page, `admin-sign-in-${lang}`);
      await signIn(page, server);
      await happened(page, id, 'SentToEmployer');
      const email = await page.locator('.mails a').first().getAttribute('href');
      const pages = {
        front: '/admin',
        applications: '/admin/applications',
        application: `/admin/applications/${id}`,
        email: email ?? '',
        answers: '/admin/answers',
        reactions: '/admin/reactions',
        suppressions: '/admin/suppressions',
        clients: '/admin/clients',
        client: '/admin/clients/partner',
        'client-new': '/admin/clients/new',
        'client-edit': '/admin/clients/partner/edit',
        webhooks: '/admin/clients/partner/webhooks',
        projections: '/admin/projections',
        schedules: '/admin/schedules',
        statistics: '/admin/statistics',
        exports: '/admin/exports',
        operators: '/admin/operators',
        acts: '/admin/acts',
        account: '/admin/account',
        'second-factor': '/admin/account/second-factor',
      };
      for (const [name, path] of Object.entries(pages)) {
        const answer = await page.goto(path);
        expect(answer?.status(), path).toBe(200);
        await expect(page.locator('html')).toHaveAttribute('lang', lang);
        await lookAt(page, `admin-${name}-${lang}`);
      }
    });

    test(`what the admin finds and counts, in ${lang}`, async ({ page, server }) => {
      test.setTimeout(300_000);
      const id = await server.apply(newPeople(), { language: lang });
      await signIn(page, server);
      await happened(page, id, 'SentToEmployer');
      const pages = {
        undelivered: '/admin/emails',
        search: '/admin/search?q=camille',
        'search-help': '/admin/search',
        'search-none': '/admin/search?q=nobody-of-that-name',
        'statistics-all': '/admin/statistics?from=&to=',
        'statistics-none': '/admin/statistics?from=2020-01-01&to=2020-01-31',
      };
      for (const [name, path] of Object.entries(pages)) {
        const answer = await page.goto(path);
        expect(answer?.status(), path).toBe(200);
        await expect(page.locator('html')).toHaveAttribute('lang', lang);
        await lookAt(page, `admin-${name}-${lang}`);
      }
    });
  });
}

test.describe('what an operator does', () => {
  test.use({ locale: 'en-GB' });

  test('an application is found by its candidate, and its e-mail sent again', async ({ page, server }) => {
    const people = newPeople();
    const id = await server.apply(people, { language: 'en' });
    await signIn(page, server);
    await happened(page, id, 'SentToEmployer');
    await page.goto('/admin/applications');
    const search = page.getByRole('main').getByRole('search');
    await search.getByRole('textbox').first().fill(people.candidate);
    await search.getByRole('button').first().click();
    await page.locator(`a[href="/admin/applications/${id}"]`).first().click();
    await page.getByRole('button', { name: 'Send again' }).click();
    await happened(page, id, 'EmailResent');
  });

  test('documents are passed on, and an answer link is made', async ({ page, server }) => {
    const id = await server.apply(newPeople(), { language: 'en' });
    await signIn(page, server);
    await happened(page, id, 'SentToEmployer');
    await page.locator('#recipients').fill('colleague@boulangerie.example');
    await page.getByRole('button', { name: 'Pass on' }).click();
    await happened(page, id, 'AttachmentsForwarded');
    await page.getByRole('button', { name: 'Make an answer link' }).click();
    await expect(page.locator('main')).toContainText(`${server.url}/r/`);
    await happened(page, id, 'AnswerLinkIssued');
  });

  test('an address is put on the suppression list, refused, and lifted', async ({ page, server }) => {
    const people = newPeople();
    await signIn(page, server);
    await page.goto('/admin/suppressions');
    await page.locator('#address').fill(people.employer);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const row = page.locator('tr', { hasText: people.employer });
    await expect(row).toBeVisible();
    await expect(server.apply(people)).rejects.toThrow(/employer_email/);
    await row.getByRole('button', { name: 'Lift' }).click();
    await expect(row).toHaveCount(0);
    await server.apply(people);
  });

  test('a platform is created, its secret rotated, and it is disabled', async ({ page, server }) => {
    await signIn(page, server);
    await page.goto('/admin/clients/new');
    const id = `site-${Date.now()}`;
    await page.locator('#client_id').fill(id);
    await page.locator('#name').fill('A new site');
    await page.locator('#contact_email').fill('hello@site.example');
    await page.locator('main form').last().getByRole('button').last().click();
    await expect(page.locator('main')).toContainText(/secret/i);
    const first = await page.locator('dl.facts code').last().innerText();
    await page.goto(`/admin/clients/${id}`);
    await page.locator(`form[action="/admin/clients/${id}/secret"] button`).click();
    const second = await page.locator('dl.facts code').last().innerText();
    expect(second).not.toBe(first);
    const ask = async (secret: string) => {
      const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
      return (await fetch(`${server.url}/api/v1/applications`, { headers: { authorization } })).status;
    };
    expect([await ask(first), await ask(second), await ask('wrong')]).toEqual([200, 200, 401]);
    await page.goto(`/admin/clients/${id}`);
    await page.locator(`form[action="/admin/clients/${id}/disable"] button`).click();
    await expect(async () => expect(await ask(second)).toBe(403)).toPass();
  });

  test('a read model is rebuilt', async ({ page, server }) => {
    await signIn(page, server);
    await page.goto('/admin/projections');
    await page.locator('main form button').first().click();
    await expect(page.locator('main')).toContainText(/answers/);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  });

  test('who may not do something is not offered it', async ({ page, server }) => {
    await signIn(page, server);
    await page.goto('/admin/operators');
    await expect(page.locator('main')).toContainText('admin@postulo.example');
    await page.locator('form[action="/admin/sign-out"] button').first().click();
    await page.goto('/admin/operators');
    await expect(page).toHaveURL(/\/admin\/sign-in/);
  });
});
