/** Work permits as those who follow them and those who are shown one meet them, in a browser. */
import { Demarches } from './support/demarches.ts';
import { lookAt } from './support/look.ts';
import { signIn } from './support/operator.ts';
import { Server } from './support/server.ts';
import { expect, test } from './support/test.ts';

test.use({ locale: 'en-GB' });

/** A day, so many from today. */
function day(from: number): string {
  return new Date(Date.now() + from * 86_400_000).toISOString().slice(0, 10);
}

function french(text: string): string {
  return text.split('-').reverse().join('/');
}

test('a dossier arrives, is found among those that end soon, its slip is printed, and a citizen checks it', async ({ page, guard, context }) => {
  const demarches = await Demarches.start();
  const server = await Server.start(0, {
    POSTULO_PERMITS_URL: demarches.url,
    POSTULO_PERMITS_TOKEN: 'secret',
    POSTULO_PERMITS_PROCEDURES: '3272',
  });
  guard.allow(server.url);
  try {
    await signIn(page, server);
    await page.goto(`${server.url}/admin/permits`);
    await expect(page.getByRole('status')).toContainText('No dossier fits');
    await lookAt(page, 'admin-permits-empty-en');

    const ends = day(20);
    await demarches.tell({
      change: [
        { number: 44950, state: 'closed', name: 'Martin', from: day(-40), to: ends },
        { number: 44951, state: 'received', name: 'Durand', department: '13 - Bouches-du-Rhône' },
        { number: 44952, state: 'closed', name: 'Petit', from: day(-400), to: day(-35) },
        { number: 44953, state: 'refused', name: 'Leroy' },
      ],
      break: { 44951: 'state' },
    });
    const printed = await server.run('permits', 'sync');
    expect(printed).toContain('4 - number of dossiers checked');
    expect(printed).toContain('Done.');

    await expect(async () => {
      await page.goto(`${server.url}/admin/permits`);
      await expect(page.getByRole('link', { name: '44950' })).toBeVisible({ timeout: 2_000 });
    }).toPass();
    await lookAt(page, 'admin-permits-en');
    await page.getByLabel('End of the permit').selectOption('30');
    await page.getByRole('button', { name: 'Show', exact: true }).click();
    await expect(page.getByRole('link', { name: '44950' })).toBeVisible();
    await expect(page.getByRole('link', { name: '44952' })).toHaveCount(0);
    await page.getByRole('link', { name: '44950' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Dossier 44950');
    await expect(page.locator('main')).toContainText(french(ends));
    await lookAt(page, 'admin-permit-en');

    for (const [link, heading, name] of [
      ['Prefecture follow-up', 'Prefecture follow-up', 'admin-permits-follow-up-en'],
      ['In trouble', 'In trouble', 'admin-permits-trouble-en'],
      ['Not read', 'Not read', 'admin-permits-not-read-en'],
    ]) {
      await page.getByRole('navigation').getByRole('link', { name: link, exact: true }).click();
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(heading);
      await lookAt(page, name);
    }
    await expect(page.getByRole('row', { name: /44951/ })).toBeVisible();

    await page.goto(`${server.url}/admin/permits?text=44950`);
    await page.getByRole('link', { name: 'Print the slip' }).click();
    await lookAt(page, 'permit-slip-en');
    await expect(page.locator('svg').first()).toBeVisible();
    const [slip] = /http\S+\/permits\/slip\/\S+/.exec(await page.locator('main').innerText()) ?? [];
    expect(slip).toBeTruthy();

    const citizen = await context.browser()!.newContext({ locale: 'fr-FR' });
    const shown = await citizen.newPage();
    await shown.goto(slip!);
    await expect(shown.locator('main')).toContainText(french(ends).slice(0, 2));
    await expect(shown.locator('body')).not.toContainText('Martin');
    await lookAt(shown, 'permit-slip-checked-fr');
    const check = async (born: [string, string, string]) => {
      await shown.goto(`${server.url}/permits/check`);
      const fields = shown.getByRole('textbox');
      for (const [nth, text] of ['44950', ...born].entries()) await fields.nth(nth).fill(text);
      await shown.keyboard.press('Enter');
      await expect(shown.locator('main')).not.toContainText('Martin');
    };
    await check(['20', '12', '1998']);
    await expect(shown.locator('main')).toContainText('*a****');
    await lookAt(shown, 'permit-valid-fr');
    const valid = await shown.locator('h1').innerText();
    await check(['21', '12', '1998']);
    await expect(shown.locator('main')).not.toContainText('*a****');
    expect(await shown.locator('h1').innerText()).not.toBe(valid);
    await lookAt(shown, 'permit-invalid-fr');
    await citizen.close();
  } finally {
    await server.stop();
    await demarches.stop();
  }
});
