/** A candidate has their data and is forgotten; two operators have somebody forgotten. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { newPeople } from './support/candidate.ts';
import { lookAt } from './support/look.ts';
import { Mailbox, follow } from './support/mailbox.ts';
import { happened, signIn } from './support/operator.ts';
import { expect, test } from './support/test.ts';

test('the candidate asks for their data, has them, asks to be forgotten, and is', async ({ page, server }) => {
  const people = newPeople();
  await server.apply(people, { send_confirmation: true });
  await server.apply(people, { candidate_first_name: 'Dominique', job: 'Pâtissier (H/F)' });
  await new Mailbox(page).open(people.candidate, 'Votre candidature');
  await follow(page, 'Suivre ma candidature');
  const status = page.url();
  await expect(page.getByRole('region', { name: 'Vos données' })).toBeVisible();
  await lookAt(page, 'candidate-status-data');

  await page.getByRole('button', { name: 'Demander une copie de mes données' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Un e-mail est en route');
  await expect(page.getByRole('main')).toContainText('c•••@c•••.example');
  await expect(page.getByRole('main')).not.toContainText(people.candidate);
  await lookAt(page, 'candidate-data-asked');
  await new Mailbox(page).open(people.candidate, 'Vos données');
  await follow(page, 'Voir et télécharger mes données');
  await expect(page.getByRole('checkbox', { name: /^Boulanger \(/ })).toBeChecked();
  await expect(page.getByRole('checkbox', { name: /Pâtissier/ })).toBeChecked();
  await lookAt(page, 'candidate-data');
  await page.getByRole('checkbox', { name: /Pâtissier/ }).uncheck();
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Télécharger' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('postulo-data.zip');
  const folder = await mkdtemp(join(tmpdir(), 'postulo-archive-'));
  try {
    await download.saveAs(join(folder, 'data.zip'));
    await promisify(execFile)('python3', ['-m', 'zipfile', '-e', join(folder, 'data.zip'), folder]);
    const data = JSON.parse(await readFile(join(folder, 'data.json'), 'utf8'));
    expect(data.person.email).toBe(people.candidate);
    expect(data.applications.map((one: { job: string }) => one.job)).toEqual(['Boulanger (H/F)']);
    // The page in it is whole in itself: without the folder, without the network.
    const html = await readFile(join(folder, 'index.html'), 'utf8');
    expect(html).not.toMatch(/https?:|<script/);
    expect(data.applications[0].documents[0].file).toBeTruthy();
    await readFile(join(folder, data.applications[0].documents[0].file));
    const reader = await page.context().newPage();
    await reader.setContent(html);
    await expect(reader.getByRole('heading', { level: 1 })).toHaveText('Vos données');
    await lookAt(reader, 'archive-index');
    await reader.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }

  await page.goto(status);
  await page.getByRole('button', { name: 'Demander l’effacement de mes données' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Un e-mail est en route');
  await new Mailbox(page).open(people.candidate, 'Effacer vos données');
  await follow(page, 'Voir ce qui sera effacé');
  const confirm = page.getByRole('button', { name: 'Effacer mes données' });
  await confirm.click();
  await expect(page.getByRole('alert')).toContainText('Cochez la case pour confirmer.');
  await page.getByRole('alert').getByRole('link').click();
  await expect(page.getByRole('checkbox', { name: /effacées pour toujours/ })).toBeFocused();
  await lookAt(page, 'candidate-data-unconfirmed');
  await page.keyboard.press('Space');
  await page.getByRole('checkbox', { name: /Pâtissier/ }).uncheck();
  await confirm.click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Vos données sont effacées');
  await expect(page.getByRole('main').getByRole('link')).toHaveCount(0);
  await lookAt(page, 'candidate-data-erased');

  const gone = await page.goto(status);
  expect(gone?.status()).toBe(410);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Cette candidature a été effacée');
  await lookAt(page, 'erased');
});

test('one operator asks for somebody to be forgotten, another one agrees', async ({ page, server, newContext }) => {
  const people = newPeople();
  const id = await server.apply(people);
  await signIn(page, server);
  await happened(page, id, 'SentToEmployer');
  await page.goto('/admin/operators');
  const colleague = `soutien.${people.candidate}`;
  await page.locator('#email').fill(colleague);
  await page.locator('#new-role').selectOption('support');
  await page.getByRole('button', { name: 'Ajouter' }).click();
  const password = (await page.getByRole('status').locator('code').innerText()).trim();

  const other = await (await newContext()).newPage();
  await signIn(other, server, { email: colleague, password });
  await other.getByRole('link', { name: 'Personnes' }).click();
  await other.getByLabel('Adresse e-mail').fill('camille');
  await other.getByRole('button', { name: 'Chercher' }).click();
  await expect(other.getByRole('alert')).toContainText('Saisissez une adresse e-mail');
  await other.getByLabel('Adresse e-mail').fill(people.candidate);
  await other.getByRole('button', { name: 'Chercher' }).click();
  await expect(other.getByRole('checkbox', { name: 'Camille Martin' })).toBeChecked();
  expect(other.url()).not.toContain('camille');
  await lookAt(other, 'admin-people');
  const downloading = other.waitForEvent('download');
  await other.getByRole('button', { name: 'Télécharger' }).click();
  expect((await downloading).suggestedFilename()).toBe('postulo-data.zip');
  await other.getByRole('button', { name: 'Demander l’effacement' }).click();
  await expect(other.getByRole('status')).toContainText('attend l’accord');
  await expect(other.getByRole('button', { name: 'Accepter et effacer' })).toHaveCount(0);
  await lookAt(other, 'admin-erasures-own');

  await page.goto('/admin');
  await page.getByRole('link', { name: /qui attendent un second accord/ }).click();
  const request = page.getByRole('region', { name: people.candidate });
  await lookAt(page, 'admin-erasures');
  await request.getByRole('button', { name: 'Accepter et effacer' }).click();
  await expect(page.getByRole('status')).toContainText('Candidatures effacées : 1');
  await expect(request).toHaveCount(0);
  await page.goto(`/admin/applications/${id}`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Candidature effacée');
  await lookAt(page, 'admin-application-erased');
  expect(server.log()).not.toContain(people.candidate);
});
