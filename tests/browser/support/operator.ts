import { type Page, expect } from '@playwright/test';
import type { Server } from './server.ts';

/** Signs in, as the operator of development or as another one; to the front page, or where `to` says. */
export async function signIn(
  page: Page,
  server: Server,
  who?: { email: string; password: string },
  to: RegExp = /\/admin$/,
): Promise<void> {
  await page.goto(`${server.url}/admin`);
  await page.locator('#email').fill(who?.email ?? 'admin@postulo.example');
  await page.locator('#password').fill(who?.password ?? (await server.adminPassword()));
  await page.locator('main form button').click();
  await expect(page).toHaveURL(to);
}

/** Waits until the application's page shows this event. */
export async function happened(page: Page, id: string, kind: string): Promise<void> {
  await expect(async () => {
    await page.goto(`/admin/applications/${id}`);
    await expect(page.locator('.timeline')).toContainText(kind, { timeout: 2_000 });
  }).toPass();
}
