import AxeBuilder from '@axe-core/playwright';
import { type Page, expect } from '@playwright/test';

/**
 * Finds nothing wrong by WCAG 2.2 A and AA and by axe's best practices, nor a page wider than its window. Its
 * frames are not looked at.
 */
export async function expectAccessible(page: Page, name: string): Promise<void> {
  // What a link opened is in the document before its stylesheet has come; unstyled, every target is too small.
  await page.waitForLoadState('load');
  const found = await new AxeBuilder({ page })
    // Only what is wrong is told; and with no frame to look into there is nothing to gather in a page beside this one,
    // which would take as long as the look itself.
    .options({ resultTypes: ['violations'] })
    .setLegacyMode()
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    // The frame of an e-mail has no scripts, so axe cannot run in it; the form's frame has a main part of its own, and
    // is looked at by itself.
    .exclude('iframe')
    .analyze();
  const told = found.violations.map(
    (one) => `${one.id}: ${one.help}\n    ${one.nodes.map((node) => node.html).join('\n    ')}`,
  );
  expect.soft(told, name).toEqual([]);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect.soft(overflow, `${name}: pixels beyond the window's width`).toBeLessThanOrEqual(0);
}
