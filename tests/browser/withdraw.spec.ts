import { newPeople } from './support/candidate.ts';
import { Mailbox, follow } from './support/mailbox.ts';
import { expect, test } from './support/test.ts';

test('the candidate follows the application and withdraws it', async ({ page, server }) => {
  const people = newPeople();
  await server.apply(people, { send_confirmation: true });
  await new Mailbox(page).open(people.candidate, 'Votre candidature');
  const candidate = await follow(page, 'Suivre ma candidature');
  await expect(candidate.getByRole('heading', { level: 1 })).toHaveText('Votre candidature');
  await expect(candidate.getByRole('main')).toContainText('Votre fournil me plaît.');
  await candidate.getByRole('link', { name: 'Retirer ma candidature' }).click();
  await candidate.getByLabel('Pourquoi').fill('J’ai trouvé un autre poste.');
  await candidate.getByRole('button', { name: 'Retirer ma candidature' }).click();
  await expect(candidate.getByRole('status')).toHaveText('Votre candidature est retirée.');
  await expect(candidate.getByRole('link', { name: 'Retirer ma candidature' })).toHaveCount(0);

  const employer = await new Mailbox(page).open(people.employer, 'Candidature d');
  await page.goto(employer.links.find((one) => one.endsWith('/interview')) ?? '');
  await expect(page.getByRole('main')).toContainText('a été retirée');
  await expect(page.getByRole('button')).toHaveCount(0);
});
