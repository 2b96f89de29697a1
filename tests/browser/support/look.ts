import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expectAccessible } from './axe.ts';

const WIDTHS = { phone: { width: 360, height: 740 }, desktop: { width: 1280, height: 900 } };

/**
 * Looks at the page as it stands: on a phone and on a desktop, in light and in dark, nothing is wrong. With
 * POSTULO_SCREENSHOTS it leaves a picture of each in that folder.
 */
export async function lookAt(page: Page, name: string): Promise<void> {
  for (const [device, size] of Object.entries(WIDTHS)) {
    await page.setViewportSize(size);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await expectAccessible(page, `${name}, ${device}, ${colorScheme}`);
      const folder = process.env.POSTULO_SCREENSHOTS;
      if (folder) {
        await mkdir(folder, { recursive: true });
        await page.screenshot({ path: join(folder, `${name}-${size.width}-${colorScheme}.png`), fullPage: true });
      }
    }
  }
  await page.setViewportSize(WIDTHS.desktop);
}
