// Where can one go? One list feeds the side bar, the phone's bottom bar and its drawer.
import { computed } from 'vue';
import { hasRole, isOfficer, may, mayCatalogue, mayRead } from '../account/session';
import type { MessageKey } from '../i18n';
import type { IconName } from '../design/icons';
import { findType } from '../schema/schema';

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
const kOrganisation: Destination = { section: 'organisation', to: '/organisation', label: 'nav.organisation', icon: 'people' };
const kAccounts: Destination = { section: 'accounts', to: '/accounts', label: 'nav.accounts', icon: 'user' };
const kPolicy: Destination = { section: 'policy', to: '/policy', label: 'nav.policy', icon: 'lock' };
const kRoles: Destination = { section: 'roles', to: '/roles', label: 'nav.roles', icon: 'tree' };
const kRights: Destination = { section: 'rights', to: '/rights', label: 'nav.rights', icon: 'bookmark' };
const kAudit: Destination = { section: 'audit', to: '/audit', label: 'nav.audit', icon: 'audit' };
const kStatus: Destination = { section: 'status', to: '/status', label: 'nav.status', icon: 'status' };

const administration = computed(() => [
  ...(hasRole('auditor') ? [kAudit] : []),
  ...(isOfficer.value ? [kAccounts, kRoles] : []),
  ...(hasRole('security_officer') ? [kRights] : []),
  ...(isOfficer.value ? [kPolicy] : []),
  ...(!mayRead.value && may('read', findType('person')) ? [kOrganisation] : []),
  ...(hasRole('administrator', 'archivist') ? [kStatus] : []),
]);

export const navigation = computed(() => {
  const groups: { label: MessageKey; items: Destination[] }[] = [
    { label: 'nav.groupUse', items: mayRead.value ? [...kUse, kOrganisation] : [] },
    { label: 'nav.groupWork', items: mayCatalogue.value ? kWork : hasRole('administrator') ? [kWork[0], kWork[2]] : mayRead.value ? kWork.slice(0, 1) : [] },
    { label: 'nav.groupAdmin', items: administration.value },
  ];
  return groups.filter((group) => group.items.length > 0);
});

// Where one's work begins; whoever has no role yet finds there what to do.
export const homePath = computed(() => (mayRead.value ? '/search' : (administration.value[0]?.to ?? '/account')));

export const bottomBar = computed<Destination[]>(() =>
  mayRead.value ? [...kUse, kWork[0], ...(mayCatalogue.value ? [kWork[1]] : [])] : administration.value,
);
