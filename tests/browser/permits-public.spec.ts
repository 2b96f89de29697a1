/** Whoever is shown a work permit checks it: by its number and a date of birth, and by its slip's link. */
import type { Page } from '@playwright/test';
import { lookAt } from './support/look.ts';
import { signIn } from './support/operator.ts';
import type { Server } from './support/server.ts';
import { expect, test } from './support/test.ts';

/** The procedure that invented dossiers belong to. */
const PROCEDURE = 9_000_001;

interface Permit {
  ds_id: number;
  prenom: string;
  date_de_naissance: string;
  has_expired: boolean;
}

/** Permits that hold today, as the file for others tells of them. */
async function holding(server: Server): Promise<Permit[]> {
  await server.run('seed', '--permits', '300');
  let permits: Permit[] = [];
  await expect(async () => {
    const all: Permit[] = JSON.parse(await server.run('permits', 'export-validity'));
    permits = all.filter((permit) => !permit.has_expired);
    expect(permits.length).toBeGreaterThan(9);
  }).toPass();
  return permits;
}

/** Types with the keyboard alone: from the first field to the button. */
async function type(page: Page, number: string, date: string): Promise<void> {
  const [year = '', month = '', day = ''] = date.split('-');
  await page.locator('#number').focus();
  for (const text of [number, day, month, year]) {
    await page.keyboard.type(text);
    await page.keyboard.press('Tab');
  }
  await expect(page.locator('main form button')).toBeFocused();
  await page.keyboard.press('Enter');
}

for (const [nth, [lang, locale]] of ([['fr', 'fr-FR'], ['en', 'en-GB']] as const).entries()) {
  test.describe(`in ${lang}`, () => {
    test.use({ locale });
    const say = (fr: string, en: string) => (lang === 'fr' ? fr : en);

    test(`a citizen checks a permit, in ${lang}`, async ({ page, server, newContext }) => {
      test.slow(); // seven pages, each looked at four times
      // Each language tries numbers of its own: wrong dates count for the day.
      const permit = (await holding(server))[nth] as Permit;
      const number = String(permit.ds_id);
      const title = page.getByRole('heading', { level: 1 });

      await page.goto('/permits/check');
      await expect(page.locator('html')).toHaveAttribute('lang', lang);
      await lookAt(page, `permits-check-${lang}`);
      await type(page, 'abc', '1998-13-40');
      await expect(page.getByRole('alert')).toBeVisible();
      await expect(page.locator('#number')).toHaveValue('abc');
      await lookAt(page, `permits-check-errors-${lang}`);

      await page.goto('/permits/check');
      await type(page, number, permit.date_de_naissance);
      await expect(title).toHaveText(say('Cette autorisation est valable', 'This permit is valid'));
      await expect(page.getByRole('main')).toContainText(permit.prenom);
      await lookAt(page, `permits-holds-${lang}`);

      await page.getByRole('link', { name: say('Vérifier une autre', 'Check another') }).click();
      await type(page, number, '1955-05-05');
      await expect(title).toHaveText(say('Aucune autorisation valable trouvée', 'No valid permit was found'));
      await expect(page.getByRole('main')).not.toContainText(permit.prenom);
      await lookAt(page, `permits-nothing-${lang}`);

      // The prefecture prints the slip; whoever is handed it opens its link.
      const office = await (await newContext({ locale })).newPage();
      await signIn(office, server);
      await office.goto(`/admin/permits/${PROCEDURE}-${number}`);
      await office.locator('a[href$="/slip"]').click();
      await expect(office.locator('.qr svg')).toBeVisible();
      await lookAt(office, `permits-slip-paper-${lang}`);
      await office.emulateMedia({ media: 'print' });
      await expect(office.locator('.screen')).toBeHidden();
      await expect(office.locator('.slip')).toBeVisible();
      const link = (await office.locator('.slip .address').innerText()).trim();

      await page.goto(link);
      await expect(title).toHaveText(say('Cette autorisation est valable', 'This permit is valid'));
      await expect(page.getByRole('main')).toContainText(number);
      await lookAt(page, `permits-slip-${lang}`);
      expect((await page.goto(`${link}x`))?.status()).toBe(404);
      await expect(title).toHaveText(say('Ce coupon n’est pas de nous', 'This is not a slip of ours'));
    });

    test(`the figures are drawn, told and taken along, in ${lang}`, async ({ page, server }) => {
      await holding(server);
      await page.goto('/permits/statistics');
      await expect(page.locator('figure.chart')).toHaveCount(5);
      await lookAt(page, `permits-statistics-${lang}`);
      for (const numbers of await page.locator('figure.chart details summary').all()) await numbers.click();
      await lookAt(page, `permits-statistics-numbers-${lang}`);
      const download = page.waitForEvent('download');
      await page.getByRole('link', { name: 'CSV' }).click();
      expect((await download).suggestedFilename()).toBe('permits.csv');
    });
  });
}

test('a permit is checked without scripts', async ({ newContext, server }) => {
  const permit = (await holding(server))[5] as Permit;
  const page = await (await newContext({ javaScriptEnabled: false })).newPage();
  const [year = '', month = '', day = ''] = permit.date_de_naissance.split('-');
  await page.goto('/permits/check');
  await page.locator('#number').fill(String(permit.ds_id));
  await page.locator('#day').fill(day);
  await page.locator('#month').fill(month);
  await page.locator('#year').fill(year);
  await page.locator('main form button').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Cette autorisation est valable');
});
