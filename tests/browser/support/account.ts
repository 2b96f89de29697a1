import { randomUUID } from 'node:crypto';
import { type Page, expect } from '@playwright/test';
import { Mailbox, follow } from './mailbox.ts';

export const PASSWORD = 'green horses like apples';

/** An address that no other test knows. */
export function newAddress(): string {
  return `camille.${randomUUID().slice(0, 8)}@candidats.example`;
}

/** Registers as Camille Martin; the address is not confirmed yet. */
export async function register(page: Page, address: string, from = '/account/register'): Promise<void> {
  await page.goto(from);
  await page.locator('#email').fill(address);
  await page.locator('#full_name').fill('Camille Martin');
  await page.locator('#password').fill(PASSWORD);
  await page.locator('main form button').click();
  await expect(page).toHaveURL(/\/me$/);
}

/** Confirms the address by the letter of the mailbox, and goes on to the space. */
export async function confirm(page: Page, address: string): Promise<void> {
  await new Mailbox(page).open(address, /confirm/i);
  await follow(page, /confirm/i);
  await page.locator('main form button').click();
  await page.locator('main a.button').click();
  await expect(page).toHaveURL(/\/me$/);
}
