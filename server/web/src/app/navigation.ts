// Where can one go? One list feeds the side bar, the phone's bottom bar and its drawer.
import { computed } from 'vue';
import { hasRole, isAdministrator, mayCatalogue } from '../account/session';
import type { MessageKey } from '../i18n';
import type { IconName } from '../design/icons';

export interface Destination {
  section: string;
  to: string;
  label: MessageKey;
  icon: IconName;
}

const kUse: Destination[] = [
  { section: 'search', to: '/search', label: 'nav.search', icon: 'search' },
  { section: 'tree', to: '/tree', label: 'nav.tree', icon: 'tree' },
];
const kWork: Destination[] = [
  { section: 'records', to: '/records', label: 'nav.records', icon: 'records' },
  { section: 'upload', to: '/upload', label: 'nav.upload', icon: 'upload' },
  { section: 'import', to: '/import', label: 'nav.import', icon: 'import' },
];
const kAdministration: Destination[] = [
  { section: 'accounts', to: '/accounts', label: 'nav.accounts', icon: 'people' },
  { section: 'audit', to: '/audit', label: 'nav.audit', icon: 'audit' },
];
const kStatus: Destination = { section: 'status', to: '/status', label: 'nav.status', icon: 'status' };

export const navigation = computed(() => {
  const groups: { label: MessageKey; items: Destination[] }[] = [{ label: 'nav.groupUse', items: kUse }];
  groups.push({ label: 'nav.groupWork', items: mayCatalogue.value ? kWork : kWork.slice(0, 1) });
  if (isAdministrator.value) groups.push({ label: 'nav.groupAdmin', items: [...kAdministration, kStatus] });
  else if (hasRole('archivist')) groups.push({ label: 'nav.groupAdmin', items: [kStatus] });
  return groups;
});

export const bottomBar = computed<Destination[]>(() => [
  ...kUse,
  kWork[0],
  ...(mayCatalogue.value ? [kWork[1]] : []),
]);
