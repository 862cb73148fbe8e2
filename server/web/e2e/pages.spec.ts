// Pages that no other test walks through in full: fit for every screen and reader, in every language.
import { readFileSync } from 'node:fs';
import { expect, expectAccessible, expectFits, isPhone, test, unique } from './support';

// One page of A4 with a line of text, as a scanner or office program would make it.
function pdf(line: string): Buffer {
  const content = `BT /F1 24 Tf 72 720 Td (${line}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let text = '%PDF-1.4\n';
  const places = objects.map((object, index) => {
    const at = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(at).padStart(10, '0')} 00000 n \n`;
  });
  const table = text.length;
  return Buffer.from(`${text}xref\n0 6\n0000000000 65535 f \n${places.join('')}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`, 'latin1');
}

test('the reader shows the image of a page beside its text with the hits marked', async ({ signedIn: page, api }, info) => {
  const mark = unique('quorum');
  const item = await api.create('item', { title: `${mark} 纪要`, access_level: 'public' });
  await api.attach('item', item.id, 'minutes.pdf', pdf(`The ${mark} was present.`), 'application/pdf');
  await api.searchable();
  await page.goto(`/records/item/${item.id}?q=${mark}`);
  const phone = isPhone(info.project.name);
  if (phone) await page.getByRole('tab', { name: '内容' }).click();
  await page.getByRole('button', { name: '原貌', exact: true }).click();
  const image = page.locator('.picture img');
  await expect(image).toBeVisible();
  await expect.poll(() => image.evaluate((element: HTMLImageElement) => (element.complete ? element.naturalWidth : 0))).toBeGreaterThan(600);
  await expectAccessible(page);
  await expectFits(page);
  await page.getByRole('button', { name: '文字', exact: true }).click();
  await expect(page.locator('.content mark')).toHaveText(mark);
  if (!phone) {
    await page.getByRole('button', { name: '对照', exact: true }).click();
    await expect(image).toBeVisible();
    await expect(page.locator('.content mark')).toBeVisible();
    await expect(page.locator('[data-field=title], .panel').first()).toContainText(mark);
  }
});

test('the pages without a test of their own can be read by everybody', async ({ signedIn: page }) => {
  for (const path of ['/records', '/records/item', '/records/fonds', '/account', '/there/is/nothing']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expectAccessible(page);
    await expectFits(page);
  }
});

test('every page fits the screen in every language', async ({ signedIn: page }) => {
  test.setTimeout(60_000);
  for (const language of ['zh-Hant', 'en']) {
    await page.goto('/search');
    await page.evaluate((chosen) => localStorage.setItem('lantai.language', chosen), language);
    for (const path of ['/search', '/tree', '/records', '/records/item', '/records/item/new', '/upload', '/import', '/account']) {
      await page.goto(path);
      await expect(page.locator('html')).toHaveAttribute('lang', language);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expectFits(page);
    }
  }
});

test('a part of the application that an upgrade took away is fetched by loading anew, once', async ({ signedIn: page }) => {
  await page.goto('/search');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  let refused = 0;
  await page.route('**/assets/TreePage*.js', (route) => ((refused += 1), route.fulfill({ status: 404, body: '' })), { times: 1 });
  await page.getByRole('link', { name: '档案目录', exact: true }).locator('visible=true').first().click();
  await expect(page.getByRole('heading', { name: '档案目录' })).toHaveCount(1);
  expect(refused).toBe(1);
});

test('a browser that keeps nothing still shows everything', async ({ signedIn: page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', { get: () => { throw new DOMException('blocked', 'SecurityError'); } });
  });
  await page.goto('/search');
  await page.getByRole('combobox', { name: '检索词' }).fill('会议');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('combobox', { name: '检索词' })).toHaveValue('会议');
  await expect(page).toHaveURL(/q=/);
  await page.goto('/records/item/new');
  await expect(page.locator('[data-field=title] input')).toBeVisible();
});

test('a list is exported with the headings and terms of the language that is shown', async ({ signedIn: page, api }) => {
  const title = unique('export');
  await api.create('item', { title, retention: 'Y' });
  await page.goto('/records/item');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).click()]);
  const lines = readFileSync(await download.path(), 'utf8').split('\n');
  expect(lines[0]).toContain('题名');
  expect(lines.find((line) => line.includes(title))).toContain('永久');
});
