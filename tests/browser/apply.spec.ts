import type { Locator } from '@playwright/test';
import { DemoPage, newPeople } from './support/candidate.ts';
import { cv, disguised, letter } from './support/documents.ts';
import { lookAt } from './support/look.ts';
import { Mailbox, attachment } from './support/mailbox.ts';
import { expect, test } from './support/test.ts';

/** Drops a file as a person does from the desktop. */
async function drop(target: Locator, file: typeof cv): Promise<void> {
  await target.evaluate((element, { name, mimeType, text }) => {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([bytes], name, { type: mimeType }));
    for (const type of ['dragenter', 'dragover', 'drop']) {
      element.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
    }
  }, { name: file.name, mimeType: file.mimeType, text: file.buffer.toString('base64') });
}

test('a candidate applies from the page of a partner, with a PDF', async ({ page }) => {
  const people = newPeople();
  const demo = await DemoPage.open(page, people);
  const { form } = demo;
  const forward = form.getByRole('button', { name: 'Continuer' });

  await test.step('errors are told by field, and lead to it', async () => {
    // One of the two names is enough.
    await demo.field('candidate_first_name').fill('');
    await demo.field('candidate_phone').fill('12');
    await demo.field('candidate_address').fill('12 rue des Lilas, 75020 Paris');
    await demo.field('message').fill('');
    await forward.click();
    const summary = form.getByRole('alert');
    await expect(summary).toBeFocused();
    await expect(summary.getByRole('link')).toHaveCount(2);
    await summary.getByRole('link', { name: /téléphone/i }).click();
    await expect(demo.field('candidate_phone')).toBeFocused();
    await expect(demo.field('candidate_phone')).toHaveAttribute('aria-invalid', 'true');
    await expect(demo.field('candidate_address')).toHaveValue(/Lilas/);
    await demo.field('message').fill('Bonjour,\n\nVotre fournil me plaît.\n\nCamille');
    await demo.field('candidate_phone').fill('06 12 34 56 78');
    await demo.field('candidate_first_name').fill('Camille');
    await forward.click();
    await expect(form.getByRole('heading', { name: 'Vos documents' })).toBeFocused();
    await expect(form.getByRole('alert')).toHaveCount(0);
  });

  await test.step('documents are added by button and by drop, shown with their size, and removed', async () => {
    const files = form.getByRole('list').and(form.locator('#files')).getByRole('listitem');
    await form.locator('input[type=file]').setInputFiles(cv);
    await expect(files).toHaveText([/CV Camille Martin\.pdf.*(ko|octets)/i]);
    await drop(form.locator('#drop'), letter);
    await expect(files).toHaveCount(2);
    await drop(form.locator('#drop'), disguised);
    await expect(files).toHaveCount(3);
    await form.getByRole('button', { name: 'Retirer lettre.txt' }).click();
    await expect(files).toHaveCount(2);
    await forward.click();
  });

  await test.step('what a document is decides, not its name', async () => {
    await expect(form.getByRole('heading', { name: 'Vérifier et envoyer' })).toBeFocused();
    await form.getByRole('button', { name: 'Envoyer ma candidature' }).click();
    await expect(form.getByRole('alert')).toContainText('n’est pas un document PDF');
    await expect(form.getByRole('heading', { name: 'Vos documents' })).toBeVisible();
    await form.locator('input[type=file]').setInputFiles(cv);
    await forward.click();
  });

  await test.step('the page shows what will be sent, and then that it is sent', async () => {
    const review = form.locator('#review');
    for (const text of ['Camille', '06 12 34 56 78', 'Votre fournil me plaît.', cv.name]) {
      await expect(review).toContainText(text);
    }
    await form.getByLabel('M’envoyer une copie').check();
    await form.getByRole('button', { name: 'Envoyer ma candidature' }).click();
    await expect(form.getByRole('heading', { name: 'Votre candidature est envoyée' })).toBeFocused();
    await expect(form.getByRole('main')).toContainText(people.company);
  });

  await test.step('the employer has the PDF as it was, and the candidate a copy', async () => {
    const received = await new Mailbox(page).open(people.employer, 'Candidature');
    expect(received.email.attachments.map((one) => one.filename)).toEqual([cv.name]);
    expect((await attachment(page, cv.name)).equals(cv.buffer)).toBe(true);
    expect(received.email.replyTo?.[0]).toMatchObject({ address: people.candidate });
    const copy = await new Mailbox(page).open(people.candidate, 'Votre candidature');
    expect(copy.email.text).toContain(cv.name);
  });
});

test('the frame takes the height of the form, and leaves no scroll bar in it', async ({ page }) => {
  const demo = await DemoPage.open(page, newPeople());
  const frame = page.locator('iframe');
  await expect(async () => {
    const inside = await demo.form.locator('html').evaluate((html) => html.scrollHeight - html.clientHeight);
    expect(inside).toBeLessThanOrEqual(0);
    expect((await frame.boundingBox())?.height).toBeGreaterThan(500);
  }).toPass();
});

test('a large document shows how far its sending is', async ({ page }) => {
  const demo = await DemoPage.open(page, newPeople());
  await demo.fillDetails();
  const forward = demo.form.getByRole('button', { name: 'Continuer' });
  await forward.click();
  const large = { name: 'journal.txt', mimeType: 'text/plain', buffer: Buffer.alloc(3_000_000, 'Bonjour tout le monde.\n') };
  await demo.form.locator('input[type=file]').setInputFiles(large);
  await expect(demo.form.locator('#files')).toContainText('3');
  await forward.click();
  // Holds the upload until the page has shown that it is under way.
  let release = () => {};
  const seen = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/embed/candidater/', async (route) => {
    await seen;
    await route.fallback();
  });
  await demo.form.getByRole('button', { name: 'Envoyer ma candidature' }).click();
  await expect(demo.form.getByRole('progressbar', { name: 'Envoi' })).toBeVisible();
  await expect(demo.form.getByRole('button', { name: 'Envoyer ma candidature' })).toBeDisabled();
  release();
  await expect(demo.form.getByRole('heading', { name: 'Votre candidature est envoyée' })).toBeVisible();
});

test('the form works without JavaScript', async ({ newContext, page }) => {
  const people = newPeople();
  const context = await newContext({ javaScriptEnabled: false });
  const plain = await context.newPage();
  const demo = await DemoPage.open(plain, people);
  const send = demo.form.getByRole('button', { name: 'Envoyer ma candidature' });
  await demo.fillDetails();
  await demo.field('candidate_phone').fill('nonsense');
  await send.click();
  await expect(demo.form.getByRole('alert')).toContainText(/téléphone/i);
  await expect(demo.field('message')).toHaveValue(/fournil/);
  await demo.field('candidate_phone').fill('06 12 34 56 78');
  await demo.form.locator('input[type=file]').setInputFiles(cv);
  await send.click();
  await expect(demo.form.getByRole('heading', { level: 1 })).toHaveText('Votre candidature est envoyée');
  const received = await new Mailbox(page).open(people.employer, 'Candidature');
  expect(received.email.attachments.map((one) => one.filename)).toEqual([cv.name]);
});

test('the whole form works with the keyboard alone', async ({ page }) => {
  const people = newPeople();
  const demo = await DemoPage.open(page, people);
  const { form } = demo;
  /** Presses Tab until the element has the focus, as a person does. */
  const tabTo = async (element: Locator) => {
    for (let press = 0; press < 30; press++) {
      if (await element.evaluate((one) => one === document.activeElement)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error('Tab does not reach it');
  };
  const type = async (name: string, text: string) => {
    await tabTo(demo.field(name));
    await page.keyboard.type(text);
  };
  await type('candidate_phone', '06 12 34 56 78');
  await type('candidate_address', '12 rue des Lilas, 75020 Paris');
  await type('message', 'Bonjour, votre fournil me plaît.');
  await tabTo(form.getByRole('button', { name: 'Continuer' }));
  await page.keyboard.press('Enter');
  await expect(form.getByRole('heading', { name: 'Vos documents' })).toBeFocused();
  await tabTo(form.getByRole('button', { name: 'Continuer' }));
  await page.keyboard.press('Space');
  await expect(form.getByRole('heading', { name: 'Vérifier et envoyer' })).toBeFocused();
  await tabTo(form.getByLabel('M’envoyer une copie'));
  await page.keyboard.press('Space');
  await tabTo(form.getByRole('button', { name: 'Envoyer ma candidature' }));
  await page.keyboard.press('Enter');
  await expect(form.getByRole('heading', { name: 'Votre candidature est envoyée' })).toBeFocused();
  await new Mailbox(page).open(people.candidate, 'Votre candidature');
});

for (const [lang, locale] of [['fr', 'fr-FR'], ['en', 'en-GB']] as const) {
  test.describe(() => {
    test.use({ locale });

    test(`every step of the form is accessible, in ${lang}`, async ({ page }) => {
      const people = newPeople();
      const demo = await DemoPage.open(page, people, { lang });
      await expect(page.locator('html')).toHaveAttribute('lang', lang);
      await lookAt(page, `demo-${lang}`);
      // From here on the form fills the window, as it fills a partner's frame.
      const address = await page.locator('iframe').getAttribute('src');
      await page.goto(address ?? '');
      const next = page.locator('.step:visible [data-go]').first();
      await next.click();
      await expect(page.getByRole('alert')).toBeVisible();
      await lookAt(page, `form-errors-${lang}`);
      await page.locator('[name=candidate_phone]').fill('+33 6 12 34 56 78');
      await page.locator('[name=candidate_address]').fill('12 rue des Lilas, 75020 Paris');
      await page.locator('[name=message]').fill('Bonjour,\n\nVotre fournil me plaît.');
      await lookAt(page, `form-details-${lang}`);
      await next.click();
      await page.locator('input[type=file]').setInputFiles([cv, letter]);
      await lookAt(page, `form-attachments-${lang}`);
      await next.click();
      await expect(page.locator('#review')).toBeVisible();
      await lookAt(page, `form-check-${lang}`);
      await page.locator('#send').click();
      await expect(page.locator('#done')).toBeVisible();
      await lookAt(page, `form-done-${lang}`);
      await page.goto(`/embed/candidater/?client_id=demo&lang=${lang}`);
      await expect(page.locator('form')).toHaveCount(0);
      await lookAt(page, `form-refused-${lang}`);
    });
  });
}
