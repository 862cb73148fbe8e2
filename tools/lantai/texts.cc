#include "texts.h"

#include <array>
#include <map>

namespace lantai::cli {
namespace {

using Three = std::array<std::string_view, 3>;  // 简体, 繁體, English

const std::map<Text, Three>& texts() {
  static const std::map<Text, Three> kTexts = {
      {Text::locked,
       {"{0} 正由另一个进程使用（通常是 lantai serve）。请先停止它，或用 --server 地址 通过它操作。",
        "{0} 正由另一個程序使用（通常是 lantai serve）。請先停止它，或用 --server 位址 透過它操作。",
        "{0} is in use by another process (usually lantai serve). Stop it, or work through it with --server URL."}},
      {Text::missing, {"{0} 中没有库", "{0} 中沒有庫", "there is no store in {0}"}},
      {Text::import_summary,
       {"新增 {0}，更新 {1}，未变 {2}，跳过 {3}，失败 {4}", "新增 {0}，更新 {1}，未變 {2}，略過 {3}，失敗 {4}",
        "{0} created, {1} updated, {2} unchanged, {3} skipped, {4} failed"}},
      {Text::dry_run_summary,
       {"试运行：将导入 {0}，跳过 {1}，有问题 {2}；未保存任何内容",
        "試執行：將匯入 {0}，略過 {1}，有問題 {2}；未儲存任何內容",
        "dry run: {0} to be taken in, {1} skipped, {2} with problems; nothing was stored"}},
      {Text::import_progress, {"已处理 {0} / {1}", "已處理 {0} / {1}", "{0} of {1}"}},
      {Text::waiting,
       {"正在提取正文和建立索引，还有 {0}", "正在擷取正文和建立索引，還有 {0}", "reading and indexing, {0} left"}},
      {Text::not_read,
       {"提取正文无法进行：{0}。文件已收存，修复后会自动补上。",
        "擷取正文無法進行：{0}。檔案已收存，修復後會自動補上。",
        "texts cannot be read: {0}. The files are stored; their texts follow once this is mended."}},
      {Text::no_hits, {"没有找到", "沒有找到", "nothing found"}},
      {Text::hits, {"共 {0} 条", "共 {0} 筆", "{0} found"}},
      {Text::partial_hits,
       {"，另有 {0} 条只含一部分词语", "，另有 {0} 筆只含一部分詞語", ", and {0} with only some of the words"}},
      {Text::partial_hit, {"只含一部分词语", "只含一部分詞語", "some of the words only"}},
      {Text::lacking, {"不含：{0}", "不含：{0}", "without: {0}"}},
      {Text::page, {"第 {0} 页", "第 {0} 頁", "page {0}"}},
      {Text::collected,
       {"已回收 {0} 个无主文件，腾出 {1} 字节", "已回收 {0} 個無主檔案，騰出 {1} 位元組",
        "{0} files that nothing refers to removed, {1} bytes freed"}},
      {Text::verified, {"{0} 字节已核对，无损坏", "{0} 位元組已核對，無損壞", "{0} bytes verified, no damage"}},
      {Text::damaged_blob, {"损坏：{0}：{1}", "損壞：{0}：{1}", "damaged: {0}: {1}"}},
      {Text::audit_ok,
       {"审计日志 {0} 条，链完整，末端 {1}", "稽核日誌 {0} 筆，鏈完整，末端 {1}",
        "audit log of {0} entries, chain unbroken, head {1}"}},
      {Text::audit_broken,
       {"审计日志在第 {0} 条断开：{1}", "稽核日誌在第 {0} 筆斷開：{1}", "audit log broken at entry {0}: {1}"}},
      {Text::heads_ok,
       {"{0} 个留存的末条校验值全部相符（其中 {1} 个未签名）", "{0} 個留存的末筆校驗值全部相符（其中 {1} 個未簽名）",
        "all {0} heads that were kept fit ({1} of them not signed)"}},
      {Text::head_wrong,
       {"留存的末条校验值不符：{0}", "留存的末筆校驗值不符：{0}", "a head that was kept does not fit: {0}"}},
      {Text::not_audited,
       {"无法在审计日志中登记此次导出：{0}", "無法在稽核日誌中登記此次匯出：{0}",
        "this export cannot be noted in the audit log: {0}"}},
      {Text::left_out, {"已损坏，未导出：{0}：{1}", "已損壞，未匯出：{0}：{1}", "damaged and left out: {0}: {1}"}},
      {Text::reindexed, {"索引已重建，共 {0} 条", "索引已重建，共 {0} 筆", "index rebuilt, {0} documents"}},
      {Text::serving, {"兰台服务地址：{0}", "蘭臺服務位址：{0}", "Lantai serves at {0}"}},
      {Text::redirecting, {"端口 {0} 的访问转到加密地址", "連接埠 {0} 的存取轉到加密位址", "port {0} leads there"}},
      {Text::plain_http,
       {"在 {0} 上提供服务需要 TLS（--tls-certificate、--tls-key）；如前面有终止 TLS 的代理，请加 --plain-http",
        "在 {0} 上提供服務需要 TLS（--tls-certificate、--tls-key）；如前面有終止 TLS 的代理，請加 --plain-http",
        "serving at {0} needs TLS (--tls-certificate, --tls-key), or --plain-http behind a proxy that ends it"}},
      {Text::first_login,
       {"首次登录：用户名 {0}，密码 {1}（登录后请修改）", "首次登入：使用者名稱 {0}，密碼 {1}（登入後請修改）",
        "first login: user {0}, password {1} (to be changed after signing in)"}},
      {Text::first_logins_in,
       {"首次登录的用户名和密码写在 {0}，只有其所有者可读", "首次登入的使用者名稱和密碼寫在 {0}，只有其擁有者可讀",
        "the first logins are written in {0}, which only its owner can read"}},
      {Text::first_logins_lost,
       {"无法写入首次登录的密码；请用 lantai user password 为各用户另设",
        "無法寫入首次登入的密碼；請用 lantai user password 為各使用者另設",
        "the first passwords cannot be written; make others with lantai user password"}},
      {Text::stopping, {"正在停止", "正在停止", "stopping"}},
      {Text::server_command,
       {"此操作只能在没有服务器运行时直接用于库（--data）", "此操作只能在沒有伺服器執行時直接用於庫（--data）",
        "this works only on the store itself (--data), while no server runs"}},
      {Text::user_made, {"已建立用户 {0}", "已建立使用者 {0}", "account {0} made"}},
      {Text::password_set, {"用户 {0} 的密码：{1}", "使用者 {0} 的密碼：{1}", "password of {0}: {1}"}},
      {Text::token_made, {"令牌（只显示这一次）：{0}", "權杖（只顯示這一次）：{0}", "token, shown only once: {0}"}},
      {Text::no_such_user, {"没有用户 {0}", "沒有使用者 {0}", "there is no account {0}"}},
      {Text::no_such_file, {"无法打开 {0}：{1}", "無法開啟 {0}：{1}", "cannot open {0}: {1}"}},
      {Text::not_a_file, {"不是普通文件", "不是一般檔案", "not a regular file"}},
      {Text::failed_texts,
       {"共 {0} 个文件没有可提取的正文", "共 {0} 個檔案沒有可擷取的正文", "{0} files gave no text"}},
      {Text::needs_place,
       {"请用 --data 目录 或 --server 地址 指明库", "請用 --data 目錄 或 --server 位址 指明庫",
        "say which store: --data DIR or --server URL"}},
      {Text::other_account,
       {"通过服务器只能为自己的账号生成令牌；为别人生成请在服务器上用 --data",
        "透過伺服器只能為自己的帳號產生權杖；為別人產生請在伺服器上用 --data",
        "through a server a token is made for one's own account; for others use --data on the server"}},
      {Text::exported, {"已导出 {0} 条", "已匯出 {0} 筆", "{0} exported"}},
  };
  return kTexts;
}

}  // namespace

std::string_view text(Text id, schema::Language language) { return texts().at(id)[static_cast<std::size_t>(language)]; }

schema::Language language_of_locale(std::string_view locale) {
  const auto starts = [&](std::string_view prefix) { return locale.substr(0, prefix.size()) == prefix; };
  if (starts("zh_TW") || starts("zh_HK") || starts("zh_MO") || starts("zh-Hant")) return schema::Language::zh_hant;
  return starts("zh") ? schema::Language::zh_hans : schema::Language::en;
}

}  // namespace lantai::cli
