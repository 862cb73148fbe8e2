import { expect, expectAccessible, expectFits, isPhone, test, unique } from './support';

const text = (name: string, content: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(content) });

test('files are uploaded with a result each, and found afterwards', async ({ signedIn: page, api }, info) => {
  const mark = unique('up');
  await page.goto('/upload');
  if (isPhone(info.project.name)) await page.getByText('共同著录项').click();
  await page.locator('[data-field=fiscal_year] input').fill('2021');
  await page.locator('[data-test=files]').setInputFiles([text(`${mark}通知.txt`, `关于${mark}的通知正文`), text(`${mark}附件.txt`, '附件内容')]);
  await expect(page.locator('[data-state=done]')).toHaveCount(2);
  await expectAccessible(page);
  await expectFits(page);
  await page.getByRole('link', { name: `${mark}通知.txt` }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`${mark}通知`);
  await api.searchable();
  await page.goto(`/search?q=${mark}`);
  await expect(page.getByText('共 2 条').first()).toBeVisible();
});

test('files can be dropped', async ({ signedIn: page }) => {
  const name = `${unique('drop')}.txt`;
  await page.goto('/upload');
  const transfer = await page.evaluateHandle((fileName) => {
    const data = new DataTransfer();
    data.items.add(new File(['拖入的内容'], fileName, { type: 'text/plain' }));
    return data;
  }, name);
  await page.locator('.drop').dispatchEvent('drop', { dataTransfer: transfer });
  await expect(page.locator('[data-state=done]').getByText(name)).toBeVisible();
});

test('a large file goes in pieces and arrives whole', async ({ signedIn: page, api }) => {
  const name = unique('large');
  const bytes = Buffer.alloc(17 * 1024 * 1024);
  for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE((at * 2654435761) >>> 0, at);
  let pieces = 0;
  page.on('request', (request) => {
    if (request.method() === 'PATCH' && request.url().includes('/uploads/')) pieces += 1;
  });
  await page.goto('/upload');
  await page.locator('[data-test=files]').setInputFiles({ name: `${name}.bin`, mimeType: 'application/octet-stream', buffer: bytes });
  await expect(page.locator('[data-state=done]')).toHaveCount(1, { timeout: 30_000 });
  expect(pieces).toBe(5);
  const address = await page.getByRole('link', { name: `${name}.bin` }).getAttribute('href');
  const record = await api.get<{ files: { size: number; name: string }[] }>(address ?? '');
  expect(record.files.map((file) => [file.name, file.size])).toEqual([[`${name}.bin`, bytes.length]]);
});

test('a table with its files is tried first and then taken in', async ({ signedIn: page, api }) => {
  const mark = unique('imp');
  const table = `题名,文号,日期,保管期限,文件名\n${mark}第一份通知,校办〔2021〕1号,2021-03-05,永久,one.txt\n${mark}第二份通知,校办〔2021〕2号,2021年3月6日,10年,two.txt\n${mark}第三份通知,校办〔2021〕3号,2021-13-40,永久,\n`;
  await page.goto('/import');
  await expectAccessible(page);
  await page.locator('[data-test=table]').setInputFiles({ name: '目录.csv', mimeType: 'text/csv', buffer: Buffer.from(`\ufeff${table}`) });
  await page.locator('[data-test=files]').setInputFiles([text('one.txt', `${mark}正文一`), text('two.txt', `${mark}正文二`)]);
  await page.getByRole('button', { name: '试运行' }).click();
  await expect(page.getByText(/试运行完成/)).toBeVisible({ timeout: 30_000 });
  await expect(page.locator('tr[data-status=failed]').first()).toContainText(/第 4 行.*日期: /);
  await expectAccessible(page);
  await expectFits(page);
  await api.searchable();
  expect((await api.get<{ total: number }>(`/search?q=${mark}`)).total).toBe(0);

  await page.getByRole('button', { name: '正式导入' }).click();
  await expect(page.getByText('导入完成')).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText(/新建 2，更新 0，未变 0，跳过 \d，失败 1/)).toBeVisible();
  await page.getByRole('button', { name: /^全部/ }).click();
  await expect(page.locator('tr[data-status=created]')).toHaveCount(2);
  await expectAccessible(page);
  await api.searchable();
  const found = await api.get<{ total: number; hits: { title: string }[] }>(`/search?q=${mark}`);
  expect(found.hits.map((hit) => hit.title).sort()).toEqual([`${mark}第一份通知`, `${mark}第二份通知`].sort());
});

test.describe('as staff', () => {
  test.use({ person: 'e2e-staff' });

  test('a member of staff uploads a file', async ({ signedIn: page }) => {
    const name = unique('staff');
    await page.goto('/upload');
    await page.locator('[data-test=files]').setInputFiles([text(`${name}.txt`, '教研组交来的总结')]);
    await expect(page.locator('[data-state=done]').getByText(name)).toBeVisible();
    await page.getByRole('link', { name: `${name}.txt` }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
  });
});

test('a file that does not arrive leaves no empty record', async ({ signedIn: page, api }) => {
  const name = unique('refused');
  await page.goto('/upload');
  await page.route('**/files?role=main', (route) => route.fulfill({ status: 507, contentType: 'application/problem+json', body: '{"code":"resource_exhausted","detail":"磁盘已满"}' }), { times: 1 });
  await page.locator('[data-test=files]').setInputFiles([text(`${name}.txt`, '正文')]);
  await expect(page.locator('[data-state=failed]')).toContainText('磁盘已满');
  await api.searchable();
  expect((await api.get<{ total: number }>(`/search?q=${name}`)).total).toBe(0);
  await page.getByRole('button', { name: '重试' }).click();
  await expect(page.locator('[data-state=done]')).toHaveCount(1);
  await api.searchable();
  expect((await api.get<{ total: number }>(`/search?q=${name}`)).total).toBe(1);
});

test('an upload catalogued above the files gets its reference code; the fields are still there afterwards', async ({ signedIn: page, api }, info) => {
  const code = unique('K').toUpperCase();
  await api.create('fonds', { code, name: `${code}学校` });
  await api.searchable();
  await page.goto('/upload');
  if (isPhone(info.project.name)) await page.getByText('共同著录项').click();
  const choose = async (field: string, typed: string, option: string | RegExp) => {
    await page.locator(`[data-field=${field}]`).getByRole('combobox').fill(typed);
    await page.locator(`[data-field=${field}]`).getByRole('option', { name: option }).locator('visible=true').first().click();
  };
  await choose('fonds', code, new RegExp(code));
  await choose('class_code', '文书', /文书/);
  await page.locator('[data-field=fiscal_year] input').fill('2021');
  await page.locator('[data-field=retention]').getByRole('combobox').click();
  await page.locator('[data-field=retention]').getByRole('option', { name: '永久' }).locator('visible=true').click();
  await page.locator('[data-test=files]').setInputFiles([text(`${code}总结.txt`, '正文')]);
  await page.getByRole('link', { name: `${code}总结.txt` }).click();
  await expect(page.getByText(new RegExp(`${code}-WS·2021·Y`)).first()).toBeVisible();
  await page.goBack();
  await expect(page.locator('[data-field=fiscal_year] input')).toHaveValue('2021');
});

test('an import goes on while its page is left, and is found again', async ({ signedIn: page }) => {
  const mark = unique('away');
  let held = true;
  await page.route(/\/imports\/[\w-]+$/, async (route) => {
    if (!held) return route.fallback();
    return route.abort();
  });
  await page.goto('/import');
  await page.locator('[data-test=files]').setInputFiles([text(`${mark}.txt`, '正文')]);
  await page.getByRole('button', { name: '试运行' }).click();
  await expect(page.getByText('正在重试')).toBeVisible();
  await expect(page).toHaveURL(/job=/);
  await expectAccessible(page);
  await page.getByRole('link', { name: '检索', exact: true }).locator('visible=true').first().click();
  await expect(page.getByRole('heading', { name: '检索馆藏档案' })).toBeVisible();
  held = false;
  await page.goBack();
  await expect(page.getByText(/试运行完成/)).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText(/将导入 1，跳过 0，失败 0/)).toBeVisible();
});
