import { createHmac } from 'node:crypto';
import { expect, expectAccessible, expectFits, kPassword, signIn, test, unique } from './support';

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

// What an authenticator program shows, after RFC 6238 and RFC 4648.
function codeAt(secret: string, seconds: number): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret].map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(seconds / 30)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const value = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
  return String(value % 1_000_000).padStart(6, '0');
}

test('two-step sign-in is set up, asked for, and seen in the list of devices', async ({ page, api }) => {
  const login = unique('factor');
  await api.account({ login, name: '孙老师', roles: ['staff'], password: kPassword });
  const enter = async () => {
    await page.goto('/login?next=/account');
    await page.getByLabel('用户名').fill(login);
    await page.getByLabel('密码').fill(kPassword);
    await page.getByRole('button', { name: '登录' }).click();
  };
  await enter();
  const panel = page.getByRole('region', { name: '两步验证' });
  await panel.getByLabel('现在的密码').fill('not my password');
  await panel.getByRole('button', { name: '开始设置' }).click();
  await expect(panel.getByRole('alert')).toContainText('密码不正确');
  await panel.getByLabel('现在的密码').fill(kPassword);
  await panel.getByRole('button', { name: '开始设置' }).click();
  await expect(panel.getByRole('img', { name: /二维码/ })).toBeVisible();
  const secret = (await panel.locator('.secret').innerText()).replace(/\s/g, '');
  await expectAccessible(page);
  await expectFits(page);
  await panel.getByLabel('输入应用显示的六位验证码').fill(codeAt(secret, Date.now() / 1000));
  await panel.getByRole('button', { name: '启用' }).click();
  await expect(panel.getByRole('listitem')).toHaveCount(10);
  const recovery = await panel.getByRole('listitem').first().innerText();
  await expectFits(page);

  await page.context().clearCookies();
  await enter();
  await expect(page.getByLabel('验证码')).toBeFocused();
  await expectAccessible(page);
  await page.getByLabel('验证码').fill('12345');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('验证码不正确');
  await page.getByLabel('验证码').fill(recovery);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/account/);
  await expect(panel).toContainText('还有 9 个恢复码可用');
  await panel.getByRole('button', { name: '重新生成恢复码' }).click();
  await panel.getByLabel('验证码').fill(codeAt(secret, Date.now() / 1000 + 30)); // the one of enrolling was taken
  await panel.getByRole('button', { name: '重新生成恢复码' }).click();
  await expect(panel.getByRole('listitem')).toHaveCount(10);
  await panel.getByRole('button', { name: '已抄存' }).click();
  await expect(panel.getByRole('listitem')).toHaveCount(0);
  await expect(panel).toContainText('还有 10 个恢复码可用');

  const devices = page.getByRole('region', { name: '登录的设备' });
  await expect(devices.getByRole('listitem')).toHaveCount(2);
  await devices.getByRole('button', { name: '退出' }).click();
  await expect(devices.getByRole('listitem')).toHaveCount(1);
  await expect(devices.getByRole('listitem')).toContainText('本机');
});

// The policy holds for everybody of a role, the other tests' people too: what it makes of a session is put into the answers.
test('whose role asks for two-step sign-in sets it up first and then goes on', async ({ page, api }) => {
  const login = unique('duty');
  await api.account({ login, name: '吴老师', roles: ['staff'], password: kPassword });
  let due = true;
  await page.route('**/api/v1/session', async (route) => {
    const answer = await route.fetch();
    if (answer.status() !== 200) return route.fulfill({ response: answer });
    return route.fulfill({ response: answer, json: { ...((await answer.json()) as object), duty: due ? 'set_up_second_factor' : '' } });
  });
  await page.goto('/records/item');
  await page.getByLabel('用户名').fill(login);
  await page.getByLabel('密码').fill(kPassword);
  await page.keyboard.press('Enter');
  await expect(page.getByText('您的角色须启用两步验证')).toBeVisible();
  await expect(page.getByRole('region', { name: '登录的设备' })).toHaveCount(0);
  const panel = page.getByRole('region', { name: '两步验证' });
  await panel.getByLabel('现在的密码').fill(kPassword);
  await panel.getByRole('button', { name: '开始设置' }).click();
  const secret = (await panel.locator('.secret').innerText()).replace(/\s/g, '');
  await panel.getByLabel('输入应用显示的六位验证码').fill(codeAt(secret, Date.now() / 1000));
  await panel.getByRole('button', { name: '启用' }).click();
  due = false;
  await expect(panel.getByRole('listitem')).toHaveCount(10);
  await expectAccessible(page);
  await panel.getByRole('button', { name: '已抄存' }).click();
  await expect(page).toHaveURL(/\/records\/item$/);
  await page.unrouteAll({ behavior: 'ignoreErrors' }); // an answer may still be under way
});

test('after signing in one stays on this server, wherever the address says to go on', async ({ page, baseURL }) => {
  for (const next of ['//evil.example/x', 'https://evil.example/', '/\\\\evil.example', 'javascript:alert(1)']) {
    await page.context().clearCookies();
    await page.goto(`/login?next=${encodeURIComponent(next)}`);
    await page.getByLabel('用户名').fill('e2e-reader');
    await page.getByLabel('密码').fill(kPassword);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('button', { name: '退出登录' }).or(page.getByRole('button', { name: '更多', exact: true })).first()).toBeVisible();
    expect(new URL(page.url()).origin).toBe(new URL(baseURL ?? '').origin);
  }
});
