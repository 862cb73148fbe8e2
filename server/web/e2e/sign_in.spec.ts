import { expect, expectAccessible, expectFits, kPassword, signIn, test } from './support';

test('a person signs in, is told when the password is wrong, and signs out', async ({ page }, info) => {
  await page.goto('/records/item?order=date');
  await expect(page.getByRole('heading', { name: '登录电子档案系统' })).toBeVisible();
  await expectAccessible(page);
  await expectFits(page);
  await page.getByLabel('用户名').fill('e2e-reader');
  await page.getByLabel('密码').fill('wrong password');
  await page.getByRole('button', { name: '登录' }).click();
  await expect(page.getByRole('alert')).toContainText('用户名或密码不正确');
  await page.getByLabel('密码').fill(kPassword);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/records\/item\?order=date/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('件');
  if (info.project.name === 'phone') await page.getByRole('button', { name: '更多', exact: true }).click();
  await page.getByRole('button', { name: '退出登录' }).locator('visible=true').click();
  await expect(page).toHaveURL(/\/login/);
  await page.goto('/search');
  await expect(page).toHaveURL(/\/login/);
});

test('the three languages reach interface and declarations', async ({ page }, info) => {
  await signIn(page, 'e2e-archivist');
  await page.goto('/records/item');
  const choose = async (name: string) => {
    if (info.project.name === 'phone') await page.getByRole('banner').getByRole('button').click();
    await page.getByRole('button', { name, exact: true }).locator('visible=true').click();
    if (info.project.name === 'phone') await page.keyboard.press('Escape');
  };
  await choose('繁體中文');
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-Hant');
  await expect(page.getByRole('link', { name: '檢索', exact: true }).locator('visible=true').first()).toBeVisible();
  await page.goto('/records/item/new');
  await expect(page.locator('[data-field=title] label')).toContainText('題名');
  await choose('English');
  await page.goto('/records/item/new');
  await expect(page.locator('[data-field=title] label')).toContainText('Title');
  await expect(page).toHaveTitle(/Lantai/);
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
});

test('a reader is not offered what a reader may not do', async ({ page }) => {
  await signIn(page, 'e2e-reader');
  await page.goto('/records/item');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('件');
  await expect(page.getByRole('link', { name: '新建' })).toHaveCount(0);
  await expect(page.getByRole('link', { name: '用户与权限' })).toHaveCount(0);
});
