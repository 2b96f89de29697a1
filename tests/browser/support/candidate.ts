import { randomUUID } from 'node:crypto';
import { type FrameLocator, type Locator, type Page, expect } from '@playwright/test';

/** A candidate and an employer whom no other test knows: their e-mails are found by their addresses. */
export interface People {
  candidate: string;
  employer: string;
  /** The company's name, as unlike any other as its address. */
  company: string;
}

export function newPeople(): People {
  const one = randomUUID().slice(0, 8);
  return {
    candidate: `camille.${one}@candidats.example`,
    employer: `recrutement.${one}@boulangerie.example`,
    company: `Boulangerie Dupont ${one}`,
  };
}

/** The demo page of a partner's site, and the form in its frame. */
export class DemoPage {
  readonly form: FrameLocator;

  constructor(readonly page: Page) {
    this.form = page.frameLocator('iframe');
  }

  static async open(page: Page, people: People, more: Record<string, string> = {}): Promise<DemoPage> {
    const query = new URLSearchParams({
      candidate_email: people.candidate,
      candidate_first_name: 'Camille',
      candidate_last_name: 'Martin',
      employer_email: people.employer,
      employer_description: people.company,
      siret: '73282932000074',
      job: 'Boulanger (H/F)',
      ...more,
    });
    await page.goto(`/embed/demo/?${query}`);
    const demo = new DemoPage(page);
    await expect(demo.form.getByRole('heading', { level: 1 })).toBeVisible();
    return demo;
  }

  field(name: string): Locator {
    return this.form.locator(`[name="${name}"]`);
  }

  async fillDetails(): Promise<void> {
    await this.field('candidate_phone').fill('06 12 34 56 78');
    await this.field('candidate_address').fill('12 rue des Lilas, 75020 Paris');
    await this.field('message').fill('Bonjour,\n\nVotre fournil me plaît.\n\nCamille');
  }
}
