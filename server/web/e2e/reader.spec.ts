import { readFileSync } from 'node:fs';
import { expect, expectAccessible, expectFits, isPhone, test, unique } from './support';

test('the reader shows the text with the hits marked, goes from hit to hit and cites', async ({ signedIn: page, api }) => {
  const mark = unique('dq');
  const item = await api.create('item', { title: `${mark}督查通报`, reference_code: `Z109-WS·2021·Y·BGS-${mark}`, fonds_code: 'Z109', date: '2021-03-05', access_level: 'public' });
  await api.attach('item', item.id, '通报 正文.txt', `第一部分\n教务处${mark}已完成。\n\n第二部分\n后勤处${mark}尚未完成，须限期办结。\n`, 'text/plain');
  await api.searchable();

  await page.goto(`/search?q=${mark}`);
  await page.locator('article.hit a').first().click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`${mark}督查通报`);
  await expect(page.locator('.content mark')).toHaveCount(2);
  await expect(page.locator('.content mark.current')).toHaveCount(1);
  await expect(page.getByText('1 / 2 处')).toBeVisible();
  await page.getByRole('button', { name: '下一处命中' }).click();
  await expect(page.locator('.content mark').nth(1)).toHaveClass(/current/);
  await page.keyboard.press('n');
  await expect(page.locator('.content mark').nth(0)).toHaveClass(/current/);
  await expectAccessible(page);
  await expectFits(page);

  await page.getByRole('button', { name: '引用' }).click();
  await expect(page.getByText(`《${mark}督查通报》，档号`)).toBeVisible();
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: '下载', exact: true }).click();
  expect((await download).suggestedFilename()).toBe('通报 正文.txt');
  await page.getByRole('link', { name: '返回检索结果' }).click();
  await expect(page).toHaveURL(new RegExp(`q=${mark}`));
});

// Pages with a line of text each, a third down from the top.
function pdfOf(...lines: string[]): string {
  const pageAt = (index: number) => 4 + 2 * index;
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    `<</Type/Pages/Kids[${lines.map((_, index) => `${pageAt(index)} 0 R`).join(' ')}]/Count ${lines.length}>>`,
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
  ];
  lines.forEach((line, index) => {
    const content = `BT /F1 24 Tf 60 560 Td (${line}) Tj ET`;
    objects.push(`<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents ${pageAt(index) + 1} 0 R/Resources<</Font<</F1 3 0 R>>>>>>`);
    objects.push(`<</Length ${content.length}>>stream\n${content}\nendstream`);
  });
  let pdf = '%PDF-1.4\n';
  let table = '0000000000 65535 f \n';
  objects.forEach((object, index) => {
    table += `${String(pdf.length).padStart(10, '0')} 00000 n \n`;
    pdf += `${index + 1} 0 obj${object}endobj\n`;
  });
  return `${pdf}xref\n0 ${objects.length + 1}\n${table}trailer<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${pdf.length}\n%%EOF\n`;
}

test('hits are marked on the picture of a page', async ({ signedIn: page, api }) => {
  const mark = unique('pz');
  const item = await api.create('item', { title: '章程', access_level: 'public' });
  await api.attach('item', item.id, '章程.pdf', pdfOf(`Charter ${mark} of the school`), 'application/pdf');
  await api.searchable();
  await page.goto(`/records/item/${item.id}?q=${mark}`);
  await expect(page.getByText('1 / 1 处')).toBeVisible();
  await page.getByRole('button', { name: '原貌' }).click();
  const spot = page.locator('.spot.current');
  await expect(spot).toBeInViewport();
  // Both at the same moment: the page is still scrolling to the mark.
  const at = await spot.evaluate((mark) => {
    const [marked, sheet] = [mark.getBoundingClientRect(), mark.parentElement!.querySelector('img')!.getBoundingClientRect()];
    return { down: (marked.top + marked.height / 2 - sheet.top) / sheet.height, across: (marked.left - sheet.left) / sheet.width };
  });
  // The line stands 842 - 560 = 282 points down, and begins after "Charter " and the margin.
  expect(Math.abs(at.down - 275 / 842)).toBeLessThan(0.012);
  expect(at.across).toBeGreaterThan(60 / 595);
  await expectAccessible(page);
  await expectFits(page);
});

test('all pages are shown small, with the hits of each, and one is opened from there', async ({ signedIn: page, api }) => {
  const mark = unique('py');
  const item = await api.create('item', { title: '汇编', access_level: 'public' });
  await api.attach('item', item.id, '汇编.pdf', pdfOf('Cover', `Rules ${mark}`, `More ${mark} and ${mark}`, 'End'), 'application/pdf');
  await api.searchable();
  await page.goto(`/records/item/${item.id}?q=${mark}`);
  await expect(page.getByText('1 / 3 处')).toBeVisible();
  await page.getByRole('button', { name: '全部页面' }).click();
  const pages = page.getByRole('list', { name: '全部页面' }).getByRole('button');
  await expect(pages).toHaveText(['第 1 页', '第 2 页命中 1', '第 3 页命中 2', '第 4 页']);
  await expect(pages.nth(1)).toHaveAttribute('aria-current', 'page');
  await pages.nth(3).scrollIntoViewIfNeeded();
  await expect.poll(() => pages.nth(3).locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(240);
  await expectAccessible(page);
  await expectFits(page);
  await pages.nth(3).click();
  await expect(page.getByRole('img', { name: '第 4 页图像' })).toBeInViewport();
  await expect(page.getByRole('list', { name: '全部页面' })).toBeHidden();
});

test('a sheet is read as text and shown as it is laid out', async ({ signedIn: page, api }) => {
  const item = await api.create('item', { title: '设备清单', access_level: 'public' });
  await api.attach('item', item.id, '清单.xlsx', readFileSync('../../tests/data/office/sheet.xlsx'), 'application/octet-stream');
  await api.searchable();
  await page.goto(`/records/item/${item.id}`);
  await expect(page.getByText('课桌椅')).toBeVisible();
  await page.getByRole('button', { name: '原貌' }).click();
  const picture = page.locator('.sheet img');
  await expect(picture).toBeInViewport();
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth), { timeout: 30_000 }).toBe(1200);
  await expectAccessible(page);
  await expectFits(page);
  await page.getByRole('button', { name: '文字' }).click();
  await expect(page.getByText('课桌椅')).toBeVisible();
});

test('an OFD is shown with its seal, and whether that holds is said', async ({ signedIn: page, api }) => {
  const item = await api.create('item', { title: '放假通知', access_level: 'public' });
  await api.attach('item', item.id, '通知.ofd', readFileSync('../../tests/data/ofd/signed.ofd'), 'application/octet-stream');
  await api.searchable();
  await page.goto(`/records/item/${item.id}?q=校运动会`);
  await page.getByRole('button', { name: '原貌' }).click();
  const picture = page.locator('.sheet img');
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth), { timeout: 30_000 }).toBe(1200);
  const spot = page.locator('.spot.current');
  await expect(spot).toBeInViewport();
  // The line stands 20 of 200 millimetres down; 校运动会 begins after two characters of 6 of 100 millimetres.
  const at = await spot.evaluate((mark) => {
    const [marked, sheet] = [mark.getBoundingClientRect(), mark.parentElement!.querySelector('img')!.getBoundingClientRect()];
    return { down: (marked.top + marked.height / 2 - sheet.top) / sheet.height, across: (marked.left - sheet.left) / sheet.width };
  });
  expect(Math.abs(at.down - 23.5 / 200)).toBeLessThan(0.012);
  expect(Math.abs(at.across - 22 / 100)).toBeLessThan(0.012);
  await page.getByRole('tab', { name: /文件/ }).click();
  const files = page.getByRole('tabpanel');
  await expect(files.getByText('第一中学公章')).toBeVisible();
  await expect(files.getByText('签章有效，内容未改动')).toBeVisible();
  await expectAccessible(page);
  await expectFits(page);
});

test('history shows who changed what, and files their versions', async ({ signedIn: page, api }, info) => {
  const item = await api.create('item', { title: unique('旧题名') });
  const changed = await api.update('item', item.id, item.version, { title: '新题名', fiscal_year: 2021 });
  await api.attach('item', changed.id, '附件.txt', '附件正文', 'text/plain');
  await page.goto(`/records/item/${item.id}`);
  await page.getByRole('tab', { name: '历史' }).click();
  await expect(page.getByRole('tabpanel').locator('ins', { hasText: '新题名' })).toBeVisible();
  await expect(page.getByRole('tabpanel').getByText('周敏').first()).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: '查看此版' }).last().click();
  await expect(page.getByRole('dialog')).toContainText('旧题名');
  await page.keyboard.press('Escape');
  await page.getByRole('tab', { name: /文件/ }).click();
  await expect(page.getByRole('button', { name: '附件.txt', exact: true })).toBeVisible();
  const chooser = page.waitForEvent('filechooser');
  await page.getByText('上传新版本').click();
  await (await chooser).setFiles({ name: '附件改.txt', mimeType: 'text/plain', buffer: Buffer.from('附件正文改') });
  await expect(page.getByText('共 2 个版本')).toBeVisible();
  await expectFits(page);
  if (isPhone(info.project.name)) await page.getByRole('tab', { name: '内容' }).click();
  await expect(page.locator('.content')).toContainText('附件正文改', { timeout: 20_000 });
});

test('a record that is not there is explained', async ({ signedIn: page }) => {
  await page.goto('/records/item/00000000000000000000000000');
  await expect(page.getByRole('alert')).toBeVisible();
  await expectAccessible(page);
});

test('an old version of the description is restored as a new one', async ({ signedIn: page, api }) => {
  const title = unique('恢复');
  const item = await api.create('item', { title, notes: '第一版附注' });
  await api.update('item', item.id, item.version, { title: `${title}改`, notes: null });
  await page.goto(`/records/item/${item.id}`);
  await page.getByRole('tab', { name: '历史' }).click();
  await page.getByRole('button', { name: '查看此版' }).click();
  await expectAccessible(page);
  await page.getByRole('button', { name: '恢复此版本' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
  const now = await api.get<{ version: number; fields: Record<string, unknown> }>(`/records/item/${item.id}`);
  expect(now).toMatchObject({ version: 3, fields: { title, notes: '第一版附注' } });
});

test('printing what is read is one click, and stands in the audit log', async ({ signedIn: page, api }) => {
  const title = unique('打印');
  const item = await api.create('item', { title });
  await api.attach('item', item.id, '正文.txt', '要打印的正文', 'text/plain');
  await page.addInitScript(() => (window.print = () => window.dispatchEvent(new Event('beforeprint')))); // a dialog of the system, else
  await page.goto(`/records/item/${item.id}`);
  const noted = page.waitForResponse((answer) => answer.url().endsWith('/prints'));
  await page.getByRole('button', { name: '打印' }).click();
  expect((await noted).status()).toBe(204);
  const { entries } = await api.get<{ entries: { detail: { file: number } }[] }>(`/audit?action=record.print&subject=item/${item.id}`);
  expect(entries.map((one) => one.detail.file)).toEqual([1]);
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByRole('heading', { name: title })).toBeVisible();
  await expect(page.getByRole('navigation', { name: '主导航' }).first()).toBeHidden();
  await expect(page.getByRole('button', { name: '打印' })).toBeHidden();
});
