// The form while somebody types: what applies, what must be there, what is wrong; and a session that ends meanwhile.
import { expect, expectAccessible, expectFits, kPassword, test, unique } from './support';

test('fields that do not apply are hidden, and what becomes required is marked while one types', async ({ signedIn: page, api }) => {
  const name = unique('钥匙');
  await page.goto('/records/key/new');
  const field = (at: string) => page.locator(`[data-field="${at}"]`);
  await expect(field('name').locator('.must')).toBeVisible();
  await expect(field('holder')).toHaveCount(0);
  await expect(field('due')).toHaveCount(0);
  await field('name').locator('input').fill(name);
  await field('lent').getByRole('checkbox').check();
  await expect(field('holder').locator('.must')).toBeVisible();
  await expect(field('due')).toBeVisible();
  await expect(field('due').locator('.must')).toHaveCount(0);

  await page.getByRole('button', { name: '增加一行' }).click();
  await field('checks[0].count').locator('input').fill('3');
  await expect(field('checks[0].reason')).toHaveCount(0);
  await field('checks[0].count').locator('input').fill('0');
  await expect(field('checks[0].reason').locator('.must')).toBeVisible();
  await expectAccessible(page);
  await expectFits(page);

  await page.getByRole('button', { name: '保存' }).click();
  await expect(field('holder').locator('.error')).toContainText('必须填写');
  await expect(field('checks[0].reason').locator('.error')).toContainText('必须填写');
  await field('holder').locator('input').fill('王芳');
  await expect(field('holder').locator('.error')).toHaveCount(0);
  await field('checks[0].reason').locator('input').fill('遗失');
  // What holds something is never hidden: nothing is stored that cannot be seen.
  await field('lent').getByRole('checkbox').uncheck();
  await expect(field('due')).toHaveCount(0);
  await expect(field('holder').locator('input')).toHaveValue('王芳');
  await expect(field('holder').locator('.must')).toHaveCount(0);
  await field('lent').getByRole('checkbox').check();
  await page.getByRole('button', { name: '保存' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
  const saved = await api.get<{ records: { fields: Record<string, unknown> }[] }>(`/records/key?where[name]=${encodeURIComponent(name)}`);
  expect(saved.records[0].fields).toMatchObject({ name, lent: true, holder: '王芳', checks: [{ count: 0, reason: '遗失' }] });
  await api.searchable();
  await page.goto(`/search?q=${encodeURIComponent(name)}`);
  await expect(page.locator('article.hit a').first()).toHaveText(name);
});

test('what the server finds wrong is said as soon as the field is left', async ({ signedIn: page }) => {
  await page.goto('/records/item/new');
  const field = (at: string) => page.locator(`[data-field=${at}]`);
  await expect(field('secrecy_period')).toHaveCount(0);
  await field('date').locator('input').first().fill('2021-13-40');
  await field('title').locator('input').focus();
  await expect(field('date').locator('.error')).toContainText('“2021-13-40”不是日期');
  await expect(field('title').locator('.error')).toHaveCount(0);
  await field('date').locator('input').first().fill('2021-03-05');
  await field('title').locator('input').focus();
  await expect(field('date').locator('.error')).toHaveCount(0);
});

test('a session that ends while one types brings one back to the form with its content', async ({ signedIn: page, api }) => {
  const item = await api.create('item', { title: unique('题名') });
  await page.goto(`/records/item/${item.id}/edit`);
  await expect(page.locator('[data-field=title] input')).toBeVisible();
  // The server is asked while one types, and answers that the session has ended.
  let answer = () => {};
  const typed = new Promise<void>((done) => (answer = done));
  await page.route('**/records/item/check', async (route) => {
    await typed;
    await route.continue();
  });
  await page.context().clearCookies();
  await page.locator('[data-field=title] input').fill('会话结束前输入的题名');
  await page.locator('[data-field=notes] textarea').fill('刚刚写的附注');
  answer();
  await expect(page.getByRole('heading', { name: '登录电子档案系统' })).toBeVisible();
  await expect(page.getByText('登录已过期')).toBeVisible();
  await page.getByLabel('用户名').fill('e2e-archivist');
  await page.getByLabel('密码').fill(kPassword);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/records/item/${item.id}/edit`));
  await expect(page.locator('[data-field=title] input')).toHaveValue('会话结束前输入的题名');
  await expect(page.locator('[data-field=notes] textarea')).toHaveValue('刚刚写的附注');
  await page.getByRole('button', { name: '保存' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('会话结束前输入的题名');
  expect((await api.get<{ fields: Record<string, unknown> }>(`/records/item/${item.id}`)).fields.notes).toBe('刚刚写的附注');
});
