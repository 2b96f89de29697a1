/**
 * A candidate's days in a browser: what was sent a week ago is on the board, one is added and moved, a letter with new
 * offers comes in the morning and leads to one that is applied for, letters end by one click, a signed list is made
 * and checked, and the account is closed.
 */
import { readFile } from 'node:fs/promises';
import { type FrameLocator, type Page } from '@playwright/test';
import { PASSWORD, confirm, newAddress, register } from './support/account.ts';
import { DemoPage, newPeople } from './support/candidate.ts';
import { cv } from './support/documents.ts';
import { lookAt } from './support/look.ts';
import { Mailbox, follow, header } from './support/mailbox.ts';
import { Server } from './support/server.ts';
import { expect, test } from './support/test.ts';

/** Goes through the form with one document, and sees that it was sent. */
async function send(form: FrameLocator): Promise<void> {
  const forward = form.getByRole('button', { name: 'Continuer' });
  await forward.click();
  await expect(form.getByRole('heading', { name: 'Vos documents' })).toBeFocused();
  await form.locator('input[type=file]').setInputFiles(cv);
  await expect(form.locator('#files')).toContainText(cv.name);
  await forward.click();
  await form.getByRole('button', { name: 'Envoyer ma candidature' }).click();
  await expect(form.getByRole('heading', { name: 'Votre candidature est envoyée' })).toBeVisible();
}

/** The sessions of another day may have ended. */
async function open(page: Page, path: string, address: string): Promise<void> {
  await page.goto(path);
  if (!page.url().includes('/account/sign-in')) return;
  await page.locator('#name').fill(address);
  await page.locator('#password').fill(PASSWORD);
  await page.locator('main form button').first().click();
  await page.goto(path);
}

test('a candidate’s days, from the first application to a closed account', async ({ newContext, guard }) => {
  test.slow(); // four starts, and pages that are looked at four times each
  const server = await Server.start();
  guard.allow(server.url);
  try {
    const page = await (await newContext({ baseURL: server.url })).newPage();
    const people = { ...newPeople(), candidate: newAddress() };
    const { candidate } = people;

    await test.step('a week ago: an application by the form of a partner', async () => {
      await server.goTo(-7);
      const demo = await DemoPage.open(page, people);
      await demo.fillDetails();
      await send(demo.form);
      await new Mailbox(page).open(people.employer);
    });

    await test.step('today: an account, and the application is on its board', async () => {
      await server.goTo(0);
      await register(page, candidate);
      await confirm(page, candidate);
      await page.goto('/me/board');
      const card = page.getByRole('listitem').filter({ hasText: 'Envoyée par Postulo' });
      await expect(card).toContainText('Boulanger (H/F)');
    });

    await test.step('one from an address: its description arrives; it moves by keyboard, and has a task', async () => {
      await page.goto('/me/applications/new');
      await page.getByRole('textbox', { name: 'Poste' }).fill('Serveuse de nuit');
      await page.getByRole('textbox', { name: 'Entreprise' }).fill('Galerie des Embruns');
      await page.getByRole('textbox', { name: 'Annonce' }).fill(`${server.url}/dev/jobs/3`);
      await page.getByRole('button', { name: 'Ajouter cette candidature' }).click();
      await expect(page.getByRole('status')).toContainText('Candidature ajoutée');
      const one = page.url().replace(/\?.*/, '');
      await expect(async () => {
        await page.goto(one);
        await expect(page.getByText('Veiller sur soixante résidents')).toBeVisible({ timeout: 1_000 });
      }).toPass();
      await lookAt(page, 'day-described');
      await page.getByRole('link', { name: 'Ajouter une tâche' }).click();
      await page.getByRole('textbox', { name: 'Ce qui est à faire' }).fill('Relire l’annonce');
      await page.getByRole('button', { name: 'Ajouter une tâche' }).click();
      await page.goto('/me/board');
      await page.getByRole('button', { name: 'Déplacer Serveuse de nuit vers' }).focus();
      for (const key of ['Enter', 'ArrowRight', 'ArrowRight', 'Enter']) await page.keyboard.press(key);
      await expect(page.getByRole('region', { name: /^Entretien/ })).toContainText('Serveuse de nuit');
    });

    await test.step('an alert', async () => {
      await page.goto('/me/alerts/new');
      await page.getByLabel('Nom de l’alerte').fill('Pain et pâtisserie');
      await page.getByLabel('Mots-clés').fill('boulanger, pâtissière');
      await page.getByRole('button', { name: 'Créer l’alerte' }).click();
      await expect(page.getByRole('status').first()).toContainText('L’alerte est créée');
      await server.run('seed', '--offers', '120');
      await expect(async () => {
        // More than the sample site has.
        await page.goto('/offers');
        await expect(page.locator('.offers').getByRole('link')).toHaveCount(20, { timeout: 1_000 });
      }).toPass();
    });

    const letter = await test.step('tomorrow: its letter leads to an offer, which is applied for', async () => {
      await server.goTo(1);
      const letter = await new Mailbox(page).open(candidate, 'Pain et pâtisserie');
      await lookAt(page, 'day-letter');
      expect(letter.email.text).toMatch(/boulang|pâtiss/i);
      const offers = letter.links.filter((link) => /\/offers\/[0-9a-f-]{36}$/.test(link));
      expect(offers.length).toBeGreaterThan(0);
      const apply = page.getByRole('link', { name: 'Postuler', exact: true });
      await open(page, '/me', candidate);
      for (const offer of offers) {
        await page.goto(offer);
        if (await apply.isVisible()) break;
      }
      const title = (await page.getByRole('heading', { level: 1 }).textContent()) ?? '';
      await apply.click();
      const form = page.frameLocator('iframe');
      await expect(form.getByRole('heading', { level: 1 })).toBeVisible();
      await expect(form.locator('[name=candidate_email]')).toHaveValue(candidate);
      await form.locator('[name=candidate_first_name]').fill('Camille');
      await form.locator('[name=candidate_last_name]').fill('Martin');
      await form.locator('[name=candidate_phone]').fill('06 12 34 56 78');
      await form.locator('[name=candidate_address]').fill('12 rue des Lilas, 75020 Paris');
      await form.locator('[name=message]').fill('Bonjour,\n\nVotre fournil me plaît.\n\nCamille');
      await send(form);
      await expect(async () => {
        await page.goto('/me/board');
        const card = page.getByRole('listitem').filter({ hasText: 'Envoyée par Postulo' }).filter({ hasText: title });
        await expect(card).toBeVisible({ timeout: 1_000 });
      }).toPass();
      return letter;
    });

    await test.step('one click, and no more letters come', async () => {
      expect(header(letter, 'List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click');
      const stop = header(letter, 'List-Unsubscribe').replace(/^<|>$/g, '');
      const answer = await fetch(stop, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: 'List-Unsubscribe=One-Click',
      });
      expect(answer.status).toBe(200);
      await page.goto('/me/alerts');
      await expect(page.getByRole('switch', { name: 'Pain et pâtisserie' })).toHaveAttribute('aria-checked', 'false');
      await page.goto(letter.url);
      await follow(page, 'Arrêter cette alerte');
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Arrêter cette alerte emploi ?');
      await page.getByRole('button', { name: 'Arrêter l’alerte' }).click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('L’alerte est arrêtée');
    });

    await test.step('the signed list is made and checked, and one altered byte is refused', async () => {
      await page.goto('/me/proof');
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Créer le PDF' }).click(),
      ]);
      const list = await readFile((await download.path()) ?? '');
      const checked = async (buffer: Buffer) => {
        await page.goto('/proof');
        await page.locator('input[type=file]').setInputFiles({ name: 'liste.pdf', mimeType: 'application/pdf', buffer });
        await page.getByRole('button', { name: 'Vérifier' }).click();
      };
      await checked(list);
      await expect(page.getByRole('heading', { name: 'Cette liste est authentique' })).toBeVisible();
      await expect(page.getByRole('main')).toContainText(/envoyées par Postulo\s*2/);
      const altered = Buffer.from(list);
      const at = Math.floor(list.length / 2);
      altered[at] = (altered[at] ?? 0) ^ 1;
      await checked(altered);
      await expect(page.getByRole('heading', { name: 'Ce fichier est refusé' })).toBeVisible();
    });

    await test.step('the account is closed: nothing opens any more, and no file holds the address or what was typed', async () => {
      await page.goto('/account/close');
      await page.locator('#present').fill(PASSWORD);
      await page.getByRole('button', { name: /^Fermer mon compte/ }).click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Votre compte est fermé');
      await page.goto('/me');
      await expect(page).toHaveURL(/\/account\/sign-in/);
      for (const text of [candidate, 'Galerie des Embruns', 'Relire l’annonce', 'Pain et pâtisserie']) {
        expect(await server.filesWith(text), text).toEqual([]);
      }
    });
  } finally {
    await server.stop();
  }
});
