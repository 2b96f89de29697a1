/** The space of a candidate in a browser: what was sent is there by itself, what is added moves and is found again. */
import { readFile } from 'node:fs/promises';
import { PASSWORD, confirm, newAddress, register } from './support/account.ts';
import { newPeople } from './support/candidate.ts';
import { cv } from './support/documents.ts';
import { lookAt } from './support/look.ts';
import { expect, test } from './support/test.ts';

/** Yesterday where people are, as a date control takes it. */
function yesterday(): string {
  return new Date(Date.now() - 86_400_000).toLocaleDateString('sv-SE', { timeZone: 'Europe/Paris' });
}

test('a candidate’s day: what was sent is there, one is added, moved, looked for, and taken away', async ({ page, server }) => {
  const address = newAddress();
  await server.apply({ ...newPeople(), candidate: address });
  await register(page, address);
  await expect(page.getByRole('heading', { name: 'Vos candidatures seront ici' })).toBeVisible();
  await lookAt(page, 'space-empty');
  await confirm(page, address);

  await test.step('the application that Postulo sent is on the board, and stays where it is', async () => {
    await page.getByRole('link', { name: 'Tableau', exact: true }).click();
    const card = page.getByRole('listitem').filter({ hasText: 'Envoyée par Postulo' });
    await expect(card).toContainText('Boulanger (H/F)');
    await expect(card.getByRole('button')).toHaveCount(0);
  });

  await test.step('one is added, what is missing is told beside its field', async () => {
    await page.getByRole('link', { name: 'Ajouter une candidature' }).click();
    await page.getByRole('button', { name: 'Ajouter cette candidature' }).click();
    await expect(page.getByRole('alert').getByRole('link')).toHaveCount(2);
    await page.getByRole('textbox', { name: 'Poste' }).fill('Médiatrice');
    await page.getByRole('textbox', { name: 'Entreprise' }).fill('Musée des Marées');
    await page.getByRole('textbox', { name: 'Annonce' }).fill(`${server.url}/dev/jobs/8`);
    await page.getByRole('textbox', { name: 'Nouvelle note' }).fill('Vue par Zoé');
    await page.getByRole('button', { name: 'Ajouter cette candidature' }).click();
    await expect(page.getByRole('status')).toContainText('Candidature ajoutée');
    await lookAt(page, 'space-application');
  });

  const column = (name: string) => page.getByRole('region', { name: new RegExp(`^${name}`) });
  await test.step('it moves by keyboard, what happens is spoken, and a move is undone', async () => {
    await page.goto('/me/board');
    await lookAt(page, 'space-board');
    const told = page.locator('#board-told');
    await page.getByRole('button', { name: 'Déplacer Médiatrice vers' }).focus();
    await page.keyboard.press('Enter');
    await expect(told).toHaveText('Médiatrice est pris, dans Candidature envoyée.');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await expect(told).toHaveText('Médiatrice au-dessus de Entretien.');
    await page.keyboard.press('Escape');
    await expect(told).toHaveText('Médiatrice est reposé dans Candidature envoyée.');
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('status').filter({ hasText: 'Candidature déplacée' })).toBeVisible();
    await expect(column('Première sélection')).toContainText('Médiatrice');
    await expect(page.getByRole('button', { name: 'Déplacer Médiatrice vers' })).toBeFocused();
    await page.getByRole('button', { name: 'Annuler' }).click();
    await expect(column('Candidature envoyée')).toContainText('Médiatrice');
  });

  await test.step('it moves by drag, and by a list', async () => {
    const card = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: 'Médiatrice' }) });
    await card.dragTo(column('Première sélection'));
    await expect(page.getByRole('status').filter({ hasText: 'Candidature déplacée' })).toBeVisible();
    await expect(column('Première sélection')).toContainText('Médiatrice');
    await card.locator('summary').click();
    await card.getByRole('combobox').selectOption('Entretien');
    await card.getByRole('button', { name: 'Déplacer', exact: true }).click();
    await expect(column('Entretien')).toContainText('Médiatrice');
  });

  await test.step('a task that is late comes first today, until it is done', async () => {
    await page.getByRole('link', { name: 'Médiatrice' }).click();
    await page.getByRole('link', { name: 'Ajouter une tâche' }).click();
    await expect(page.getByText('Pour la candidature')).toContainText('Médiatrice, Musée des Marées');
    await page.getByRole('textbox', { name: 'Ce qui est à faire' }).fill('Préparer l’entretien');
    await page.locator('#due').fill(yesterday());
    await page.getByRole('button', { name: 'Ajouter une tâche' }).click();
    await lookAt(page, 'space-tasks');
    await page.getByRole('link', { name: 'Aujourd’hui', exact: true }).click();
    await expect(page.getByText('en retard')).toBeVisible();
    await lookAt(page, 'space-today');
    await page.getByRole('button', { name: 'Terminer Préparer l’entretien' }).click();
    await expect(page.getByRole('heading', { name: /^Terminées/ })).toBeVisible();
  });

  await test.step('figures, the CV, a search and the file for spreadsheets', async () => {
    await page.goto('/me/figures');
    await lookAt(page, 'space-figures');
    await page.goto('/me/cv');
    await page.locator('#file').setInputFiles(cv);
    await page.getByRole('button', { name: 'Déposer le CV' }).click();
    await expect(page.getByRole('link', { name: cv.name })).toBeVisible();
    await page.getByRole('searchbox').fill('zoé');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('table').getByRole('link')).toHaveText(['Médiatrice']);
    await lookAt(page, 'space-list');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: /CSV/ }).click(),
    ]);
    const csv = await readFile((await download.path()) ?? '', 'utf8');
    expect(csv).toMatch(/Musée des Marées.*Entretien/);
    expect(csv).toContain('Boulanger (H/F)');
  });

  await page.goto('/account/close');
  await page.locator('#present').fill(PASSWORD);
  await page.getByRole('button', { name: /^Fermer mon compte/ }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Votre compte est fermé');
  await page.goto('/me');
  await expect(page).toHaveURL(/\/account\/sign-in/);
});

test.describe('without scripts', () => {
  test.use({ locale: 'en-GB', javaScriptEnabled: false, viewport: { width: 360, height: 740 } });

  test('one is added, moved, noted, put away and brought back', async ({ page }) => {
    await register(page, newAddress());
    await page.getByRole('link', { name: 'Add an application' }).first().click();
    await page.getByLabel('Job').fill('Baker');
    await page.getByLabel('Company').fill('Brume');
    await page.getByRole('button', { name: 'Add this application' }).click();
    await expect(page.getByRole('status')).toContainText('added');
    await page.goto('/me/board');
    await page.locator('.board-card summary').click();
    await page.locator('.board-card select').selectOption('Interview');
    await page.locator('.board-card').getByRole('button', { name: 'Move' }).click();
    await expect(page.locator('[data-status=interview]')).toContainText('Baker');
    await page.getByRole('link', { name: 'Baker' }).click();
    await page.getByLabel('New note').fill('Ask for Zoé');
    await page.getByRole('button', { name: 'Add the note' }).click();
    await expect(page.locator('#notes')).toContainText('Ask for Zoé');
    await page.getByRole('button', { name: 'Delete' }).last().click();
    await page.goto('/me/put-away');
    await page.getByRole('button', { name: 'Restore Baker' }).click();
    await page.goto('/me/applications');
    await expect(page.getByRole('link', { name: 'Baker' })).toBeVisible();
  });
});
