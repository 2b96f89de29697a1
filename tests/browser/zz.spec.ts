import { newPeople } from './support/candidate.ts';
import { Mailbox } from './support/mailbox.ts';
import { test } from './support/test.ts';
test('dbg', async ({ page, server }) => {
  const people = newPeople();
  await server.apply(people);
  page.on('console', m => console.log('C', m.text()));
  page.on('framenavigated', f => console.log('N', f.url()));
  page.on('popup', p => console.log('P', p.url()));
  page.on('requestfailed', r => console.log('F', r.url(), r.failure()?.errorText));
  const m = await new Mailbox(page).open(people.employer, 'Candidature');
  console.log(m.email.html!.slice(0, 300), m.email.html!.match(/<a [^>]*interview[^>]*>/)?.[0]);
  const l = page.frameLocator('iframe.email').getByRole('link', { name: 'Proposer un entretien' });
  console.log(await l.count(), await l.first().evaluate(e => e.outerHTML));
  await l.first().click();
  await page.waitForTimeout(1500);
  console.log(page.url(), page.context().pages().map(p => p.url()));
});
