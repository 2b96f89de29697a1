/** Job offers in a browser: one is looked for, tracked, and applied for. */
import { confirm, newAddress, register } from './support/account.ts';
import { lookAt } from './support/look.ts';
import { expect, test } from './support/test.ts';

test('somebody looks for an offer, tracks it, and applies for it here', async ({ page, server }) => {
  await server.run('seed', '--offers', '120');
  const address = newAddress();
  await page.goto('/offers');
  await expect(page).toHaveURL(/\/account\/sign-in/);
  await register(page, address);
  await confirm(page, address);
  await page.getByRole('link', { name: 'Offres d’emploi' }).click();
  const offers = page.locator('.offers').getByRole('link');
  await expect(async () => {
    await page.goto('/offers?keywords=zzz+introuvable');
    await lookAt(page, 'offers-none');
    await page.getByRole('link', { name: 'Voir toutes les offres' }).click();
    await expect(offers).toHaveCount(20, { timeout: 1_000 });
  }).toPass();

  await page.getByRole('searchbox', { name: 'Métier' }).fill('boulangère');
  await page.getByRole('button', { name: 'Rechercher' }).click();
  await expect(offers.first()).toContainText(/boulang/i);
  await lookAt(page, 'offers');

  const apply = page.getByRole('link', { name: 'Postuler', exact: true });
  for (const to of await offers.evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? ''))) {
    await page.goto(to);
    if (await apply.isVisible()) break;
  }
  await lookAt(page, 'offer');
  const title = (await page.getByRole('heading', { level: 1 }).textContent()) ?? '';
  await page.getByRole('link', { name: 'Suivre cette offre' }).click();
  await expect(page.getByRole('textbox', { name: 'Poste' })).toHaveValue(title);
  await expect(page.getByRole('textbox', { name: 'Entreprise' })).toHaveValue(/\S/);
  await page.getByRole('button', { name: 'Ajouter cette candidature' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
  await expect(page.getByRole('combobox', { name: 'Statut' })).toHaveValue('considered');

  await page.goBack();
  await page.goBack();
  await apply.click();
  const form = page.frameLocator('iframe');
  await expect(form.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(form.getByRole('button').last()).toBeEnabled();
});
