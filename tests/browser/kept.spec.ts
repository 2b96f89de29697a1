import type { Page, Route } from '@playwright/test';
import { DemoPage, newPeople } from './support/candidate.ts';
import { cv, disguised } from './support/documents.ts';
import { lookAt } from './support/look.ts';
import { Mailbox } from './support/mailbox.ts';
import { expect, test } from './support/test.ts';

const SEND = { name: 'Envoyer ma candidature' };

/** The form up to its last step, with a letter and a document. */
async function ready(page: Page, people = newPeople(), more: Record<string, string> = {}): Promise<DemoPage> {
  const demo = await DemoPage.open(page, people, more);
  await demo.fillDetails();
  const forward = demo.form.getByRole('button', { name: 'Continuer' });
  await forward.click();
  await expect(demo.form.getByRole('heading', { name: 'Vos documents' })).toBeFocused();
  await demo.form.locator('input[type=file]').setInputFiles(cv);
  await forward.click();
  await expect(demo.form.getByRole('button', SEND)).toBeVisible();
  return demo;
}

/** Nothing that was typed or chosen is gone. */
async function expectKept(demo: DemoPage): Promise<void> {
  await expect(demo.field('message')).toHaveValue(/fournil/);
  await expect(demo.field('candidate_address')).toHaveValue(/Lilas/);
  await expect(demo.form.locator('#files')).toContainText(cv.name);
  expect(await demo.form.locator('input[type=file]').evaluate((input: HTMLInputElement) => input.files?.length)).toBe(1);
}

const answers: [string, RegExp, (route: Route) => Promise<void>][] = [
  ['403', /Copiez votre message/, (route) => route.fulfill({ status: 403, contentType: 'text/html', body: '<h1>Forbidden</h1>' })],
  ['413 of a proxy', /10 Mio/, (route) => route.fulfill({ status: 413, contentType: 'text/html', body: '<h1>413</h1>' })],
  ['429', /encore là/, (route) => route.fulfill({ status: 429, body: '' })],
  ['500', /encore là/, (route) => route.fulfill({ status: 500, body: '' })],
  ['502 of a proxy', /encore là/, (route) => route.fulfill({ status: 502, contentType: 'text/html', body: '<html><h1>Bad Gateway' })],
  ['503 without a body', /encore là/, (route) => route.fulfill({ status: 503, body: '' })],
  ['200 of somebody else', /encore là/, (route) => route.fulfill({ status: 200, contentType: 'text/html', body: '<h1>Wi-Fi</h1>' })],
  ['a connection that breaks', /connexion a été coupée/, (route) => route.abort('connectionreset')],
];

test('the form stays as it is, whatever is answered, and is sent afterwards', async ({ page }) => {
  const people = newPeople();
  const demo = await ready(page, people);
  const send = demo.form.getByRole('button', SEND);
  for (const [name, told, answer] of answers) {
    await test.step(name, async () => {
      await page.route('**/embed/candidater/', answer);
      await send.click();
      await expect(demo.form.getByRole('alert')).toContainText(told);
      await expect(demo.form.getByRole('alert')).toBeFocused();
      await expectKept(demo);
      await page.unroute('**/embed/candidater/', answer);
      if (await send.isHidden()) await demo.form.getByRole('button', { name: 'Continuer' }).click();
      await expect(send).toBeEnabled();
    });
  }
  await send.click();
  await expect(demo.form.getByRole('heading', { level: 1 })).toHaveText('Votre candidature est envoyée');
  const received = await new Mailbox(page).open(people.employer, 'Candidature');
  expect(received.email.attachments.map((one) => one.filename)).toEqual([cv.name]);
});

test('a token that is not renewed any more is said at once, and the letter can be copied', async ({ page }) => {
  await page.clock.install();
  const demo = await DemoPage.open(page, newPeople());
  await demo.fillDetails();
  let asked = 0;
  await page.route('**/auth/application/token/refresh/', (route) => {
    asked += 1;
    return route.fulfill({ status: 403, contentType: 'application/json', body: '{"error": "expired"}' });
  });
  await page.clock.fastForward(61_000);
  const alert = demo.form.getByRole('alert');
  await expect(alert).toContainText('n’a pas été renouvelée');
  expect(asked).toBe(1);
  await expect(demo.field('message')).toHaveValue(/fournil/);
  await alert.getByRole('button', { name: 'Copier mon message' }).click();
  await expect(alert.getByRole('button')).toHaveText('Copié');
});

test('a service that does not answer a renewal disturbs nobody', async ({ page }) => {
  await page.clock.install();
  const demo = await DemoPage.open(page, newPeople());
  let asked = 0;
  await page.route('**/auth/application/token/refresh/', (route) => {
    asked += 1;
    return asked === 1 ? route.abort() : route.fulfill({ status: 503, body: '' });
  });
  await page.clock.fastForward(61_000);
  await expect.poll(() => asked).toBe(1);
  await page.clock.fastForward(61_000);
  await expect.poll(() => asked).toBe(2);
  await expect(demo.form.getByRole('alert')).toHaveCount(0);
});

test('documents that are refused are taken out, and the others stay', async ({ page }) => {
  const demo = await ready(page);
  const back = demo.form.locator('#check').getByRole('button', { name: 'Précédent' });
  await back.click();
  await demo.form.locator('input[type=file]').setInputFiles(disguised);
  await expect(demo.form.locator('#files li')).toHaveCount(2);
  await demo.form.getByRole('button', { name: 'Continuer' }).click();
  await demo.form.getByRole('button', SEND).click();
  await expect(demo.form.getByRole('alert')).toContainText('n’est pas un document PDF');
  await expect(demo.form.locator('#attachments-error')).toContainText(disguised.name);
  await expectKept(demo);
  await demo.form.getByRole('button', { name: 'Continuer' }).click();
  await demo.form.getByRole('button', SEND).click();
  await expect(demo.form.getByRole('heading', { level: 1 })).toHaveText('Votre candidature est envoyée');
});

test('documents that are too large are not sent at all', async ({ page }) => {
  const demo = await ready(page);
  await demo.form.locator('#check').getByRole('button', { name: 'Précédent' }).click();
  const large = { name: 'photos.txt', mimeType: 'text/plain', buffer: Buffer.alloc(11_000_000, 'Bonjour.\n') };
  await demo.form.locator('input[type=file]').setInputFiles(large);
  await expect(demo.form.getByRole('alert')).toContainText('10 Mio');
  await demo.form.getByRole('button', { name: 'Continuer' }).click();
  await expect(demo.form.getByRole('heading', { name: 'Vos documents' })).toBeVisible();
  await expect(demo.form.getByRole('alert')).toContainText('10 Mio');
  await demo.form.getByRole('button', { name: `Retirer ${large.name}` }).click();
  await expect(demo.form.getByRole('alert')).toHaveCount(0);
  await expectKept(demo);
});

test('a letter corrected after the first one had left is told so, and leaves when it is sent again', async ({ page }) => {
  const people = newPeople();
  const demo = await ready(page, people);
  const send = demo.form.getByRole('button', SEND);
  // The first one arrives, and its answer does not.
  const lose = async (route: Route) => {
    expect((await route.fetch()).status()).toBe(200);
    await route.abort('connectionreset');
  };
  await page.route('**/embed/candidater/', lose);
  await send.click();
  await expect(demo.form.getByRole('alert')).toContainText('ne partira pas deux fois');
  await page.unroute('**/embed/candidater/', lose);
  await demo.form.locator('#check').getByRole('button', { name: 'Précédent' }).click();
  await demo.form.locator('#attachments-step').getByRole('button', { name: 'Précédent' }).click();
  await demo.field('message').fill('Version corrigée.');
  await demo.form.getByRole('button', { name: 'Continuer' }).click();
  await expect(demo.form.getByRole('heading', { name: 'Vos documents' })).toBeVisible();
  await demo.form.getByRole('button', { name: 'Continuer' }).click();
  await send.click();
  await expect(demo.form.getByRole('alert')).toContainText('Cette version n’est pas partie');
  await expect(demo.form.getByRole('alert')).toContainText(/Une première version est partie .*20\d\d/);
  await expect(demo.field('message')).toHaveValue('Version corrigée.');
  await send.click();
  await expect(demo.form.getByRole('heading', { level: 1 })).toHaveText('Votre candidature est envoyée');
});

test('phone and address are remembered only where the candidate asks, and for that candidate alone', async ({ page }) => {
  const [first, second] = [newPeople(), newPeople()];
  const remember = (demo: DemoPage) => demo.form.getByLabel('Retenir mon téléphone');
  let demo = await DemoPage.open(page, first);
  await page.evaluate(() => localStorage.setItem('postulo-candidate_phone', 'kept unasked by an earlier version'));
  await demo.fillDetails();
  await demo.field('message').blur();
  await expect(remember(demo)).not.toBeChecked();

  demo = await DemoPage.open(page, first);
  await expect(demo.field('candidate_phone')).toHaveValue('');
  await demo.fillDetails();
  await remember(demo).check();
  demo = await DemoPage.open(page, second);
  await expect(demo.field('candidate_phone')).toHaveValue('');
  await expect(demo.field('candidate_address')).toHaveValue('');
  await expect(remember(demo)).not.toBeChecked();

  demo = await DemoPage.open(page, first);
  await expect(demo.field('candidate_phone')).toHaveValue('06 12 34 56 78');
  await expect(demo.field('candidate_address')).toHaveValue('12 rue des Lilas, 75020 Paris');
  await remember(demo).uncheck();
  expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
  demo = await DemoPage.open(page, first);
  await expect(demo.field('candidate_phone')).toHaveValue('');
});

test('what is remembered is over after thirty days', async ({ page }) => {
  const people = newPeople();
  await page.clock.install();
  let demo = await DemoPage.open(page, people);
  await demo.fillDetails();
  await demo.form.getByLabel('Retenir mon téléphone').check();
  const days = 24 * 3600 * 1000;
  await page.clock.setSystemTime(Date.now() + 29 * days);
  demo = await DemoPage.open(page, people);
  await expect(demo.field('candidate_phone')).toHaveValue('06 12 34 56 78');
  await page.clock.setSystemTime(Date.now() + 31 * days);
  demo = await DemoPage.open(page, newPeople());
  await expect(demo.field('candidate_phone')).toHaveValue('');
  expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
});

test('the page around the form gets each message once, and leaves once', async ({ page }) => {
  await page.addInitScript(() => {
    const told: string[] = [];
    Object.assign(window, { told });
    window.addEventListener('message', ({ data }) => {
      if (data?.topic === 'jepostule' && data.action !== 'resize') told.push(`${data.action} ${data.label}`);
    });
  });
  const next = new URL('/docs?next', await page.goto('/health/live').then((answer) => answer?.url() ?? '')).href;
  const demo = await ready(page, newPeople(), { next_url: next });
  await demo.form.getByRole('button', SEND).click();
  await expect(demo.form.locator('#quit')).toBeVisible();
  const told = () => page.evaluate(() => (window as unknown as { told: string[] }).told);
  await expect.poll(told).toEqual([
    'navigate #bienvenue', 'navigate #infos', 'navigate #documents', 'attachments add', 'navigate #envoyer', 'navigate #fin',
  ]);
  let left = 0;
  page.on('request', (request) => { if (request.url() === next) left += 1; });
  await demo.form.locator('#quit').click();
  await page.waitForURL(next);
  await page.waitForLoadState('networkidle');
  expect(left).toBe(1);
});

test('what goes wrong is told to the page around the form', async ({ page }) => {
  await page.addInitScript(() => {
    const told: string[] = [];
    Object.assign(window, { told });
    window.addEventListener('message', ({ data }) => {
      if (data?.topic === 'jepostule' && data.action === 'navigate') told.push(data.label);
    });
  });
  const told = () => page.evaluate(() => (window as unknown as { told: string[] }).told);
  const demo = await ready(page);
  await page.route('**/embed/candidater/', (route) => route.fulfill({ status: 503, body: '' }));
  await demo.form.getByRole('button', SEND).click();
  await expect(demo.form.getByRole('alert')).toBeVisible();
  await expect.poll(told).toEqual(['#bienvenue', '#infos', '#documents', '#envoyer', '#erreur']);
  await DemoPage.open(page, newPeople(), { siret: '1' });
  await expect.poll(told).toEqual(['#erreur']);
  await expect(demo.form.locator('form')).toHaveCount(0);
  await page.locator('iframe').evaluate((frame: HTMLIFrameElement) => { frame.src = '/embed/candidater/?client_id=demo'; });
  await expect.poll(told).toEqual(['#erreur', '#erreur-authentification']);
});

for (const lang of ['fr', 'en'] as const) {
  test(`the pages of what goes wrong are accessible, in ${lang}`, async ({ page }) => {
    const demo = await DemoPage.open(page, newPeople(), { lang });
    const address = (await page.locator('iframe').getAttribute('src')) ?? '';
    await page.goto(address.replace('siret=73282932000074', 'siret=73282932000075'));
    await expect(page.locator('code')).toHaveText('siret');
    await lookAt(page, `form-parameter-${lang}`);
    expect(demo.page).toBe(page);

    await page.goto(address);
    await page.locator('[name=candidate_phone]').fill('+33 6 12 34 56 78');
    await page.locator('[name=candidate_address]').fill('12 rue des Lilas, 75020 Paris');
    await page.locator('[name=message]').fill('Bonjour,\n\nVotre fournil me plaît.');
    const next = page.locator('.step:visible [data-go]').first();
    await next.click();
    await expect(page.locator('#attachments-step')).toBeVisible();
    await next.click();
    await page.route('**/embed/candidater/', (route) => route.fulfill({ status: 403, body: '' }), { times: 1 });
    await page.locator('#send').click();
    await expect(page.getByRole('alert').getByRole('button')).toBeVisible();
    await lookAt(page, `form-kept-${lang}`);
    await page.route('**/embed/candidater/', async (route) => { await route.fetch(); await route.abort(); }, { times: 1 });
    await page.locator('#send').click();
    await expect(page.locator('#send')).toBeEnabled();
    await page.locator('[name=message]').evaluate((area: HTMLTextAreaElement) => { area.value = 'Bonjour.'; });
    await page.locator('#send').click();
    await expect(page.getByRole('alert').getByRole('heading')).toHaveText(/Cette version|This version/);
    await lookAt(page, `form-corrected-${lang}`);
  });

  test(`the letter of a form that is too old can be copied without the script, in ${lang}`, async ({ newContext, page }) => {
    const people = newPeople();
    const context = await newContext({ javaScriptEnabled: false });
    const plain = await context.newPage();
    const demo = await DemoPage.open(plain, people, { lang });
    await demo.fillDetails();
    const address = (await plain.locator('iframe').getAttribute('src')) ?? '';
    const sent = new URLSearchParams(address.slice(address.indexOf('?')));
    sent.set('message', 'Une longue lettre.');
    sent.set('token', 'expired');
    await page.goto('/docs');
    await page.evaluate(([fields]) => {
      const form = document.createElement('form');
      form.method = 'post';
      form.action = '/embed/candidater/';
      for (const [name, value] of fields) {
        const input = form.appendChild(document.createElement('input'));
        Object.assign(input, { type: 'hidden', name, value });
      }
      document.body.append(form);
      form.submit();
    }, [[...sent]] as const);
    await expect(page.locator('#letter')).toHaveValue('Une longue lettre.');
    await lookAt(page, `form-too-old-${lang}`);
    await page.getByRole('button', { name: /Copier|Copy/ }).click();
    await expect(page.getByRole('button', { name: /Copié|Copied/ })).toBeVisible();
  });
}
