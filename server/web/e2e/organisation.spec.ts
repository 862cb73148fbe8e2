import type { Page } from '@playwright/test';
import { expect, expectAccessible, expectFits, isPhone, kPassword, signIn, test, unique, type Api } from './support';

interface School {
  college: string;
  office: string;
  wang: string;
  zhang: string;
  mark: string;
}

// A college with an office below it; Wang headed it until 2021-03-04, Zhang does since and keeps the office besides.
async function school(api: Api): Promise<School> {
  const mark = unique('学院');
  const college = (await api.create('department', { name: mark })).id;
  const office = (await api.create('department', { name: `${mark}办公室`, parent: college })).id;
  const wang = (await api.create('person', { name: `王前任${mark}` })).id;
  const zhang = (await api.create('person', { name: `张晓雯${mark}`, phone: '13800000000' })).id;
  await api.create('appointment', { person: wang, department: college, position: '院长', head: true, main: true, from: '2015-09-01', to: '2021-03-04' });
  await api.create('appointment', { person: zhang, department: college, position: '院长', head: true, main: true, from: '2021-03-05' });
  await api.create('appointment', { person: zhang, department: office, position: '主任', from: '2022-01-01' });
  await api.searchable();
  return { college, office, wang, zhang, mark };
}

async function choosePerson(page: Page, label: string, name: string): Promise<void> {
  const input = page.getByRole('combobox', { name: label });
  await input.click();
  await input.fill(name);
  // What is typed is answered while the first list is there already, and may move it under the pointer.
  const option = page.getByRole('option', { name });
  await expect(async () => {
    await option.first().click({ timeout: 3000 });
    await expect(option).toHaveCount(0, { timeout: 3000 });
  }).toPass();
}

test('who headed a department on the day of signing, and somebody found by initials', async ({ page, api }, info) => {
  const { mark } = await school(api);
  await signIn(page, 'e2e-staff');
  await page.goto('/organisation');
  const chart = page.getByRole('navigation', { name: '部门', exact: true });
  const college = chart.getByRole('button', { name: new RegExp(`^${mark}(?!办公室)`) });
  await expect(college).toContainText('张晓雯');
  await expectAccessible(page);
  await expectFits(page);
  await page.getByLabel('截至日期').fill('2021-03-04');
  await page.getByLabel('截至日期').blur();
  await expect(college).toContainText('王前任');
  await college.click();
  const table = page.getByRole('table', { name: mark });
  await expect(table).toContainText('2015-09-01 至 2021-03-04');
  await expect(table).not.toContainText('13800000000'); // of those who keep people only
  await expectFits(page);
  if (isPhone(info.project.name)) await page.getByRole('button', { name: '返回部门列表' }).click();
  await page.getByLabel('查找人员').fill('zxw');
  await page.getByRole('list', { name: '查找人员' }).getByRole('button', { name: `张晓雯${mark}` }).click();
  const posts = page.getByRole('table', { name: /^张晓雯/ });
  await expect(posts).toContainText('院长');
  await expect(posts).toContainText('兼职');
  await expectAccessible(page);
  await expectFits(page);
});

test('a substitute is chosen, acts for the absent, and everybody can tell', async ({ page, browser, api, baseURL }, info) => {
  const { college, wang, zhang, mark } = await school(api);
  const dean = unique('dean');
  const clerk = unique('clerk');
  for (const [login, person] of [[dean, zhang], [clerk, wang]]) {
    await api.account({ login, name: login, roles: ['staff'], clearance: 1, scope: 'own', person, departments_by_post: true, password: kPassword });
  }
  const title = unique('部门文件');
  const item = await api.create('item', { title, department: college, access_level: 'internal' });
  await page.request.post('/api/v1/session', { data: { login: dean, password: kPassword } });
  await page.goto('/account');
  const panel = page.getByRole('region', { name: '委托代理' });
  const today = (await api.get<{ on: string }>('/organisation')).on;
  await choosePerson(page, '受托人', `王前任${mark}`);
  await panel.getByLabel('委托的职务').selectOption({ label: `院长（${mark}）` });
  await panel.getByLabel('自', { exact: false }).first().fill(today);
  await panel.getByLabel('至', { exact: false }).first().fill(today);
  await panel.getByLabel('事由').fill('出差');
  await expectAccessible(page);
  await expectFits(page);
  await panel.getByRole('button', { name: '委托', exact: true }).click();
  const given = panel.getByRole('listitem').filter({ hasText: '代办' });
  await expect(given).toContainText(`委托 ${clerk} 代办`);

  const elsewhere = await browser.newContext({ baseURL, viewport: page.viewportSize() });
  const desk = await elsewhere.newPage();
  await desk.request.post('/api/v1/session', { data: { login: clerk, password: kPassword } });
  const address = `/records/item/${item.id}`;
  expect((await desk.request.get(`/api/v1${address}`)).status()).toBe(404);
  await desk.goto('/account');
  await expect(desk.getByRole('heading', { level: 1 })).toHaveText('我的账户');
  const choose = desk.getByRole('button', { name: '切换办理身份' }).locator('visible=true');
  // A page that is still coming closes the drawer again.
  await expect(async () => {
    if (isPhone(info.project.name) && !(await choose.isVisible())) await desk.getByRole('button', { name: '更多', exact: true }).click();
    await expect(choose).toBeVisible({ timeout: 1000 });
  }).toPass();
  await choose.click();
  const dialog = desk.getByRole('dialog', { name: '办理身份' });
  await dialog.getByLabel(`代 ${dean} 办理`).check();
  await expectAccessible(desk);
  await expectFits(desk);
  await dialog.getByRole('button', { name: '切换' }).click();
  if (isPhone(info.project.name)) {
    await desk.waitForLoadState('load');
    await desk.getByRole('button', { name: '更多', exact: true }).click();
  }
  await expect(desk.getByRole('button', { name: `代 ${dean} 办理` }).locator('visible=true')).toBeVisible();
  await desk.goto(address);
  await expect(desk.getByRole('heading', { name: title })).toBeVisible();
  await elsewhere.close();

  await given.getByRole('button', { name: /终止/ }).click();
  await expect(page.getByText('委托已终止')).toBeVisible();
});

test('somebody who leaves hands over in one go, and a record of it stays', async ({ page, api }) => {
  const { zhang, mark } = await school(api);
  const login = unique('leaver');
  await api.account({ login, name: login, roles: ['staff'], clearance: 1, person: zhang, password: kPassword });
  await signIn(page, 'e2e-system');
  await page.goto(`/organisation?person=${zhang}`);
  await page.getByRole('link', { name: '办理交接' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`张晓雯${mark} 的离任交接`);
  const posts = page.getByRole('group', { name: '任职' });
  await expect(posts).toContainText('院长');
  await expect(posts).toContainText('主任');
  await expect(page.getByRole('region', { name: '交接内容' })).toContainText(login);
  await expectAccessible(page);
  await expectFits(page);
  await page.getByLabel('最后任职日').fill('2199-01-01');
  await page.getByLabel('事由').fill('退休');
  await page.getByRole('button', { name: '办理交接' }).click();
  await expect(page.getByText('交接日期不能晚于今天')).toBeVisible();
  await page.getByLabel('最后任职日').fill((await api.get<{ on: string }>('/organisation')).on);
  await page.getByRole('button', { name: '办理交接' }).click();
  await expect(page).toHaveURL(/\/records\/handover\//);
  await expect(page.locator('main')).toContainText('已终止');
  expect((await page.request.post('/api/v1/session', { data: { login, password: kPassword } })).status()).toBe(401);
});

// The policy is the whole office's: that it asks is said once in the server's place.
test('where the policy asks, one says what one searches for, once', async ({ page }) => {
  await signIn(page, 'e2e-archivist');
  let refusals = 0;
  await page.route('**/api/v1/search?*', async (route) => {
    if (++refusals > 1) return route.continue();
    return route.fulfill({ status: 409, contentType: 'application/problem+json', body: JSON.stringify({ code: 'failed_precondition', message_id: 'auth.purpose_required', detail: '请填写查档事由' }) });
  });
  await page.goto('/search?q=x');
  const dialog = page.getByRole('dialog', { name: '查档事由' });
  await expect(dialog).toBeVisible();
  await expectAccessible(page);
  await expectFits(page);
  await dialog.getByLabel('查档事由').fill('编写校史');
  await dialog.getByRole('button', { name: '开始检索' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole('region', { name: '检索结果' })).toBeVisible();
  const session = (await (await page.request.get('/api/v1/session')).json()) as { purpose: string };
  expect(session.purpose).toBe('编写校史');
});

test('the personnel office sends a sheet of people: tried first, then taken in, then corrected by sending it again', async ({ page, api }) => {
  const { mark } = await school(api);
  const number = unique('G');
  const sheet = (name: string, department: string) => ({ name: '人员.csv', mimeType: 'text/csv', buffer: Buffer.from(`姓名,工号,部门,职务,电子邮箱\n${name},${number},${department},讲师,a@b.cn\n`) });
  await signIn(page, 'e2e-system');
  await page.goto('/import?type=person');
  await expect(page.getByLabel('导入为')).toHaveValue('person');
  await expect(page.getByText('姓名*')).toBeVisible();
  await page.locator('[data-test=table]').setInputFiles(sheet('孙来', '没有的部门'));
  await page.getByRole('button', { name: '试运行' }).click();
  await expect(page.locator('tr[data-status=failed]')).toContainText('没有的部门');
  await page.getByRole('button', { name: '返回修改' }).click();
  await page.locator('[data-test=table]').setInputFiles(sheet('孙来', mark));
  await page.getByRole('button', { name: '试运行' }).click();
  await expect(page.locator('tr[data-status=planned]')).toHaveCount(1);
  await expectAccessible(page);
  await expectFits(page);

  await page.getByRole('button', { name: '正式导入' }).click();
  await expect(page.locator('tr[data-status=created]')).toHaveCount(1);
  await page.getByRole('button', { name: '再导入一批' }).click();
  await page.locator('[data-test=table]').setInputFiles(sheet('孙来福', mark));
  await page.getByRole('button', { name: '试运行' }).click();
  await page.getByRole('button', { name: '正式导入' }).click();
  await expect(page.locator('tr[data-status=updated]')).toHaveCount(1);
  await page.getByRole('row', { name: /#/ }).getByRole('link').click();
  await expect(page.getByRole('heading', { name: '孙来福' })).toBeVisible();
});
