import { type People, newPeople } from './support/candidate.ts';
import { Mailbox, calendar, follow, header } from './support/mailbox.ts';
import { Server } from './support/server.ts';
import { expect, test } from './support/test.ts';
import type { Page } from '@playwright/test';

/** A day a month ahead, as a form takes it: far from every clock change of the test's own day. */
function dayAhead(): string {
  return new Date(Date.now() + 30 * 24 * 3600 * 1000).toISOString().slice(0, 10);
}

/** The recruiter reads the application's e-mail and presses one of its buttons. */
async function openAnswer(page: Page, people: People, button: string): Promise<Page> {
  await new Mailbox(page).open(people.employer, 'Candidature');
  const opened = await follow(page, button);
  await expect(opened.getByRole('heading', { level: 1 })).toHaveText(button);
  return opened;
}

async function fillInterview(page: Page): Promise<void> {
  await page.getByLabel('Sur place').check();
  await page.getByLabel('Date', { exact: true }).fill(dayAhead());
  await page.getByLabel('Heure', { exact: true }).fill('14:30');
  await page.getByLabel('Votre nom').fill('Dominique Dupont');
  await page.getByLabel('Adresse').fill('3 place du Marché, 75011 Paris');
  await page.getByLabel('Votre message').fill('Venez avec vos questions.');
}

const preview = (page: Page) => page.getByRole('button', { name: 'Voir l’e-mail avant envoi' }).click();

test('the recruiter proposes an interview, looks at it, changes it and sends it', async ({ page, server }) => {
  const people = newPeople();
  await server.apply(people);
  const recruiter = await openAnswer(page, people, 'Proposer un entretien');
  await fillInterview(recruiter);
  await preview(recruiter);

  await expect(recruiter.getByRole('heading', { level: 1 })).toHaveText('Voici l’e-mail qui partira');
  const shown = recruiter.frameLocator('iframe.email').locator('body');
  await expect(shown).toContainText('14 h 30');
  await expect(shown).toContainText('Venez avec vos questions.');

  await recruiter.getByRole('button', { name: 'Modifier' }).click();
  await expect(recruiter.getByLabel('Sur place')).toBeChecked();
  await expect(recruiter.getByLabel('Date', { exact: true })).toHaveValue(dayAhead());
  await expect(recruiter.getByLabel('Votre nom')).toHaveValue('Dominique Dupont');
  await expect(recruiter.getByLabel('Votre message')).toHaveValue('Venez avec vos questions.');
  await recruiter.getByLabel('Heure', { exact: true }).fill('16:00');
  await preview(recruiter);
  await expect(recruiter.frameLocator('iframe.email').locator('body')).toContainText('16 h');
  const subject = await recruiter.locator('dl.facts dd').nth(1).innerText();
  const text = await recruiter.locator('details pre').textContent();
  await recruiter.getByRole('button', { name: 'Envoyer la proposition' }).click();
  await expect(recruiter.getByRole('heading', { level: 1 })).toHaveText('Votre réponse est enregistrée');

  const message = await new Mailbox(page).open(people.candidate, 'Entretien proposé');
  expect(message.email.subject).toBe(subject);
  expect(message.email.text).toContain('16 h');
  // The preview is the very e-mail, but for the candidate's own link and the invitation.
  const lines = (from: string) => from.split(/\r?\n/).filter((line) => line.trim() && !/https?:|invitation/i.test(line));
  expect(lines(message.email.text ?? '')).toEqual(lines((text ?? '').replace(/[\u00a0\u202f]/g, ' ')));

  const invitation = calendar(message);
  expect(invitation).toContain('METHOD:REQUEST');
  expect(invitation).toContain(`DTSTART;TZID=Europe/Paris:${dayAhead().replaceAll('-', '')}T160000`);
  expect(invitation).toContain('BEGIN:VTIMEZONE');
  expect(invitation).toContain(`mailto:${people.candidate}`);
  expect(message.raw).toMatch(/text\/calendar; method=REQUEST/i);
  expect(header(message, 'auto-submitted')).toBe('auto-generated');
});

test('the recruiter asks for information, and may still answer again', async ({ page, server }) => {
  const people = newPeople();
  await server.apply(people);
  const recruiter = await openAnswer(page, people, 'Demander des informations');
  await recruiter.getByLabel('Que souhaitez-vous savoir').fill('Avez-vous le permis B ?');
  await recruiter.getByLabel('Votre nom').fill('Dominique Dupont');
  await recruiter.getByLabel('E-mail').fill('dominique@boulangerie.example');
  await preview(recruiter);
  await recruiter.getByRole('button', { name: 'Envoyer la demande' }).click();
  await expect(recruiter.getByRole('heading', { level: 1 })).toHaveText('Votre réponse est enregistrée');
  const message = await new Mailbox(page).open(people.candidate, 'Informations demandées');
  expect(message.email.text).toContain('Avez-vous le permis B ?');
  expect(message.email.replyTo?.[0]).toMatchObject({ address: 'dominique@boulangerie.example' });
  await openAnswer(page, people, 'Proposer un entretien');
});

test('the recruiter declines, and is told so when the link is opened again', async ({ page, server }) => {
  const people = newPeople();
  await server.apply(people);
  const recruiter = await openAnswer(page, people, 'Ne pas donner suite');
  for (const reason of await recruiter.getByRole('radio').all()) await expect(reason).not.toBeChecked();
  await preview(recruiter);
  await expect(recruiter.getByRole('alert')).toContainText('Il y a un problème');
  await recruiter.getByLabel('L’expérience ne correspond pas').check();
  await recruiter.getByLabel('Votre message').fill('Merci de votre intérêt.');
  await preview(recruiter);
  await recruiter.getByRole('button', { name: 'Envoyer le refus' }).click();
  await expect(recruiter.getByRole('heading', { level: 1 })).toHaveText('Votre réponse est enregistrée');

  const message = await new Mailbox(page).open(people.candidate, 'Réponse à votre candidature');
  expect(message.email.text).toContain('Merci de votre intérêt.');
  await new Mailbox(page).open(people.employer, 'Candidature');
  const again = await follow(page, 'Annoncer une embauche');
  await expect(again.getByRole('heading', { level: 1 })).toHaveText('Déjà répondu');
  await expect(again.getByRole('main')).toContainText('Réponse négative');
  await expect(again.getByRole('main')).toContainText('Ce que vous pouvez encore faire');
});

test('the recruiter announces a hire only after confirming it', async ({ page, server }) => {
  const people = newPeople();
  await server.apply(people);
  const recruiter = await openAnswer(page, people, 'Annoncer une embauche');
  await preview(recruiter);
  await expect(recruiter.getByRole('alert')).toContainText('Cochez la case');
  await recruiter.getByLabel('Je confirme').check();
  await preview(recruiter);
  await recruiter.getByRole('button', { name: 'Envoyer la bonne nouvelle' }).click();
  await expect(recruiter.getByRole('heading', { level: 1 })).toHaveText('Votre réponse est enregistrée');
  const message = await new Mailbox(page).open(people.candidate, 'Candidature retenue');
  expect(message.email.text).toContain('Félicitations');
});

test('errors name the fields and keep what was typed', async ({ page, server }) => {
  const people = newPeople();
  await server.apply(people);
  const recruiter = await openAnswer(page, people, 'Proposer un entretien');
  await recruiter.getByLabel('Date', { exact: true }).fill('2020-01-01');
  await recruiter.getByLabel('Heure', { exact: true }).fill('10:00');
  await recruiter.getByLabel('Votre message').fill('À bientôt.');
  await preview(recruiter);
  const summary = recruiter.getByRole('alert');
  await expect(summary).toContainText('Cette date est passée');
  await expect(summary).toContainText('au moins un moyen de vous joindre');
  await expect(recruiter.getByLabel('Votre message')).toHaveValue('À bientôt.');
  await summary.getByRole('link', { name: 'Cette date est passée' }).click();
  await expect(recruiter.getByLabel('Date', { exact: true })).toBeFocused();
});

test('opening links changes nothing', async ({ page, server }) => {
  const people = newPeople();
  await server.apply(people);
  const message = await new Mailbox(page).open(people.employer, 'Candidature');
  for (const link of message.links.filter((one) => one.includes('/r/'))) {
    await page.goto(link);
    await page.request.head(link);
  }
  await page.goto(message.links.find((one) => /\/r\/[^/]+$/.test(one)) ?? '');
  await expect(page.getByRole('main')).not.toContainText('Déjà répondu');
  await expect(page.getByRole('navigation', { name: 'Répondre' }).getByRole('link')).toHaveCount(4);
});

test('the recruiter opens the attachment as it was sent', async ({ page, server }) => {
  const people = newPeople();
  await server.apply(people);
  const message = await new Mailbox(page).open(people.employer, 'Candidature');
  await page.goto(message.links.find((one) => /\/r\/[^/]+$/.test(one)) ?? '');
  const file = page.getByRole('link', { name: 'CV Camille Martin.pdf' });
  const answer = await page.request.get((await file.getAttribute('href')) ?? '');
  expect((await answer.body()).subarray(0, 5).toString()).toBe('%PDF-');
});

test('an answer that is taken back is never sent', async ({ newContext, guard }) => {
  const server = await Server.start(600);
  guard.allow(server.url);
  try {
    const context = await newContext({ baseURL: server.url });
    const page = await context.newPage();
    const people = newPeople();
    await server.apply(people);
    const recruiter = await openAnswer(page, people, 'Ne pas donner suite');
    await recruiter.getByLabel('Aucun motif indiqué').check();
    await preview(recruiter);
    await recruiter.getByRole('button', { name: 'Envoyer le refus' }).click();
    await expect(recruiter.getByRole('button', { name: 'Annuler cette réponse' })).toBeVisible();
    await new Mailbox(page).open(people.employer, 'Réponse enregistrée');
    const undo = await follow(page, 'Annuler cette réponse');
    await expect(undo.getByRole('heading', { level: 1 })).toHaveText('Annuler cette réponse ?');
    await undo.getByRole('button', { name: 'Annuler cette réponse' }).click();
    await expect(undo.getByRole('main')).toContainText(/annulée/);
    await openAnswer(page, people, 'Annoncer une embauche');
    await page.goto('/dev/mailbox');
    await expect(page.locator('ul.mails li').filter({ hasText: people.candidate })).toHaveCount(0);
  } finally {
    await server.stop();
  }
});
