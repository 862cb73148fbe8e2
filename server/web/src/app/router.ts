// Which page does an address show? Every page but the search is loaded when first visited.
import { shallowRef } from 'vue';
import { createRouter, createWebHistory, type RouteLocationNormalized, type RouteLocationRaw, type RouteRecordRaw } from 'vue-router';
import { duty, ensureSession, watchDuty, watchSignOut } from '../account/session';
import { isApiError } from '../api/problem';
import { t, type MessageKey } from '../i18n';
import { homePath } from './navigation';
import { loadSchema } from '../schema/schema';

declare module 'vue-router' {
  interface RouteMeta {
    title?: MessageKey;
    open?: boolean; // without a session
    section?: string; // which entry of the navigation is lit
    keeps?: boolean; // what is typed there is still there after signing in again
  }
}

const routes: RouteRecordRaw[] = [
  { path: '/', component: () => import('./NotFoundPage.vue') }, // leads to where one's work begins
  { path: '/login', component: () => import('../account/LoginPage.vue'), meta: { title: 'login.title', open: true } },
  { path: '/search', component: () => import('../search/SearchPage.vue'), meta: { title: 'nav.search', section: 'search' } },
  { path: '/tree', component: () => import('../tree/TreePage.vue'), meta: { title: 'nav.tree', section: 'tree' } },
  { path: '/records', component: () => import('../records/TypesPage.vue'), meta: { title: 'nav.records', section: 'records' } },
  { path: '/records/:type', component: () => import('../records/ListPage.vue'), meta: { section: 'records' } },
  { path: '/records/:type/new', component: () => import('../records/FormPage.vue'), meta: { section: 'records', keeps: true } },
  { path: '/records/:type/:id', component: () => import('../reader/ReaderPage.vue'), meta: { section: 'records' } },
  { path: '/records/:type/:id/edit', component: () => import('../records/FormPage.vue'), meta: { section: 'records', keeps: true } },
  { path: '/organisation', component: () => import('../organisation/OrganisationPage.vue'), meta: { title: 'nav.organisation', section: 'organisation' } },
  { path: '/people/:id/hand-over', component: () => import('../organisation/HandOverPage.vue'), meta: { title: 'handover.title', section: 'organisation' } },
  { path: '/upload', component: () => import('../upload/UploadPage.vue'), meta: { title: 'nav.upload', section: 'upload', keeps: true } },
  { path: '/import', component: () => import('../imports/ImportPage.vue'), meta: { title: 'nav.import', section: 'import' } },
  { path: '/account', component: () => import('../account/AccountPage.vue'), meta: { title: 'nav.account', section: 'account' } },
  { path: '/accounts', component: () => import('../admin/AccountsPage.vue'), meta: { title: 'nav.accounts', section: 'accounts' } },
  { path: '/policy', component: () => import('../admin/PolicyPage.vue'), meta: { title: 'nav.policy', section: 'policy' } },
  { path: '/roles', component: () => import('../admin/RolesPage.vue'), meta: { title: 'nav.roles', section: 'roles' } },
  { path: '/rights', component: () => import('../admin/RightsPage.vue'), meta: { title: 'nav.rights', section: 'rights' } },
  { path: '/audit', component: () => import('../admin/AuditPage.vue'), meta: { title: 'nav.audit', section: 'audit' } },
  { path: '/status', component: () => import('../admin/StatusPage.vue'), meta: { title: 'nav.status', section: 'status' } },
  { path: '/:rest(.*)*', component: () => import('./NotFoundPage.vue'), meta: { title: 'error.notFound' } },
];

export const router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? undefined : { top: 0 }),
});

// Why the last change of page did not come about; the shell shows it.
export const navigationError = shallowRef<unknown>(null);

router.beforeEach(async (to) => {
  navigationError.value = null;
  try {
    return await admit(to);
  } catch (error) {
    if (isApiError(error) && error.status === 401) return { path: '/login', query: { next: to.fullPath } };
    navigationError.value = error;
    return false;
  }
});

async function admit(to: RouteLocationNormalized): Promise<true | RouteLocationRaw> {
  if (to.meta.open) return true;
  if (!(await ensureSession())) return { path: '/login', query: ['/', '/search'].includes(to.fullPath) ? {} : { next: to.fullPath } };
  if (duty.value) {
    return to.path === '/account' ? true : { path: '/account', query: { must: '1', next: to.fullPath } };
  }
  await loadSchema();
  if (to.path === '/') return homePath.value;
  return true;
}

router.afterEach((to) => {
  setTitle(to.meta.title ? t(to.meta.title) : '');
});

// After an upgrade of the server the parts this page would still load are gone: once, everything is loaded anew.
const kReloaded = 'lantai.reloaded';
router.onError((error, to) => {
  if (mayReload(error, to.fullPath)) window.location.assign(to.fullPath);
  else navigationError.value = error;
});

function mayReload(error: unknown, address: string): boolean {
  if (!/dynamically imported module|module script|preload CSS/i.test(String(error))) return false;
  try {
    if (sessionStorage.getItem(kReloaded) === address) return false;
    sessionStorage.setItem(kReloaded, address);
    return true;
  } catch {
    return false; // nothing can be remembered: better an error than loading for ever
  }
}

watchSignOut(() => {
  const here = router.currentRoute.value;
  if (!here.meta.open) void router.push({ path: '/login', query: { next: here.fullPath, ended: here.meta.keeps ? 'kept' : '1' } });
});

watchDuty(() => {
  const here = router.currentRoute.value;
  if (!here.meta.open && here.path !== '/account') void router.push({ path: '/account', query: { must: '1', next: here.fullPath } });
});

export function setTitle(title: string): void {
  document.title = title ? `${title} · ${t('app.name')}` : t('app.name');
}
