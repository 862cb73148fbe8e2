import { createApp } from 'vue';
import App from './app/App.vue';
import { router } from './app/router';
import { restoreLanguage } from './i18n';
import './design/tokens.css';
import './design/base.css';
import './design/components.css';

await restoreLanguage();
createApp(App).use(router).mount('#app');
