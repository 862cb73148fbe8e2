// What a browser calls itself, in the words people use: "Edge · Windows". Empty when it says nothing known.
const kBrowsers: [RegExp, string][] = [
  [/MicroMessenger\//, '微信'],
  [/Edg(e|A|iOS)?\//, 'Edge'],
  [/QQBrowser\//, 'QQ'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\/|CriOS\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const kSystems: [RegExp, string][] = [
  [/HarmonyOS/, 'HarmonyOS'],
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
];

export function deviceOf(agent: string): string {
  const named = (table: [RegExp, string][]) => table.find(([pattern]) => pattern.test(agent))?.[1];
  return [named(kBrowsers), named(kSystems)].filter(Boolean).join(' · ');
}
