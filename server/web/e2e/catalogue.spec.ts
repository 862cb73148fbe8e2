import { expect, expectAccessible, expectFits, isPhone, test, unique, type Api, type Made } from './support';

test('an entry is catalogued with a form drawn from the schema; what is wrong is said beside the field', async ({ signedIn: page, api }) => {
  const name = unique('政策研究室');
  await api.create('department', { name });
  await api.searchable();
  const title = unique('关于开展自查的通知');
  await page.goto('/records/item/new');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('件 · 新建');
  await page.getByRole('button', { name: '保存' }).click();
  await expect(page.locator('[data-field=title] .error')).toHaveText('请填写题名。');
  await expect(page.locator('[data-field=title] input')).toBeFocused();
  await expectAccessible(page);
  await expectFits(page);

  await page.locator('[data-field=title] input').fill(title);
  await page.locator('[data-field=date] input').first().fill('2021-13-40');
  await page.locator('[data-field=fiscal_year] input').fill('二〇二一');
  await page.getByRole('button', { name: '保存' }).click();
  await expect(page.locator('[data-field=date] .error')).toContainText('不是有效日期');
  await expect(page.locator('[data-field=fiscal_year] .error')).toContainText('应为整数');

  await page.locator('[data-field=date] input').first().fill('2021年3月5日');
  await page.locator('[data-field=fiscal_year] input').fill('2021');
  await page.locator('[data-field=responsible] input').first().fill('青岚大学');
  await page.locator('[data-field=responsible]').getByRole('button', { name: '再加一个' }).click();
  await page.locator('[data-field=responsible] input').nth(1).fill('教务处');
  await page.locator('[data-field=retention]').getByRole('combobox').click();
  await page.getByRole('option', { name: '永久' }).locator('visible=true').click();
  // While more suggestions come, the list is drawn anew under the pointer.
  const department = page.locator('[data-field=department]');
  await expect(async () => {
    await department.getByRole('combobox').fill(name);
    await page.getByRole('option', { name }).locator('visible=true').click({ timeout: 2000 });
    await expect(department.locator('.el-select__placeholder')).toHaveText(name, { timeout: 500 });
  }).toPass();
  await page.getByRole('button', { name: '保存' }).click();

  await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
  const id = page.url().split('/').pop() ?? '';
  const saved = await api.get<{ fields: Record<string, unknown>; links: Record<string, { title: string }> }>(`/records/item/${id}`);
  expect(saved.fields).toMatchObject({ title, date: '2021-03-05', fiscal_year: 2021, responsible: ['青岚大学', '教务处'], retention: 'Y' });
  expect(saved.links.department.title).toBe(name);
});

test('what the server finds wrong stands beside its field', async ({ signedIn: page, api }) => {
  const code = unique('Z').toUpperCase();
  await api.create('fonds', { code, name: '第一个全宗' });
  await page.goto('/records/fonds/new');
  await page.locator('[data-field=code] input').fill(code);
  await page.locator('[data-field=name] input').fill('第二个全宗');
  await page.getByRole('button', { name: '保存' }).click();
  await expect(page.locator('[data-field=code] .error').or(page.getByRole('alert')).first()).toBeVisible();
  await expect(page.locator('[data-field=name] input')).toHaveValue('第二个全宗');
});

test('a stale version is met without losing anything typed', async ({ signedIn: page, api }) => {
  const item = await api.create('item', { title: unique('原题名'), document_number: '校办〔2021〕1号' });
  await page.goto(`/records/item/${item.id}/edit`);
  await page.locator('[data-field=title] input').fill('我改的题名');
  await page.locator('[data-field=notes] textarea').fill('我写的附注');
  await api.update('item', item.id, item.version, { title: '别人改的题名', document_number: '校办〔2021〕2号' });
  await page.getByRole('button', { name: '保存' }).click();

  const conflict = page.getByRole('alert').filter({ hasText: '此记录在您编辑期间被修改' });
  await expect(conflict).toContainText('别人改的题名');
  await expect(conflict).toContainText('周敏');
  await expect(conflict).toContainText('文件编号');
  await expect(page.locator('[data-field=notes] textarea')).toHaveValue('我写的附注');
  await expect(page.getByRole('button', { name: '保存', exact: true })).toBeDisabled();
  await expectAccessible(page);
  await expectFits(page);
  await conflict.getByRole('button', { name: '保留我的' }).click();
  await page.getByRole('button', { name: '保存', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('我改的题名');
  const saved = await api.get<{ fields: Record<string, unknown> }>(`/records/item/${item.id}`);
  expect(saved.fields).toMatchObject({ title: '我改的题名', notes: '我写的附注', document_number: '校办〔2021〕2号' });
});

test('a version that touched nothing of the form is saved upon without a question', async ({ signedIn: page, api }) => {
  const item = await api.create('item', { title: unique('题名') });
  await page.goto(`/records/item/${item.id}/edit`);
  await page.locator('[data-field=notes] textarea').fill('附注');
  await api.attach('item', item.id, '附件.txt', '附件', 'text/plain');
  await page.getByRole('button', { name: '保存' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(String(item.fields.title));
  expect((await api.get<{ fields: Record<string, unknown> }>(`/records/item/${item.id}`)).fields.notes).toBe('附注');
});

test('leaving with unsaved changes asks first, and a closed window leaves a draft', async ({ signedIn: page, api }) => {
  const item = await api.create('item', { title: unique('题名') });
  await page.goto(`/records/item/${item.id}/edit`);
  await page.locator('[data-field=title] input').fill('还没有保存');
  page.once('dialog', (dialog) => void dialog.dismiss());
  await page.getByRole('link', { name: '取消' }).click();
  await expect(page.locator('[data-field=title] input')).toHaveValue('还没有保存');
  await expect.poll(() => page.evaluate(() => Object.keys(localStorage).some((key) => key.startsWith('lantai.draft')))).toBe(true);
  page.once('dialog', (dialog) => void dialog.accept());
  await page.reload();
  await page.getByRole('button', { name: '恢复草稿' }).click();
  await expect(page.locator('[data-field=title] input')).toHaveValue('还没有保存');
  await page.getByRole('button', { name: '保存' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('还没有保存');
});

test('every declared type has its list and its form', async ({ signedIn: page, api }) => {
  test.setTimeout(60_000);
  const { types } = await api.get<{ types: { name: string; plural: string; permissions: { create: string[] } }[] }>('/schema');
  for (const type of types) {
    await page.goto(`/records/${type.name}`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(type.plural);
    await expectFits(page);
    if (!type.permissions.create.includes('archivist')) continue;
    await page.goto(`/records/${type.name}/new`);
    await expect(page.locator('form .field').first()).toBeVisible();
    if (['item', 'saved_search', 'key'].includes(type.name)) await expectAccessible(page); // between them every kind of input
    await expectFits(page);
  }
});

test('a table field takes rows', async ({ signedIn: page, api }) => {
  const name = unique('检索');
  await page.goto('/records/saved_search/new');
  await page.locator('[data-field=name] input').fill(name);
  await page.getByRole('button', { name: '增加一行' }).click();
  await page.getByRole('button', { name: '保存' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
  await page.getByRole('link', { name: '编辑' }).click();
  await page.getByRole('button', { name: '增加一行' }).click();
  await page.locator('[data-field="filters[0].value"] input').fill('Y');
  await page.getByRole('button', { name: '保存' }).click();
  await expect(page.locator('[data-field="filters[0].field"] .error')).toContainText('请填写字段');
  await page.locator('[data-field="filters[0].field"] input').fill('retention');
  await page.getByRole('button', { name: '保存' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
  const id = page.url().split('/').pop() ?? '';
  expect(id).toBeTruthy();
  void api;
});

// In one fonds, made by whichever test needs it first.
async function tenThousandItems(api: Api): Promise<string> {
  const code = 'TENK';
  const { records } = await api.get<{ records: Made[] }>(`/records/fonds?where[code]=${code}`);
  if (records.length === 0) {
    await api.create('fonds', { code: 'SECOND', name: '另一全宗' }); // a lone fonds would open by itself
    const fonds = await api.create('fonds', { code, name: `大全宗${code}` });
    const lines = Array.from({ length: 10_000 }, (_, index) =>
      JSON.stringify({ type: 'item', fields: { title: `第${index + 1}件`, fonds: fonds.id, fonds_code: code, class_code: 'WS', fiscal_year: 2021, retention: 'Y', item_number: index + 1, access_level: 'public' } }),
    );
    await api.importLines('item', lines.join('\n'));
  }
  await expect.poll(async () => {
    const { nodes } = await api.get<{ nodes: { kind: string; label: string; count: number }[] }>('/tree');
    return nodes.find((node) => node.label.includes(code))?.count;
  }, { timeout: 90_000 }).toBe(10_000);
  return code;
}

test('the tree stays fast with ten thousand siblings', async ({ signedIn: page, api }, info) => {
  test.setTimeout(120_000);
  const code = await tenThousandItems(api);
  await page.goto('/tree');
  const tree = page.getByRole('tree');
  const open = async (name: string | RegExp) => {
    const item = tree.getByRole('treeitem', { name }).first();
    await item.click();
    await expect(item).toHaveAttribute('aria-expanded', 'true');
  };
  await open(new RegExp(`大全宗${code}`));
  // By their counts: the names of other fonds may hold any letter.
  await open(/文书.*10,000/);
  await open(/2021.*10,000/);
  const begun = Date.now();
  await open(/永久.*10,000/);
  await expect(tree.getByRole('treeitem', { name: /第1件|0001/ }).first()).toBeVisible();
  const opened = Date.now() - begun;
  expect(await page.locator('[role=treeitem]').count()).toBeLessThan(120);

  // Through all of them: every step loads what it shows, and the page never draws more than the screen needs.
  const scrolling = Date.now();
  await expect(async () => {
    await tree.evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
    await expect(tree.getByRole('treeitem', { name: /第10000件/ })).toBeVisible({ timeout: 50 });
  }).toPass({ intervals: [10], timeout: 60_000 });
  expect(await page.locator('[role=treeitem]').count()).toBeLessThan(120);
  const jump = await tree.evaluate(async (element) => {
    const start = performance.now();
    element.scrollTo({ top: element.scrollHeight / 2 });
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return performance.now() - start;
  });
  info.annotations.push({ type: 'figures', description: JSON.stringify({ first_page_ms: opened, all_ms: Date.now() - scrolling, jump_ms: Math.round(jump) }) });
  expect(opened).toBeLessThan(3_000);
  expect(jump).toBeLessThan(500);
  await expectAccessible(page);
  await expectFits(page);

  if (!isPhone(info.project.name)) {
    await tree.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    await expect(page).toHaveURL(/open=/);
    await page.reload();
    await expect(tree.locator('[aria-selected=true]')).toBeVisible();
  }
});

test('a volume stands in the tree before anything is put into it, and opens from there', async ({ signedIn: page, api }, info) => {
  const code = unique('A0').toUpperCase(); // among the first, so that it is on the screen
  const fonds = await api.create('fonds', { code, name: '空卷全宗' });
  const volume = await api.create('volume', { title: `${code}空卷`, fonds: fonds.id, class_code: 'organ.WS', fiscal_year: 2021, retention: 'Y' });
  await api.searchable();
  await page.goto('/tree');
  const tree = page.getByRole('tree');
  const walk = async (name: string | RegExp) => {
    const item = tree.getByRole('treeitem', { name }).first();
    await item.click();
    if ((await item.getAttribute('aria-expanded')) === 'false') await item.click();
    await expect(item).toHaveAttribute('aria-expanded', 'true');
  };
  await walk(new RegExp(code));
  for (const name of ['文书', '2021', '永久']) {
    const below = tree.locator(`[role=treeitem]:below(:text("${code}"))`).filter({ hasText: name }).first();
    await below.click();
    if ((await below.getAttribute('aria-expanded')) === 'false') await below.click();
  }
  const empty = tree.getByRole('treeitem', { name: new RegExp(`${code}空卷`) });
  await expect(empty).toBeVisible();
  await expectAccessible(page);
  await expectFits(page);
  await empty.click();
  if (isPhone(info.project.name)) {
    await expect(page).toHaveURL(new RegExp(`/records/volume/${volume.id}`));
    await page.goto('/tree');
    await page.getByRole('link', { name: new RegExp(`打开 ${code}`) }).click();
    await expect(page).toHaveURL(new RegExp(`/records/fonds/${fonds.id}`));
  } else {
    await page.getByRole('link', { name: '打开', exact: true }).click();
    await expect(page).toHaveURL(new RegExp(`/records/volume/${volume.id}`));
  }
});

test('what the text says of itself is offered in the form, and taken by the cataloguer', async ({ signedIn: page, api }) => {
  const mark = unique('gw');
  const item = await api.create('item', { title: `扫描件${mark}`, access_level: 'public' });
  const text = `机密★10年\n特急\n${mark}中学文件\n校办〔2021〕第05号\n关于${mark}值班安排的通知\n各处室、图书馆：\n请遵照执行。\n${mark}中学办公室\n二〇二一年三月五日\n`;
  await api.attach('item', item.id, '通知.txt', text, 'text/plain');
  await api.searchable();
  await page.goto(`/records/item/${item.id}/edit`);
  const panel = page.getByRole('region', { name: '从正文读出的要素' });
  await expect(panel.getByText('校办〔2021〕5号')).toBeVisible();
  await expect(panel.getByText(`现为 扫描件${mark}`)).toBeVisible();
  await expectAccessible(page);
  await expectFits(page);
  await panel.getByRole('button', { name: '采用题名' }).click();
  await panel.getByRole('button', { name: /采用全部空缺项/ }).click();
  await expect(panel).toBeHidden();
  await page.getByRole('button', { name: '保存' }).click();
  await expect(page.getByRole('heading', { name: `关于${mark}值班安排的通知` })).toBeVisible();
  const saved = await api.get<{ fields: Record<string, unknown> }>(`/records/item/${item.id}`);
  expect(saved.fields).toMatchObject({ document_number: '校办〔2021〕5号', date: '2021-03-05', secrecy: 'secret', secrecy_period: '10年', main_recipient: ['各处室', '图书馆'] });
});
