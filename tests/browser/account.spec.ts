/** A candidate's account in a browser: from registering to closing it. */
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { TOTP } from 'otpauth';
import { PASSWORD, newAddress, register } from './support/account.ts';
import { lookAt } from './support/look.ts';
import { Mailbox, follow } from './support/mailbox.ts';
import { expect, test } from './support/test.ts';

const ANOTHER = 'seven lamps above the river';

test.use({ locale: 'en-GB' });

async function signIn(page: Page, name: string, password: string): Promise<void> {
  await page.goto('/account/sign-in');
  await page.getByLabel('Email address or user name').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

test('somebody registers, is told what is wrong with a password, and confirms the address', async ({ page }) => {
  const address = newAddress();
  await page.goto('/account/register');
  await lookAt(page, 'account-register-en');
  // Nothing but the keyboard.
  await page.getByLabel('Email address').focus();
  await page.keyboard.type('camille@');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Camille Martin');
  await page.keyboard.press('Tab');
  await page.keyboard.type('azerty');
  const said = page.locator('.strength');
  await expect(said).toContainText('9 more characters');
  await page.getByLabel('Show the password').check();
  await expect(page.locator('#password')).toHaveAttribute('type', 'text');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'There is a problem' })).toBeVisible();
  await expect(page.getByLabel('Your name')).toHaveValue('Camille Martin');
  await lookAt(page, 'account-register-wrong-en');
  await page.getByRole('alert').getByRole('link', { name: /^Email address/ }).click();
  await expect(page.locator('#email')).toBeFocused();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type(address);
  await page.locator('#password').fill('Camille Martin likes it here');
  await expect(said).toContainText('your name');
  await page.locator('#password').fill(PASSWORD);
  await expect(said).toContainText(/good/i);
  await lookAt(page, 'account-register-strength-en');
  await page.getByRole('button', { name: 'Create my account' }).click();
  await expect(page.getByText('Confirm your address')).toBeVisible();
  await lookAt(page, 'account-unconfirmed-en');

  await new Mailbox(page).open(address, /confirm/i);
  await follow(page, /confirm/i);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Confirm your address');
  await lookAt(page, 'account-confirm-en');
  const link = page.url();
  await page.getByRole('button', { name: 'Confirm the address' }).click();
  await expect(page.getByRole('status')).toContainText('belongs to your account');
  await page.goto('/account');
  await expect(page.getByText('Confirm your address')).toHaveCount(0);
  await expect(page.locator('#address')).toContainText('confirmed');
  await lookAt(page, 'account-en');
  // The link serves once.
  const again = await page.goto(link);
  expect(again?.status()).toBe(410);
});

test('a forgotten password is replaced, a second factor is set up and asked for, and the account is closed', async ({ page, newContext }) => {
  const address = newAddress();
  await register(page, address);
  // A phone that stays signed in, until the password changes.
  const phone = await (await newContext()).newPage();
  await signIn(phone, address, PASSWORD);
  await expect(phone.getByText('Confirm your address')).toBeVisible();
  await page.goto('/account/sessions');
  await expect(page.getByRole('button', { name: /^End this one/ })).toHaveCount(1);
  await expect(page.getByRole('listitem').filter({ hasText: 'Chrome on Linux' })).toHaveCount(2);
  await lookAt(page, 'account-sessions-en');

  await page.setViewportSize({ width: 1280, height: 900 });
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/account\/sign-in$/);
  await lookAt(page, 'account-sign-in-en');
  await signIn(page, address, 'a wrong password');
  await expect(page.getByRole('alert')).toContainText('do not open an account');
  await lookAt(page, 'account-sign-in-wrong-en');
  await page.getByRole('link', { name: 'Forgotten your password?' }).click();
  await lookAt(page, 'account-forgotten-en');
  await page.getByLabel('Email address or user name').fill(address);
  await page.getByRole('button', { name: 'Send the link' }).click();
  await expect(page.getByRole('status')).toContainText('a letter leaves now');
  await lookAt(page, 'account-forgotten-asked-en');
  await new Mailbox(page).open(address, /password/i);
  await follow(page, /password/i);
  await lookAt(page, 'account-reset-en');
  await page.getByLabel('New password').fill(ANOTHER);
  await page.getByRole('button', { name: 'Keep this password' }).click();
  await expect(page.getByRole('status')).toContainText('Your password is changed');
  await phone.goto('/account');
  await expect(phone).toHaveURL(/\/account\/sign-in/);

  await signIn(page, address, ANOTHER);
  await page.goto('/account/second-factor');
  await lookAt(page, 'account-second-factor-en');
  const secret = (await page.locator('ol code').innerText()).replaceAll(' ', '');
  const app = new TOTP({ secret });
  await page.getByLabel('The code of your app').fill(app.generate());
  await page.getByLabel('Present password').fill('a wrong password');
  await page.getByRole('button', { name: 'Set it up' }).click();
  await expect(page.locator('#present-error')).toContainText('not right');
  await lookAt(page, 'account-second-factor-wrong-en');
  await page.getByLabel('The code of your app').fill(app.generate());
  await page.getByLabel('Present password').fill(ANOTHER);
  await page.getByRole('button', { name: 'Set it up' }).click();
  await expect(page.getByRole('status')).toContainText('The second factor is set');

  await page.getByRole('button', { name: 'Sign out' }).click();
  await signIn(page, address, ANOTHER);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign-in code');
  await lookAt(page, 'account-code-en');
  await page.getByLabel('The code of your app').fill('000000');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('alert')).toContainText('not the code');
  // Each code counts once: the next one.
  await page.getByLabel('The code of your app').fill(app.generate({ timestamp: Date.now() + 30_000 }));
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.goto('/account/data');
  await lookAt(page, 'account-data-en');
  await page.goto('/account/close');
  await lookAt(page, 'account-close-en');
  await page.getByLabel('Present password').fill(ANOTHER);
  await page.getByLabel('Present code').fill('000000');
  await page.getByRole('button', { name: /^Close my account/ }).click();
  await expect(page.locator('#present-error')).toContainText('or the code is not right');
});

test('an address that is confirmed in a browser that is not signed in asks for another password', async ({ page, newContext }) => {
  const address = newAddress();
  await register(page, address);
  const phone = await (await newContext()).newPage();
  await new Mailbox(phone).open(address, /confirm/i);
  await follow(phone, /confirm/i);
  await expect(phone.getByText('The account is that of Camille Martin')).toBeVisible();
  await lookAt(phone, 'account-confirm-elsewhere-en');
  await phone.getByRole('button', { name: 'Confirm the address' }).click();
  await expect(phone.getByRole('status')).toContainText('belongs to your account');
  await lookAt(phone, 'account-confirmed-elsewhere-en');
  await phone.getByRole('link', { name: 'Choose a password' }).click();
  await phone.getByLabel('New password').fill(ANOTHER);
  await phone.getByRole('button', { name: 'Keep this password' }).click();
  await expect(phone.getByRole('status')).toContainText('Your password is changed');
  await page.goto('/account');
  await expect(page).toHaveURL(/\/account\/sign-in/);
  await signIn(phone, address, ANOTHER);
  await expect(phone).toHaveURL(/\/me$/);
});

test('one keeps a copy of what is kept, and closes the account', async ({ page }) => {
  const address = newAddress();
  await register(page, address);
  await page.goto('/account/data');
  await page.getByLabel('Present password').fill(PASSWORD);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download the archive' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('postulo-data.zip');
  expect((await readFile((await download.path()) ?? '')).subarray(0, 2).toString()).toBe('PK');
  await page.goto('/account/close');
  await page.getByLabel('Present password').fill(PASSWORD);
  await page.getByRole('button', { name: /^Close my account/ }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your account is closed');
  await lookAt(page, 'account-closed-en');
  await signIn(page, address, PASSWORD);
  await expect(page.getByRole('alert')).toContainText('do not open an account');
});

test.describe('in French and without scripts', () => {
  test.use({ locale: 'fr-FR', javaScriptEnabled: false });

  test('somebody registers, signs in and changes the password', async ({ page }) => {
    const address = newAddress();
    await page.goto('/account/register');
    await page.getByLabel('Adresse e-mail').fill(address);
    await page.getByLabel('Mot de passe', { exact: true }).fill('azertyuiop azertyuiop');
    await page.getByRole('button', { name: 'Créer mon compte' }).click();
    await expect(page.locator('#password-error')).toContainText('Trop facile à deviner');
    await page.getByLabel('Mot de passe', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Créer mon compte' }).click();
    await expect(page.getByText('Confirmez votre adresse')).toBeVisible();
    await page.goto('/account/password');
    await page.getByLabel('Mot de passe actuel').fill(PASSWORD);
    await page.getByLabel('Nouveau mot de passe').fill(ANOTHER);
    await page.getByRole('button', { name: 'Changer le mot de passe' }).click();
    await expect(page.getByRole('status').first()).toContainText('enregistré');
    await page.getByRole('combobox', { name: 'Langue' }).selectOption('en');
    await page.getByRole('button', { name: 'Enregistrer' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('My account');
  });
});
