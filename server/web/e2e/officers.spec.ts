import { request, type Page } from '@playwright/test';
import { Api, expect, expectAccessible, expectFits, isPhone, kPassword, signIn, test, unique, type Person } from './support';

// What the navigation offers, wherever it stands on this screen.
async function offered(page: Page, phone: boolean): Promise<string[]> {
  const names = ['检索', '档案目录', '组织与通讯录', '著录', '上传', '审计日志', '用户与权限', '角色与操作', '授权总览', '安全策略', '运行状态'];
  if (phone) await page.getByRole('button', { name: '更多', exact: true }).click();
  const found: string[] = [];
  for (const name of names) {
    if ((await page.getByRole('link', { name, exact: true }).locator('visible=true').count()) > 0) found.push(name);
  }
  if (phone) await page.keyboard.press('Escape');
  return found;
}

const kOffices: { person: Person; begins: string; sees: string[] }[] = [
  { person: 'e2e-system', begins: '用户与权限', sees: ['组织与通讯录', '著录', '用户与权限', '角色与操作', '安全策略', '运行状态'] },
  { person: 'e2e-security', begins: '用户与权限', sees: ['组织与通讯录', '用户与权限', '角色与操作', '授权总览', '安全策略'] },
  { person: 'e2e-auditor', begins: '审计日志', sees: ['审计日志', '用户与权限', '角色与操作', '安全策略'] },
];
for (const { person, begins, sees } of kOffices) {
  test(`${person} begins at the own work and sees nothing of the others'`, async ({ page }, info) => {
    await page.goto('/');
    await page.getByLabel('用户名').fill(person);
    await page.getByLabel('密码').fill(kPassword);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(begins);
    expect(await offered(page, isPhone(info.project.name))).toEqual(sees);
    await expectAccessible(page);
    await expectFits(page);
  });
}

test('the administrator makes an account, the security officer gives it rights, and only then it can read', async ({ page, browser, baseURL }) => {
  const login = unique('new');
  await signIn(page, 'e2e-system');
  await page.goto('/accounts');
  await page.getByRole('button', { name: '新建用户' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('由安全管理员授予')).toBeVisible();
  await expect(dialog.getByLabel('档案员')).toHaveCount(0);
  await dialog.getByLabel('用户名').fill(login);
  await dialog.getByLabel('姓名').fill('郑新');
  await dialog.getByLabel('密码').fill('first passphrase 1');
  await dialog.getByRole('button', { name: '保存' }).click();
  const row = page.locator('tr', { hasText: login });
  await expect(row).toContainText('待授权');

  const elsewhere = await browser.newContext({ baseURL });
  const security = await elsewhere.newPage();
  await signIn(security, 'e2e-security');
  await security.goto('/accounts');
  await expect(security.getByRole('button', { name: '新建用户' })).toHaveCount(0);
  await security.locator('tr', { hasText: login }).getByRole('button', { name: /编辑/ }).click();
  const rights = security.getByRole('dialog');
  await expect(rights.getByLabel(/密码/)).toHaveCount(0);
  await rights.getByLabel('读者').check();
  await expectAccessible(security);
  await expectFits(security);
  await rights.getByRole('button', { name: '保存' }).click();
  await expect(rights).toHaveCount(0);
  await expect(security.locator('tr', { hasText: login })).toContainText('读者');
  await elsewhere.close();

  const person = await request.newContext({ baseURL });
  await person.post('/api/v1/session', { data: { login, password: 'first passphrase 1' } });
  expect((await person.get('/api/v1/session')).status()).toBe(200);
  expect(((await (await person.get('/api/v1/session')).json()) as { account: { roles: string[] } }).account.roles).toEqual(['reader']);
  await person.dispose();
});

test('the roles tell what they may do and who holds them', async ({ page }) => {
  await signIn(page, 'e2e-security');
  await page.goto('/roles');
  const archivist = page.getByRole('region', { name: '档案员', exact: true });
  await expect(archivist.locator('tr', { hasText: /^件/ })).toContainText('查看、新建、修改、删除、导出');
  await expect(page.getByRole('region', { name: '读者', exact: true }).locator('tr', { hasText: /^件/ })).toHaveText(/件\s*查看$/);
  await expect(page.getByRole('region', { name: '审计员', exact: true })).toContainText('独自查看审计日志');
  await expectAccessible(page);
  await expectFits(page);
  await archivist.getByRole('link').click();
  await expect(page.getByLabel('按角色筛选')).toHaveValue('archivist');
  await expect(page.locator('tr', { hasText: 'e2e-archivist' })).toBeVisible();
  await expect(page.locator('tr', { hasText: 'e2e-reader' })).toHaveCount(0);
  await page.getByLabel('按角色筛选').selectOption('');
  await expect(page.locator('tr', { hasText: 'e2e-reader' })).toBeVisible();
});

test('the security officer sets the policy, the auditor only reads it', async ({ page, browser, baseURL }) => {
  await signIn(page, 'e2e-security');
  await page.goto('/policy');
  await expectAccessible(page);
  await expectFits(page);
  const days = page.getByLabel('有效期（天）');
  await days.fill('3650');
  await page.getByRole('button', { name: '保存' }).click();
  await expect(page.getByText('已保存')).toBeVisible();
  await page.reload();
  await expect(days).toHaveValue('3650');

  const elsewhere = await browser.newContext({ baseURL });
  const auditor = await elsewhere.newPage();
  await signIn(auditor, 'e2e-auditor');
  await auditor.goto('/policy');
  await expect(auditor.getByLabel('有效期（天）')).toBeDisabled();
  await expect(auditor.getByRole('button', { name: '保存' })).toHaveCount(0);
  await auditor.goto('/audit');
  await auditor.getByRole('combobox', { name: '操作', exact: true }).selectOption({ label: '修改安全策略' });
  await auditor.getByRole('button', { name: '查找' }).click();
  const first = auditor.getByRole('region', { name: '审计日志' }).locator('tbody tr').first();
  await expect(first).toContainText('修改安全策略');
  await first.getByText('展开').click();
  await expect(first).toContainText('"password_days":3650');
  await elsewhere.close();
});

// The server's clock is not ours to turn: it is said once in its place that the password was given long ago.
test('a grave act asks for the password again and then goes on', async ({ page, baseURL }) => {
  const api = await Api.as('e2e-admin', baseURL ?? '');
  const item = await api.create('item', { title: unique('删除') });
  await api.close();
  await signIn(page, 'e2e-archivist');
  await page.goto(`/records/item/${item.id}`);
  let asked = 0;
  await page.route('**/api/v1/records/item/*', async (route) => {
    if (route.request().method() !== 'DELETE' || ++asked > 1) return route.continue();
    return route.fulfill({ status: 403, contentType: 'application/problem+json', body: JSON.stringify({ code: 'permission_denied', message_id: 'auth.verify_again', detail: '请再次输入密码' }) });
  });
  await page.getByRole('button', { name: '删除' }).click();
  await page.getByRole('dialog', { name: '删除' }).getByRole('button', { name: '删除' }).click();
  const dialog = page.getByRole('dialog', { name: '确认身份' });
  await expect(dialog).toBeVisible();
  await expectAccessible(page);
  await expectFits(page);
  await dialog.getByLabel('密码').fill('wrong password');
  await dialog.getByRole('button', { name: '确认' }).click();
  await expect(dialog.getByRole('alert')).toContainText('当前密码不正确');
  await dialog.getByLabel('密码').fill(kPassword);
  await dialog.getByRole('button', { name: '确认' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page).not.toHaveURL(new RegExp(item.id));
  expect(asked).toBe(2);
});

test('an archivist lends a record; the borrower reads it until it is taken back', async ({ page, browser, api, baseURL }) => {
  const title = unique('借阅');
  const login = unique('borrower');
  const item = await api.create('item', { title, access_level: 'restricted' });
  await api.account({ login, name: '借阅人甲', roles: ['reader'], clearance: 0, password: kPassword });
  await signIn(page, 'e2e-archivist');
  await page.goto(`/records/item/${item.id}`);
  await page.getByRole('tab', { name: '谁能看到' }).click();
  const panel = page.getByRole('tabpanel');
  await panel.getByRole('searchbox').fill('借阅人甲');
  const person = panel.locator('.people li', { hasText: login });
  await expect(person).toContainText('级别不够');
  await panel.getByLabel('用户名', { exact: true }).fill('nobody-of-that-name');
  await panel.getByLabel('到期日').fill('2099-12-31');
  await panel.getByLabel('事由').fill('编写校史');
  await panel.getByRole('button', { name: '授权借阅' }).click();
  await expect(panel.getByRole('alert')).toContainText('没有这个账号');
  await panel.getByLabel('用户名', { exact: true }).fill(login);
  await panel.getByRole('button', { name: '授权借阅' }).click();
  await expect(person).toContainText('已借阅');
  await expectAccessible(page);
  await expectFits(page);

  const elsewhere = await browser.newContext({ baseURL });
  const borrower = await elsewhere.newPage();
  await borrower.goto('/account');
  await borrower.getByLabel('用户名').fill(login);
  await borrower.getByLabel('密码').fill(kPassword);
  await borrower.keyboard.press('Enter');
  const mine = borrower.getByRole('region', { name: '借给我的档案' });
  await expect(mine).toContainText('编写校史');
  await mine.getByRole('link', { name: title }).click();
  await expect(borrower.getByRole('heading', { level: 1 })).toHaveText(title);
  await expect(borrower.getByRole('tab', { name: '谁能看到' })).toHaveCount(0);

  await panel.getByRole('button', { name: /收回/ }).click();
  await expect(person).toContainText('级别不够');
  await borrower.reload();
  await expect(borrower.getByRole('heading', { name: title })).toHaveCount(0);
  await elsewhere.close();
});

test('the security officer sees what somebody sees, by number', async ({ page }) => {
  await signIn(page, 'e2e-security');
  await page.goto('/accounts');
  await page.locator('tr', { hasText: 'e2e-staff' }).getByRole('button', { name: /所见/ }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('全部部门');
  await expect(dialog.getByRole('row', { name: /^件/ })).toContainText('查看、新建');
  await expectAccessible(page);
  await expectFits(page);
});

test('the security officer sees everything that is lent and delegated, and ends it', async ({ page, api }) => {
  const borrower = unique('lent');
  const item = await api.create('item', { title: unique('总览') });
  const { id } = await api.account({ login: borrower, name: borrower, roles: ['reader'], clearance: 0, password: kPassword });
  await api.post('/grants', { record: `item/${item.id}`, login: borrower, until: '2199-01-01T00:00:00Z', reason: '编史' });
  const today = (await api.get<{ on: string }>('/organisation')).on;
  await api.post('/delegations', { from_login: borrower, login: 'e2e-reader', begins: today, ends: today, reason: '病假' });
  await signIn(page, 'e2e-security');
  await page.goto('/rights');
  const lent = page.getByRole('region', { name: '借阅授权' }).getByRole('row', { name: new RegExp(borrower) });
  await expect(lent).toContainText('编史');
  await expectAccessible(page);
  await expectFits(page);
  await lent.getByRole('button', { name: /收回/ }).click();
  await expect(lent).toHaveCount(0);
  const standing = page.getByRole('region', { name: '委托代理' }).getByRole('row', { name: new RegExp(borrower) });
  await standing.getByRole('button', { name: /终止/ }).click();
  await expect(standing).toHaveCount(0);
  expect((await api.get<{ grants: unknown[] }>(`/grants?account=${id}`)).grants).toEqual([]);
});
