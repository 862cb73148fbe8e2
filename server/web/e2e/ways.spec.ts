// Where people sign in elsewhere: what the pages offer then. The servers elsewhere are those of tests/scenario.
import { expect, expectAccessible, expectFits, kPassword, signIn, test, unique } from './support';

test('the login page leads to the sign-in service, and says why it sent somebody back', async ({ page }) => {
  await page.route('**/api/v1/session/ways', (route) => route.fulfill({ json: { directory: true, provider: '统一身份认证' } }));
  await page.goto('/login?next=/tree&refused=auth.no_account');
  await expect(page.getByRole('alert')).toContainText('还没有可用的账号');
  const link = page.getByRole('link', { name: '用 统一身份认证 登录' });
  await expect(link).toHaveAttribute('href', '/api/v1/session/provider?next=%2Ftree');
  await expectAccessible(page);
  await expectFits(page);
});

test('an administrator says how somebody signs in; then there is no password to set here', async ({ page, api }) => {
  const login = unique('elsewhere');
  await page.route('**/api/v1/session/ways', (route) => route.fulfill({ json: { directory: true, provider: null } }));
  await signIn(page, 'e2e-system');
  await page.goto('/accounts');
  await page.getByRole('button', { name: '新建用户' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('用户名').fill(login);
  await dialog.getByLabel('姓名').fill('目录用户');
  await dialog.getByLabel('登录方式').selectOption('directory');
  await expect(dialog.getByLabel('密码', { exact: true })).toHaveCount(0);
  await expectAccessible(page);
  await expectFits(page);
  await dialog.getByRole('button', { name: '保存' }).click();
  await expect(page.locator('tr', { hasText: login })).toContainText('待授权');
  const { accounts } = await api.get<{ accounts: { login: string; signs_in_by: string }[] }>('/accounts');
  expect(accounts.find((one) => one.login === login)?.signs_in_by).toBe('directory');
  expect((await page.request.post('/api/v1/session', { data: { login, password: kPassword } })).status()).toBe(401);
});
