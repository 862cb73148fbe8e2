import { expect, expectAccessible, expectFits, isPhone, test, unique, type Api } from './support';

async function holdings(api: Api, mark: string) {
  for (let index = 0; index < 23; index += 1) {
    const item = await api.create('item', { title: `${mark}会议纪要第${index + 1}号`, fiscal_year: 2019 + (index % 3), retention: index % 2 ? 'Y' : 'D10', date: `20${19 + (index % 3)}-03-0${1 + (index % 9)}`, access_level: 'public' });
    if (index === 0) await api.attach('item', item.id, '纪要正文.txt', `会议议定事项\n\n由教务处牵头落实${mark}督办清单，逐项销号。\n`, 'text/plain');
  }
  await api.searchable();
}

test('searching shows hits with the words marked, narrows by facets and pages', async ({ signedIn: page, api }, info) => {
  const mark = unique('qx');
  await holdings(api, mark);
  await page.goto('/search');
  await expectAccessible(page);
  await page.getByRole('combobox', { name: '检索词' }).fill(mark);
  await page.keyboard.press('Enter');
  await expect(page.getByText('共 23 条').first()).toBeVisible();
  await expect(page.locator('article.hit')).toHaveCount(20);
  await expect(page.locator('article.hit mark').first()).toBeVisible();
  await expectAccessible(page);
  await expectFits(page);

  if (isPhone(info.project.name)) await page.getByRole('button', { name: '筛选' }).click();
  await page.getByRole('checkbox', { name: /2020/ }).locator('visible=true').check();
  await expect(page).toHaveURL(/f=fiscal_year(:|%3A)2020/);
  if (isPhone(info.project.name)) {
    await expectAccessible(page);
    await page.getByRole('button', { name: /查看 8 条结果/ }).click();
  }
  await expect(page.getByText('共 8 条').first()).toBeVisible();
  await page.reload();
  await expect(page.getByText('共 8 条').first()).toBeVisible();
  await page.getByRole('button', { name: /去掉筛选/ }).click();
  await expect(page.getByText('共 23 条').first()).toBeVisible();

  await page.getByRole('button', { name: '下一页' }).click();
  await expect(page.locator('article.hit')).toHaveCount(3);
  await expect(page.getByText('第 2 页，共 2 页')).toBeVisible();
  await page.getByRole('button', { name: '上一页' }).click();
  await expect(page.locator('article.hit')).toHaveCount(20);
});

test('hits with some of many words stand among the others and say so', async ({ signedIn: page, api }) => {
  const words = ['pa', 'pb', 'pc', 'pd'].map(unique);
  const [first, second, third, fourth] = words;
  const few = [first, second, third].join(' ');
  for (let index = 0; index < 3; index += 1) await api.create('item', { title: `${fourth}之${index}`, access_level: 'public' });
  await api.create('item', { title: few, abstract: `${few} ${few} ${few}`, access_level: 'public' });
  await api.create('item', { title: '杂项', abstract: `${'各项事务逐一说明，另有安排。'.repeat(40)}${words.join('、')}`, access_level: 'public' });
  await api.searchable();
  await page.goto(`/search?q=${encodeURIComponent(words.join(' '))}`);
  await expect(page.getByText('另有 4 条只含一部分')).toBeVisible();
  const whole = page.locator('article.hit', { hasText: '杂项' });
  await expect(page.locator('article.hit').first()).toContainText(`不含：${fourth}`);
  await expect(page.locator('article.hit', { hasText: `${fourth}之1` })).toContainText(`不含：${first}、${second}、${third}`);
  await expect(whole).not.toContainText('不含');
  await expectAccessible(page);

  await page.goto(`/search?q=${encodeURIComponent(`${first} ${fourth}`)}`);  // two are meant both
  await expect(page.locator('article.hit').first()).toContainText('杂项');
  await expect(page.locator('article.hit').nth(1)).toContainText('不含');
});

test('what has all words is found though a page of what has some of them ranks before it', async ({ signedIn: page, api }) => {
  const words = ['oa', 'ob', 'oc', 'od'].map(unique);
  const few = words.slice(0, 3).join(' ');
  for (let index = 0; index < 21; index += 1) await api.create('item', { title: `${few} ${index}`, abstract: `${few} ${few}`, access_level: 'public' });
  await api.create('item', { title: '年鉴', abstract: `${'各项事务逐一说明，另有安排。'.repeat(40)}${words.join('、')}`, access_level: 'public' });
  await api.searchable();
  await page.goto(`/search?q=${encodeURIComponent(words.join(' '))}`);
  await expect(page.getByText('共 1 条含全部词语，另有 21 条只含一部分')).toBeVisible();
  await expect(page.locator('article.hit', { hasText: '年鉴' })).toHaveCount(0);
  await page.getByRole('button', { name: '只看这 1 条' }).click();
  await expect(page.locator('article.hit')).toHaveCount(1);
  await expect(page.locator('article.hit')).toContainText('年鉴');
  await expectAccessible(page);
  await expectFits(page);

  await page.getByRole('button', { name: '保存检索' }).click();
  await page.getByLabel('名称').fill(`全部${words[0]}`);
  await page.getByRole('button', { name: '保存', exact: true }).click();
  await page.goto('/search');
  await page.getByRole('button', { name: `全部${words[0]}`, exact: true }).click();
  await expect(page.locator('article.hit')).toHaveCount(1);
  await page.getByRole('button', { name: '去掉筛选：只看含全部词语' }).click();
  await expect(page.getByText('另有 21 条只含一部分')).toBeVisible();
});

test('a search is kept and asked again', async ({ signedIn: page, api }) => {
  const mark = unique('kept');
  await api.create('item', { title: `${mark}通知`, retention: 'Y' });
  await api.searchable();
  await page.goto(`/search?q=${mark}&f=retention:Y`);
  await page.getByRole('button', { name: '保存检索' }).click();
  await page.getByLabel('名称').fill(`我的${mark}`);
  await page.getByRole('button', { name: '保存', exact: true }).click();
  await expect(page.getByText('检索已保存')).toBeVisible();
  await page.goto('/search');
  await page.getByRole('button', { name: `我的${mark}`, exact: true }).click();
  await expect(page).toHaveURL(/f=retention(:|%3A)Y/);
  await expect(page.getByText('共 1 条').first()).toBeVisible();
});

test('a saved search says how much has come since it was opened', async ({ signedIn: page, api }) => {
  const mark = unique('news');
  await api.create('item', { title: `${mark}通知` });
  await api.create('saved_search', { name: `新件${mark}`, query: mark, shared: true });
  await api.searchable();
  await page.goto('/search');
  const saved = page.getByRole('listitem').filter({ hasText: `新件${mark}` });
  const counted = page.waitForResponse((one) => one.url().includes(mark) && one.url().includes('limit=1'));
  await expect(saved).toBeVisible();
  await counted;
  await api.create('item', { title: `${mark}又一通知` });
  await api.searchable();
  await page.reload();
  await expect(saved).toContainText('新增 1 条');
  await saved.getByRole('button', { name: `新件${mark} 新增 1 条` }).click();
  await expect(page.getByText('共 2 条').first()).toBeVisible();
  await page.goto('/search');
  await expect(saved).toBeVisible();
  await expect(saved).not.toContainText('新增');
});

test('nothing found says what to try', async ({ signedIn: page }) => {
  await page.goto(`/search?q=${unique('nothing')}`);
  await expect(page.getByRole('heading', { name: '没有找到符合的档案' })).toBeVisible();
  await expectAccessible(page);
});

test('a query that is not well formed is searched as text and says so', async ({ signedIn: page }) => {
  await page.goto('/search?q=%E4%BC%9A%E8%AE%AE%20AND%20(');
  await expect(page.locator('.hint')).toBeVisible();
});

test('the keyboard is enough to search and to open a hit', async ({ signedIn: page, api }, info) => {
  test.skip(isPhone(info.project.name), 'phones have no such keys');
  const mark = unique('keys');
  for (const number of ['一', '二', '三']) await api.create('item', { title: `${mark}第${number}件` });
  await api.searchable();
  await page.goto(`/search?q=${mark}&sort=code`);
  await expect(page.locator('article.hit')).toHaveCount(3);
  await page.keyboard.press('/');
  await expect(page.getByRole('combobox', { name: '检索词' })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(page.locator('article.hit a').nth(0)).toBeFocused();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  await expect(page.locator('article.hit a').nth(1)).toBeFocused();
  const title = await page.locator('article.hit a').nth(1).innerText();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
});

test('one goes a page back after a detour, and from an address that was sent', async ({ signedIn: page, api }) => {
  const mark = unique('back');
  await holdings(api, mark);
  await page.goto(`/search?q=${mark}`);
  await page.getByRole('button', { name: '下一页' }).click();
  await expect(page.getByText('第 2 页，共 2 页')).toBeVisible();
  await page.locator('article.hit a').first().click();
  await page.getByRole('link', { name: /返回检索结果/ }).click();
  await expect(page.getByText('第 2 页，共 2 页')).toBeVisible();
  await page.getByRole('button', { name: '上一页' }).click();
  await expect(page.locator('article.hit')).toHaveCount(20);

  await page.getByRole('button', { name: '下一页' }).click();
  await expect(page.getByText('第 2 页，共 2 页')).toBeVisible();
  const sent = page.url();
  await page.goto('about:blank');
  await page.goto(sent);
  await page.getByRole('button', { name: '上一页' }).click();
  await expect(page.locator('article.hit')).toHaveCount(20);
  await expect(page).toHaveURL(/\/search/);
});

test('keys belong to the input method while Chinese is being typed', async ({ signedIn: page, api }, info) => {
  test.skip(isPhone(info.project.name), 'phones have no such keys');
  const mark = unique('ime');
  await api.create('item', { title: `${mark}会议` });
  await api.searchable();
  await page.goto(`/search?q=${mark}`);
  await expect(page.locator('article.hit')).toHaveCount(1);
  const box = page.getByRole('combobox', { name: '检索词' });
  await box.focus();
  await box.dispatchEvent('keydown', { key: 'ArrowDown', isComposing: true, bubbles: true });
  await box.dispatchEvent('keydown', { key: 'ArrowDown', keyCode: 229, bubbles: true });
  await expect(box).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(page.locator('article.hit a').first()).toBeFocused();
});

test('a search of several fields and dates is filled in, and stands in the box', async ({ signedIn: page, api }) => {
  const mark = unique('adv');
  await api.create('item', { title: `${mark}招生计划`, date: '2020-03-05' });
  await api.create('item', { title: `${mark}招生计划草案`, date: '2020-03-05' });
  await api.create('item', { title: `${mark}招生计划`, date: '2021-03-05' });
  await api.searchable();
  await page.goto('/search');
  await page.getByRole('button', { name: '高级检索' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('group', { name: '条件 1' })).toBeVisible();
  await expectAccessible(page);
  await expectFits(page);
  await dialog.getByRole('group', { name: '条件 1' }).getByLabel('著录项').selectOption('题名');
  await dialog.getByRole('group', { name: '条件 1' }).getByLabel('字句').fill(mark);
  await dialog.getByRole('group', { name: '条件 2' }).getByLabel('与前一条件的关系').selectOption('NOT');
  await dialog.getByRole('group', { name: '条件 2' }).getByLabel('字句').fill('草案');
  await dialog.getByLabel('日期起').fill('2020');
  await dialog.getByLabel('日期止').fill('2020-12');
  await dialog.getByRole('button', { name: '检索', exact: true }).click();
  await expect(page.getByText('共 1 条').first()).toBeVisible();
  await expect(page.getByRole('combobox', { name: '检索词' })).toHaveValue(`题名:${mark} NOT 草案`);
});

test('two words near each other are filled in, and newer ones are preferred where asked', async ({ signedIn: page, api }) => {
  const mark = unique('near');
  await api.create('item', { title: `${mark}食堂明年的预算`, date: '2010-03-05' });
  await api.create('item', { title: `${mark}食堂预算`, date: '2023-03-05' });
  await api.create('item', { title: `${mark}食堂由后勤处管理，各部门各学院应在每年年底以前编制下一年度的预算`, date: '2024-03-05' });
  await api.searchable();
  await page.goto('/search');
  await page.getByRole('button', { name: '高级检索' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('group', { name: '条件 1' }).getByLabel('著录项').selectOption('题名');
  await dialog.getByRole('group', { name: '条件 1' }).getByLabel('字句').fill(`${mark}食堂`);
  await dialog.getByRole('group', { name: '条件 2' }).getByLabel('与前一条件的关系').selectOption('NEAR');
  await dialog.getByRole('group', { name: '条件 2' }).getByLabel('字句').fill('预算');
  await expect(dialog.getByRole('group', { name: '条件 2' }).getByLabel('著录项')).toBeDisabled();
  await expectAccessible(page);
  await expectFits(page);
  await dialog.getByRole('button', { name: '检索', exact: true }).click();
  await expect(page.getByText('共 2 条').first()).toBeVisible();
  await expect(page.getByRole('combobox', { name: '检索词' })).toHaveValue(`题名:${mark}食堂 NEAR 预算`);
  await page.getByLabel('排序').selectOption('recent');
  await expect(page).toHaveURL(/sort=recent/);
  await expect(page.locator('article.hit').first()).toContainText('2023');
  await expectFits(page);
});

test('while one types, names are offered by pinyin; choosing one searches for it', async ({ signedIn: page, api }, info) => {
  const mark = `${Date.now()}${info.workerIndex}`; // letters might be pinyin themselves
  const title = `骆驼驯养考察${mark}`;
  await api.create('item', { title, access_level: 'public' });
  await api.searchable();
  await page.goto('/search');
  const box = page.getByRole('combobox', { name: '检索词' });
  await box.pressSequentially(`ltxykc${mark}`);
  const offer = page.getByRole('option', { name: title });
  await expect(offer).toBeVisible();
  await expect(offer.locator('b')).toHaveText(title);
  await expect(box).toHaveAttribute('aria-expanded', 'true');
  await expectAccessible(page);
  await expectFits(page);
  if (isPhone(info.project.name)) {
    await offer.click();
  } else {
    await page.keyboard.press('ArrowDown');
    await expect(offer).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('Enter');
  }
  await expect(box).toHaveValue(title);
  await expect(page.getByText('共 1 条').first()).toBeVisible();
  await expect(offer).toBeHidden();
  // Searched before: offered again.
  await page.goto('/search');
  await box.pressSequentially('骆驼驯养考');
  await expect(page.getByRole('option', { name: `${title} 检索过` })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('option')).toHaveCount(0);
  // The server remembers: the start page shows it.
  await page.goto('/search');
  const recent = page.getByRole('region', { name: '最近检索' });
  await expect(recent.getByRole('button', { name: title })).toBeVisible();
  await expectFits(page);
});

test('what sounds the same is offered when nothing has all of it', async ({ signedIn: page, api }) => {
  await api.create('item', { title: '骆驼驯养考察', access_level: 'public' });
  await api.searchable();
  await page.goto('/search?q=洛驼驯养');
  await page.getByRole('button', { name: '您要找的是不是：骆驼驯养' }).click();
  await expect(page.getByRole('combobox', { name: '检索词' })).toHaveValue('骆驼驯养');
  await expect(page.locator('article.hit').first()).toBeVisible();
});

test('a record leads to those like it', async ({ signedIn: page, api }) => {
  const mark = unique('sim');
  const first = await api.create('item', { title: `${mark} 实验室危险化学品整改台账`, access_level: 'public' });
  await api.create('item', { title: `${mark} 危险化学品整改情况`, access_level: 'public' });
  await api.searchable();
  await page.goto(`/records/item/${first.id}`);
  await page.getByRole('tab', { name: '著录信息' }).click();
  const like = page.getByRole('region', { name: '内容相近的档案' });
  await like.getByRole('link', { name: `${mark} 危险化学品整改情况` }).click();
  await expect(page.getByRole('heading', { name: `${mark} 危险化学品整改情况` })).toBeVisible();
});
