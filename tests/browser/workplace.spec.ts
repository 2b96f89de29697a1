/** The frame of the admin pages: its menu, its search, its charts; on a phone, by keyboard, without JavaScript. */
import { newPeople } from './support/candidate.ts';
import { lookAt } from './support/look.ts';
import { happened, signIn } from './support/operator.ts';
import { expect, test } from './support/test.ts';

const PHONE = { width: 360, height: 740 };

test.describe('the frame', () => {
  test.use({ locale: 'en-GB' });

  test('on a desktop the menu stands beside the page, in groups, with the page that is open marked', async ({ page, server }) => {
    await signIn(page, server);
    const menu = page.getByRole('navigation', { name: 'Pages' });
    await expect(menu).toBeVisible();
    await expect(page.getByRole('button', { name: 'Menu' })).toHaveCount(0);
    await menu.getByRole('list', { name: 'People' }).getByRole('link', { name: 'Suppression list' }).click();
    await expect(page).toHaveURL(/\/admin\/suppressions$/);
    await expect(menu.locator('[aria-current=page]')).toHaveText(['Suppression list']);
    const lists = ['Applications', 'People', 'Platforms', 'Figures', 'System'];
    for (const name of lists) await expect(menu.getByRole('list', { name, exact: true })).toBeVisible();
  });

  for (const javaScriptEnabled of [true, false]) {
    test(`on a phone one button opens the menu, ${javaScriptEnabled ? 'by keyboard' : 'without JavaScript'}`, async ({ server, newContext }) => {
      const context = await newContext({ viewport: PHONE, javaScriptEnabled, hasTouch: true });
      const page = await context.newPage();
      await signIn(page, server);
      const menu = page.getByRole('navigation', { name: 'Pages' });
      await expect(menu).toBeHidden();
      const button = page.getByRole('button', { name: 'Menu', exact: true });
      await button.focus();
      await page.keyboard.press('Enter');
      await expect(menu).toBeVisible();
      await page.keyboard.press('Escape');
      await expect(menu).toBeHidden();
      await expect(button).toBeFocused();
      await button.tap();
      await expect(menu.getByRole('link', { name: 'Home' })).toHaveAttribute('aria-current', 'page');
      await menu.getByRole('button', { name: 'Close the menu' }).tap();
      await expect(menu).toBeHidden();
      await button.press('Enter');
      // From the button the keyboard goes into the menu.
      await page.keyboard.press('Tab');
      await expect(menu.getByRole('button', { name: 'Close the menu' })).toBeFocused();
      for (const link of await menu.getByRole('link').all()) {
        const box = await link.boundingBox();
        expect(box?.height ?? 0, await link.innerText()).toBeGreaterThanOrEqual(44);
      }
      await menu.getByRole('link', { name: 'Statistics' }).tap();
      await expect(page).toHaveURL(/\/admin\/statistics$/);
      await expect(menu).toBeHidden();
    });
  }

  test('the open menu of a phone is accessible', async ({ page, server }) => {
    await signIn(page, server);
    await page.setViewportSize(PHONE);
    await page.getByRole('button', { name: 'Menu', exact: true }).click();
    await lookAt(page, 'admin-menu-en');
  });

  test('the search finds an application, a person, a platform and a page from anywhere', async ({ page, server }) => {
    const people = newPeople();
    const id = await server.apply(people, { language: 'en' });
    await signIn(page, server);
    await happened(page, id, 'SentToEmployer');
    const find = async (text: string) => {
      const box = page.getByRole('searchbox', { name: 'Find anything' });
      await box.fill(text);
      await box.press('Enter');
    };
    const main = page.getByRole('main');
    await page.goto('/admin/exports');
    await find(people.candidate);
    await expect(page.getByRole('searchbox', { name: 'Find anything' })).toHaveValue(people.candidate);
    await expect(main.locator(`a[href="/admin/applications/${id}"]`)).toBeVisible();
    await lookAt(page, 'admin-search-person-en');
    await main.getByRole('button', { name: 'Their data' }).click();
    await expect(page).toHaveURL(/\/admin\/people$/);
    await expect(main.getByRole('checkbox', { name: 'Camille Martin' })).toBeChecked();
    await find('emploi');
    await main.getByRole('link', { name: 'Emploi Facile' }).click();
    await expect(page).toHaveURL(/\/admin\/clients\/partner$/);
    await find('ecartees');
    await main.getByRole('link', { name: 'Suppression list' }).click();
    await expect(page).toHaveURL(/\/admin\/suppressions$/);
    await find(id);
    await expect(page).toHaveURL(new RegExp(`/admin/applications/${id}$`));
    expect(server.log()).not.toContain(people.candidate);
    expect(server.log()).not.toContain('ecartees');
  });

  test('a chart tells its sums, its numbers as a table, and is drawn in its own size on a phone', async ({ page, server }) => {
    const id = await server.apply(newPeople(), { language: 'en' });
    await signIn(page, server);
    await happened(page, id, 'SentToEmployer');
    await page.setViewportSize(PHONE);
    await page.goto('/admin');
    const figure = page.getByRole('figure', { name: 'Applications' });
    const drawing = figure.getByRole('img', { name: /^Applications by day submitted: \d+ of which answered by now: \d+ most in a day/ });
    await expect(drawing).toBeVisible();
    // Text is not scaled with the drawing: it stays readable.
    const sizes = await drawing.locator('text').evaluateAll((texts) =>
      texts
        .filter((text) => text.getClientRects().length > 0)
        .map((text) => ({ size: parseFloat(getComputedStyle(text).fontSize), box: text.getBoundingClientRect() })),
    );
    expect(sizes.length).toBeGreaterThanOrEqual(3);
    for (const { size } of sizes) expect(size).toBeGreaterThanOrEqual(11);
    sizes.sort((one, other) => one.box.left - other.box.left);
    for (const [nth, { box }] of sizes.entries()) {
      expect(box.right).toBeLessThanOrEqual(PHONE.width);
      expect(box.left).toBeGreaterThan(nth === 0 ? 0 : (sizes[nth - 1]?.box.right ?? 0));
    }
    await figure.getByText('The numbers').click();
    await expect(figure.getByRole('row')).toHaveCount(31);
    await expect(figure.getByRole('row').last().getByRole('cell').first()).not.toHaveText('0');
    await page.goto('/admin/statistics');
    await page.getByRole('navigation', { name: 'Periods' }).getByRole('link', { name: 'A year' }).click();
    await expect(page.getByRole('figure', { name: 'Applications' })).toContainText('by week');
    await page.getByRole('navigation', { name: 'Periods' }).getByRole('link', { name: 'Today' }).click();
    await expect(page.getByRole('figure', { name: 'Applications' }).locator('rect.all')).toHaveCount(1);
  });
});
