/** What an auditor does in a browser: search, replay a history, go back in time, take a case file away. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { newPeople } from './support/candidate.ts';
import { lookAt } from './support/look.ts';
import { happened, signIn } from './support/operator.ts';
import { expect, test } from './support/test.ts';

for (const [lang, locale] of [['fr', 'fr-FR'], ['en', 'en-GB']] as const) {
  test.describe(`in ${lang}`, () => {
    test.use({ locale });

    test(`the pages of auditors, in ${lang}`, async ({ page, server }) => {
      test.setTimeout(300_000);
      const id = await server.apply(newPeople(), { language: lang, send_confirmation: true });
      await signIn(page, server);
      await happened(page, id, 'ConfirmedToCandidate');
      const first = await page.locator('.timeline .soft').first().innerText();
      const position = /#(\d+)/.exec(first)?.[1];
      const pages = {
        'audit': '/admin/audit',
        'audit-none': '/admin/audit?kind=Hired&actor=candidate',
        'audit-wrong': '/admin/audit?application=123',
        'history': `/admin/audit/${id}`,
        'history-then': `/admin/audit/${id}?position=${position}`,
        'history-before': `/admin/audit/${id}?date=2020-01-01`,
        'history-wrong': `/admin/audit/${id}?time=12:00`,
        'stream': `/admin/audit/streams/JobApplication/${id}`,
      };
      for (const [name, path] of Object.entries(pages)) {
        const answer = await page.goto(path);
        expect(answer?.status(), path).toBe(200);
        await expect(page.locator('html')).toHaveAttribute('lang', lang);
        for (const details of await page.locator('details').all()) await details.locator('summary').click();
        await lookAt(page, `admin-${name}-${lang}`);
      }
    });
  });
}

test.describe('an auditor', () => {
  test.use({ locale: 'en-GB' });

  test('finds an application, goes back in time, and takes its case file away', async ({ page, server, newContext }) => {
    const people = newPeople();
    const id = await server.apply(people, { language: 'en', send_confirmation: true });
    await signIn(page, server);
    await happened(page, id, 'ConfirmedToCandidate');
    await page.goto('/admin/operators');
    const email = `auditor-${Date.now()}@postulo.example`;
    await page.locator('#email').fill(email);
    await page.locator('#new-role').selectOption('auditor');
    await page.locator('form[action="/admin/operators"] button').click();
    const password = await page.locator('main p code').first().innerText();

    const auditor = await (await newContext()).newPage();
    await signIn(auditor, server, { email, password });
    await auditor.getByRole('navigation').getByRole('link', { name: 'Audit', exact: true }).click();
    const search = auditor.getByRole('main').getByRole('search');
    await search.getByLabel('What', { exact: true }).selectOption('SentToEmployer');
    await search.getByLabel('Application').fill(id);
    await search.getByRole('button', { name: 'Search' }).click();
    const rows = auditor.getByRole('table').getByRole('row');
    await expect(rows).toHaveCount(2);
    await rows.last().getByRole('link').click();

    const steps = auditor.locator('ol.steps > li');
    await expect(steps.first()).toContainText('Submitted');
    const all = await steps.count();
    expect(all).toBeGreaterThan(2);
    // What was caused by an event of the page leads to it.
    const sent = steps.filter({ hasText: 'SentToEmployer' });
    await expect(sent.locator('.changes')).toContainText('/status');
    await sent.getByRole('link', { name: /^event #/ }).click();
    await expect(auditor).toHaveURL(/#e\d+$/);

    await steps.first().getByRole('link', { name: /The state at this moment/ }).click();
    await expect(steps).toHaveCount(1);
    await expect(auditor.getByRole('status')).toContainText(`${all - 1}`);
    await auditor.locator('#state summary').click();
    await expect(auditor.locator('#state pre')).toContainText('"status": "submitted"');
    await auditor.getByLabel('On (UTC)').fill('2020-01-01');
    await auditor.getByLabel('At (UTC)').fill('12:00:00');
    await auditor.getByRole('button', { name: 'Show as of then' }).click();
    await expect(auditor.locator('main')).toContainText('There was no application yet.');
    await auditor.getByRole('link', { name: 'Show the whole history' }).click();
    await expect(steps).toHaveCount(all);

    const download = auditor.waitForEvent('download');
    await auditor.getByRole('link', { name: /case file/ }).click();
    const file = await (await download).path();
    expect((await readFile(file)).subarray(0, 2).toString()).toBe('PK');
    const python = 'import sys, zipfile; print(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]).decode())';
    const read = async (name: string) =>
      (await promisify(execFile)('python3', ['-c', python, file, name], { maxBuffer: 1 << 24 })).stdout;
    expect(JSON.parse(await read('proof.json')).events).toHaveLength(all);
    expect((await read('events.jsonl')).trim().split('\n')).toHaveLength(all);
    expect(await read('index.html')).toContain(people.candidate);

    await expect(async () => {
      await auditor.goto(`/admin/audit?kind=OperatorLooked&application=${id}`);
      await expect(auditor.locator('main')).toContainText('/admin/audit/{id}/case-file.zip', { timeout: 2_000 });
    }).toPass();
    await expect(auditor.locator('main')).toContainText(email);
  });

  test('reads the case file without a server, and prints it', async ({ page, server }) => {
    const id = await server.apply(newPeople(), { language: 'en', send_confirmation: true });
    await signIn(page, server);
    await happened(page, id, 'ConfirmedToCandidate');
    await page.goto(`/admin/audit/${id}`);
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: /case file/ }).click();
    const python = 'import sys, zipfile; print(zipfile.ZipFile(sys.argv[1]).read("index.html").decode())';
    const file = await (await download).path();
    const html = (await promisify(execFile)('python3', ['-c', python, file], { maxBuffer: 1 << 24 })).stdout;
    await page.goto('about:blank');
    await page.setContent(html);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Case file of an application');
    await lookAt(page, 'case-file-en');
  });
});
