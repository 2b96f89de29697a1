/** What an operator does about what waits, about webhooks, colleagues and their own account, in a browser. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TOTP } from 'otpauth';
import { newPeople } from './support/candidate.ts';
import { lookAt } from './support/look.ts';
import { happened, signIn } from './support/operator.ts';
import { Server } from './support/server.ts';
import { expect, test } from './support/test.ts';

test.use({ locale: 'en-GB' });

test('what waits is seen on the front page, put away, taken back and tried again', async ({ page, guard }) => {
  const silent = await Server.start(0, { POSTULO_MAIL_URL: 'smtp://127.0.0.1:1?starttls=none' });
  guard.allow(silent.url);
  try {
    for (const people of [newPeople(), newPeople()]) await silent.apply(people);
    await signIn(page, silent);
    await expect(async () => {
      await page.goto(`${silent.url}/admin`);
      await expect(page.getByRole('region', { name: /employer_email/ })).toContainText('2 delayed', { timeout: 2_000 });
    }).toPass();
    await lookAt(page, 'admin-front-trouble-en');
    await page.getByRole('link', { name: 'See them' }).click();
    const cards = page.getByRole('region', { name: /employer_email #/ });
    await expect(cards).toHaveCount(2);
    await lookAt(page, 'admin-reactions-delayed-en');

    await cards.first().getByRole('button', { name: 'Archive' }).click();
    await expect(page.getByRole('status').first()).toContainText('Archived: 1');
    await expect(cards).toHaveCount(1);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(page.getByRole('status').first()).toContainText('Taken back');
    await expect(cards).toHaveCount(2);

    await page.getByRole('button', { name: /^Archive all/ }).click();
    await page.getByRole('link', { name: /^archived/ }).click();
    await expect(cards).toHaveCount(2);
    await page.getByRole('button', { name: /^Take all back/ }).click();
    await page.getByRole('link', { name: /^delayed/ }).click();
    await expect(cards).toHaveCount(2);
    await cards.first().getByRole('button', { name: 'Retry' }).click();
    await expect(page.getByRole('status').first()).toContainText('Tried again: 1');
  } finally {
    await silent.stop();
  }
});

test('a webhook is added, posts to it are seen and replayed, and it is paused and removed', async ({ page, server }) => {
  const posts: string[] = [];
  const site = createServer((request, answer) => {
    posts.push(String(request.headers['webhook-id']));
    request.resume().on('end', () => answer.writeHead(204).end());
  });
  await new Promise<void>((ready) => site.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${(site.address() as AddressInfo).port}/events`;
  try {
    await signIn(page, server);
    await page.goto('/admin/clients/partner/webhooks');
    await page.getByLabel('Add an address').fill('https://user:secret@example.org/');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Nothing was done');
    await page.goto('/admin/clients/partner/webhooks');
    await page.getByLabel('Add an address').fill(url);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const secret = await page.getByRole('status').locator('code').innerText();
    expect(secret).toMatch(/^whsec_/);

    await server.apply(newPeople());
    const taken = page.getByRole('row', { name: /Submitted/ }).filter({ hasText: 'taken' });
    await expect(async () => {
      await page.goto('/admin/clients/partner/webhooks');
      await expect(taken.first()).toBeVisible({ timeout: 2_000 });
    }).toPass();
    await lookAt(page, 'admin-webhooks-posts-en');
    const before = posts.length;
    await taken.first().getByRole('button', { name: 'Replay' }).click();
    await expect(page.getByRole('status').first()).toContainText('Posted again: 1');
    await expect(async () => expect(posts.length).toBeGreaterThan(before)).toPass();
    expect(posts.slice(0, before)).toContain(posts[posts.length - 1]);

    const hook = page.getByRole('region', { name: url });
    await hook.getByRole('button', { name: 'New secret' }).click();
    expect(await page.getByRole('status').locator('code').innerText()).not.toBe(secret);
    await hook.getByRole('button', { name: 'Pause' }).click();
    await expect(hook).toContainText('paused');
    await hook.getByRole('button', { name: 'Resume' }).click();
    await expect(hook).not.toContainText('paused');
    await hook.getByRole('button', { name: 'Remove' }).click();
    await expect(hook).toHaveCount(0);
  } finally {
    site.close();
  }
});

test('applications are downloaded, and the download is in the list of acts', async ({ page, server }) => {
  const people = newPeople();
  await signIn(page, server);
  await happened(page, await server.apply(people), 'SentToEmployer');
  await page.goto('/admin/exports');
  await page.getByLabel('Platform', { exact: true }).selectOption('partner');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Applications, CSV' }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/\.csv$/);
  expect(await readFile((await download.path()) ?? '', 'utf8')).toContain(people.candidate);
  await page.goto('/admin/acts');
  await expect(page.getByRole('row', { name: /export/ }).first()).toContainText('admin@postulo.example');
});

test('a colleague is added, sets a second factor, signs in with it, and is shut out', async ({ page, server, newContext }) => {
  const email = `support-${Date.now()}@postulo.example`;
  await signIn(page, server);
  await page.goto('/admin/operators');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Role', { exact: true }).selectOption('support');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  const password = await page.getByRole('status').locator('code').innerText();

  const context = await newContext();
  const theirs = await context.newPage();
  await signIn(theirs, server, { email, password });
  await expect(theirs.getByRole('link', { name: 'Operators' })).toHaveCount(0);
  expect((await theirs.goto('/admin/operators'))?.status()).toBe(403);
  await theirs.goto('/admin/account');
  await theirs.getByRole('link', { name: 'Set it up' }).click();
  const app = new TOTP({ secret: await theirs.locator('ol code').innerText() });
  await theirs.getByLabel('Code', { exact: true }).fill('000000');
  await theirs.getByRole('button', { name: 'Set it up' }).click();
  await expect(theirs.getByRole('alert')).toContainText('This is not the code');
  await theirs.getByLabel('Code', { exact: true }).fill(app.generate());
  await theirs.getByLabel('Present password').fill('guessed guessed');
  await theirs.getByRole('button', { name: 'Set it up' }).click();
  await expect(theirs.getByRole('alert')).toContainText('present password');
  await lookAt(theirs, 'admin-second-factor-refused-en');
  await theirs.getByLabel('Code', { exact: true }).fill(app.generate());
  await theirs.getByLabel('Present password').fill(password);
  await theirs.getByRole('button', { name: 'Set it up' }).click();
  await expect(theirs.getByRole('status')).toContainText('The second factor is set');

  await theirs.locator('form[action="/admin/sign-out"] button').first().click();
  await signIn(theirs, server, { email, password }, /sign-in\/code/);
  await lookAt(theirs, 'admin-code-en');
  // The code that set it up counts once: the next one is good already.
  await theirs.locator('#code').fill(app.generate({ timestamp: Date.now() + 30_000 }));
  await theirs.getByRole('button', { name: 'Continue' }).click();
  await expect(theirs).toHaveURL(/\/admin$/);
  await theirs.goto('/admin/account');
  await lookAt(theirs, 'admin-account-factor-en');
  await theirs.getByLabel('Present password').fill(password);
  await theirs.getByLabel('New password').fill('several words do well');
  await theirs.getByRole('button', { name: 'Change', exact: true }).click();
  await expect(theirs.getByRole('alert')).toContainText('code is not right');

  await page.goto('/admin/operators');
  const row = page.getByRole('region', { name: email });
  await row.getByRole('combobox').selectOption('analyst');
  await row.getByRole('button', { name: 'Change the role' }).click();
  await expect(row).toContainText('analyst');
  await row.getByRole('button', { name: 'Remove the second factor' }).click();
  await signIn(theirs, server, { email, password });
  await theirs.goto('/admin/account');
  for (const [next, told] of [['aaaaaaaaaaaa', 'tried first'], [email, 'holds your address']]) {
    await theirs.getByLabel('Present password').fill(password);
    await theirs.getByLabel('New password').fill(next);
    await theirs.getByRole('button', { name: 'Change', exact: true }).click();
    await expect(theirs.getByRole('alert')).toContainText(told);
  }
  await theirs.getByLabel('Present password').fill(password);
  await theirs.getByLabel('New password').fill('several words do well');
  await theirs.getByRole('button', { name: 'Change', exact: true }).click();
  await expect(theirs).toHaveURL(/sign-in/);
  await signIn(theirs, server, { email, password: 'several words do well' });
  await row.getByRole('button', { name: 'Disable' }).click();
  await theirs.goto('/admin');
  await expect(theirs).toHaveURL(/sign-in/);
});
