import { request } from '@playwright/test';
import { expect, expectAccessible, expectFits, test, unique } from './support';

test.use({ person: 'e2e-admin' });

test('an administrator makes an account, changes it and disables it', async ({ signedIn: page, baseURL }) => {
  const login = unique('user');
  await page.goto('/accounts');
  await expect(page.getByText('e2e-reader').first()).toBeVisible();
  await expectAccessible(page);
  await expectFits(page);
  await page.getByRole('button', { name: '新建用户' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('用户名').fill(login);
  await dialog.getByLabel('姓名').fill('赵新');
  await dialog.getByLabel('教职员工').check();
  await dialog.getByLabel('密码').fill('correct horse 9');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: '保存' }).click();
  await expect(dialog).toHaveCount(0);
  const row = page.getByRole('row', { name: new RegExp(login) }).or(page.locator('tr', { hasText: login })).first();
  await expect(row).toContainText('教职员工');
  await row.getByRole('button', { name: /编辑/ }).click();
  await dialog.getByLabel('停用此用户').check();
  await dialog.getByRole('button', { name: '保存' }).click();
  await expect(row).toContainText('停用');
  const stranger = await request.newContext({ baseURL });
  const refused = await stranger.post('/api/v1/session', { data: { login, password: 'correct horse 9' } });
  expect(refused.status()).toBe(401);
  await stranger.dispose();
});

test('a new password is asked for while one types, and the form is there again afterwards', async ({ page, api }) => {
  const login = unique('due');
  const made = await api.account({ login, name: '孙二', roles: ['archivist'], clearance: 2, password: 'first passphrase 1' });
  await page.goto('/records/item/new');
  await page.getByLabel('用户名').fill(login);
  await page.getByLabel('密码').fill('first passphrase 1');
  await page.keyboard.press('Enter');
  await page.locator('[data-field=title] input').fill('修改密码前输入的题名');
  await api.changeAccount(made.id, { must_change_password: true });
  await page.getByRole('button', { name: '保存' }).click({ timeout: 3000 }).catch(() => undefined); // the check may be refused first
  await expect(page.getByText('请先修改密码')).toBeVisible();
  await page.getByLabel('现在的密码').fill('first passphrase 1');
  await page.getByLabel('新密码', { exact: true }).fill('second passphrase 2');
  await page.getByLabel('再输一次新密码').fill('second passphrase 2');
  await page.getByRole('button', { name: '修改密码' }).click();
  await expect(page.locator('[data-field=title] input')).toHaveValue('修改密码前输入的题名');
});

test('a person changes the password', async ({ page, api }) => {
  const login = unique('pw');
  await api.account({ login, name: '钱一', roles: ['reader'], clearance: 0, password: 'first passphrase 1', must_change_password: true });
  await page.goto('/search');
  await page.getByLabel('用户名').fill(login);
  await page.getByLabel('密码').fill('first passphrase 1');
  await page.keyboard.press('Enter');
  await expect(page.getByText('请先修改密码')).toBeVisible();
  await page.getByLabel('现在的密码').fill('first passphrase 1');
  await page.getByLabel('新密码', { exact: true }).fill('second passphrase 2');
  await page.getByLabel('再输一次新密码').fill('something else 33');
  await expect(page.getByText('两次输入的新密码不一致')).toBeVisible();
  await page.getByLabel('再输一次新密码').fill('second passphrase 2');
  await expectAccessible(page);
  await page.getByRole('button', { name: '修改密码' }).click();
  await expect(page.getByRole('heading', { name: '检索馆藏档案' })).toBeVisible();
});

test('audit log and status can be read', async ({ signedIn: page, api }) => {
  const item = await api.create('item', { title: unique('审计') });
  await page.goto('/audit');
  await expect(page.getByText(`item/${item.id}`).first()).toBeVisible();
  await expect(page.getByText('末条')).toBeVisible();
  await expectAccessible(page);
  await expectFits(page);
  await api.update('item', item.id, item.version, { notes: '核对' });
  await page.getByLabel('对象').fill(`http://archive.school/records/item/${item.id}?q=x`);
  await page.getByRole('button', { name: '查找' }).click();
  const rows = page.getByRole('region', { name: '审计日志' }).locator('tbody tr');
  await expect(rows).toHaveCount(2);
  await page.getByRole('combobox', { name: '操作', exact: true }).selectOption({ label: '修改' });
  await page.getByRole('button', { name: '查找' }).click();
  await expect(rows).toHaveCount(1);
  await page.getByLabel('截止日期').fill('2020-01-01');
  await page.getByRole('button', { name: '查找' }).click();
  await expect(page.getByText('没有符合条件的记录')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: '清除条件' }).click();
  await expect(rows.first()).toBeVisible();
  await page.goto('/status');
  await expect(page.getByText('系统运行正常')).toBeVisible();
  await expectAccessible(page);
  await expectFits(page);
});

test('a mistyped current password is said beside its field, and the person stays signed in', async ({ page, api }) => {
  const login = unique('typo');
  await api.account({ login, name: '李三', roles: ['reader'], clearance: 0, password: 'first passphrase 1', must_change_password: true });
  await page.goto('/search');
  await page.getByLabel('用户名').fill(login);
  await page.getByLabel('密码').fill('first passphrase 1');
  await page.keyboard.press('Enter');
  await expect(page.getByText('请先修改密码')).toBeVisible();
  await expect(page.getByText('读者', { exact: true })).toBeVisible();
  await page.getByLabel('现在的密码').fill('first passphrase 2');
  await page.getByLabel('新密码', { exact: true }).fill('second passphrase 2');
  await page.getByLabel('再输一次新密码').fill('second passphrase 2');
  await page.getByRole('button', { name: '修改密码' }).click();
  await expect(page.getByText('当前密码不正确')).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel('现在的密码').fill('first passphrase 1');
  await page.getByRole('button', { name: '修改密码' }).click();
  await expect(page.getByRole('heading', { name: '检索馆藏档案' })).toBeVisible();
});

test('a person makes a token for a program, sees it once, and revokes it', async ({ signedIn: page, baseURL }) => {
  const label = unique('扫描');
  await page.goto('/account');
  await page.getByLabel('用途').fill(label);
  await page.getByRole('button', { name: '生成令牌' }).click();
  const token = await page.locator('.notice .code').innerText();
  await expectAccessible(page);
  await expectFits(page);
  const program = await request.newContext({ baseURL, extraHTTPHeaders: { Authorization: `Bearer ${token}` } });
  expect((await program.get('/api/v1/session')).status()).toBe(200);
  await page.reload();
  await expect(page.getByText(label).first()).toBeVisible();
  await expect(page.getByText(token)).toHaveCount(0);
  page.once('dialog', (dialog) => void dialog.accept());
  await page.getByRole('button', { name: `撤销 ${label}` }).click();
  await expect(page.getByText(label)).toHaveCount(0);
  expect((await program.get('/api/v1/session')).status()).toBe(401);
  await program.dispose();
});
