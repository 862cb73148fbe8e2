#include "fold_table.h"

#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/uniset.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <memory>
#include <string_view>

#include "lantai/base/error.h"
#include "lantai/text/folding.h"

namespace lantai::text {
namespace {

const icu::Normalizer2& normaliser() {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* found = icu::Normalizer2::getNFKCCasefoldInstance(status);
  if (U_FAILURE(status) != 0) throw Error(ErrorCode::internal, "ICU has no NFKC case folding");
  return *found;
}

std::u32string to_u32(const icu::UnicodeString& text) {
  std::u32string out;
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    out.push_back(static_cast<char32_t>(text.char32At(i)));
  }
  return out;
}

icu::UnicodeString to_icu(std::u32string_view text) {
  icu::UnicodeString out;
  for (const char32_t c : text) out.append(static_cast<UChar32>(c));
  return out;
}

CharClass classify(char32_t c) {
  const auto u = static_cast<UChar32>(c);
  if (is_han(c)) return CharClass::han;
  if (u_isUWhiteSpace(u) != 0 || u_charType(u) == U_CONTROL_CHAR) return CharClass::space;
  const std::uint32_t mask = U_MASK(u_charType(u));
  return (mask & (U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK)) != 0 ? CharClass::word : CharClass::other;
}

// Left column becomes right column; what ICU's rules leave apart although readers take it for the same. First the
// radicals that PDF fonts give instead of the characters (U+2E80…), then printed variants, then marks.
struct Variant {
  char32_t from, to;
};
constexpr Variant kVariants[] = {
    {U'⺁', U'厂'}, {U'⺠', U'民'}, {U'⺟', U'母'}, {U'⻁', U'虎'}, {U'⻄', U'西'}, {U'⻅', U'见'}, {U'⻆', U'角'},
    {U'⻉', U'贝'}, {U'⻋', U'车'}, {U'⻓', U'长'}, {U'⻔', U'门'}, {U'⻘', U'青'}, {U'⻙', U'韦'}, {U'⻚', U'页'},
    {U'⻛', U'风'}, {U'⻜', U'飞'}, {U'⻝', U'食'}, {U'⻢', U'马'}, {U'⻤', U'鬼'}, {U'⻥', U'鱼'}, {U'⻦', U'鸟'},
    {U'⻨', U'麦'}, {U'⻩', U'黄'}, {U'⻬', U'齐'}, {U'⻮', U'齿'}, {U'⻰', U'龙'}, {U'⻳', U'龟'}, {U'⺎', U'兀'},
    {U'⺓', U'幺'}, {U'⺖', U'心'}, {U'⺝', U'月'}, {U'⺫', U'目'}, {U'⻂', U'衣'}, {U'⻊', U'足'}, {U'⻌', U'辶'},
    {U'⻎', U'辶'}, {U'⻑', U'长'}, {U'⻗', U'雨'}, {U'裏', U'里'}, {U'裡', U'里'}, {U'羣', U'群'}, {U'峯', U'峰'},
    {U'夠', U'够'}, {U'祕', U'秘'}, {U'冊', U'册'}, {U'爲', U'为'}, {U'眞', U'真'}, {U'卽', U'即'}, {U'旣', U'既'},
    {U'靑', U'青'}, {U'敎', U'教'}, {U'敍', U'叙'}, {U'敘', U'叙'}, {U'產', U'产'}, {U'産', U'产'}, {U'顏', U'颜'},
    {U'顔', U'颜'}, {U'說', U'说'}, {U'説', U'说'}, {U'戶', U'户'}, {U'戸', U'户'}, {U'內', U'内'}, {U'囯', U'国'},
    {U'囶', U'国'}, {U'呉', U'吴'}, {U'吳', U'吴'}, {U'黃', U'黄'}, {U'綠', U'绿'}, {U'緑', U'绿'}, {U'錄', U'录'},
    {U'録', U'录'}, {U'衆', U'众'}, {U'眾', U'众'}, {U'牀', U'床'}, {U'麪', U'面'}, {U'麵', U'面'}, {U'綫', U'线'},
    {U'線', U'线'}, {U'缐', U'线'}, {U'嶽', U'岳'}, {U'燄', U'焰'}, {U'遊', U'游'}, {U'昇', U'升'}, {U'陞', U'升'},
    {U'巖', U'岩'}, {U'甯', U'宁'}, {U'寜', U'宁'}, {U'徧', U'遍'}, {U'跡', U'迹'}, {U'蹟', U'迹'}, {U'恆', U'恒'},
    {U'汙', U'污'}, {U'汚', U'污'}, {U'菸', U'烟'}, {U'煙', U'烟'}, {U'鉅', U'巨'}, {U'佈', U'布'}, {U'佔', U'占'},
    {U'併', U'并'}, {U'並', U'并'}, {U'竝', U'并'}, {U'倂', U'并'}, {U'週', U'周'}, {U'臺', U'台'}, {U'檯', U'台'},
    {U'颱', U'台'}, {U'淸', U'清'}, {U'歴', U'历'}, {U'歷', U'历'}, {U'曆', U'历'}, {U'暦', U'历'}, {U'鄕', U'乡'},
    {U'鬥', U'斗'}, {U'鬭', U'斗'}, {U'鬪', U'斗'}, {U'舘', U'馆'}, {U'館', U'馆'}, {U'尅', U'克'}, {U'剋', U'克'},
    {U'噉', U'啖'}, {U'婬', U'淫'}, {U'絃', U'弦'}, {U'絶', U'绝'}, {U'絕', U'绝'}, {U'査', U'查'}, {U'決', U'决'},
    {U'況', U'况'}, {U'凖', U'准'}, {U'準', U'准'}, {U'減', U'减'}, {U'盃', U'杯'}, {U'辤', U'辞'}, {U'辭', U'辞'},
    {U'椉', U'乘'}, {U'効', U'效'}, {U'勳', U'勋'}, {U'勛', U'勋'}, {U'廻', U'回'}, {U'迴', U'回'}, {U'囘', U'回'},
    {U'彙', U'汇'}, {U'匯', U'汇'}, {U'滙', U'汇'}, {U'註', U'注'}, {U'諮', U'咨'}, {U'籤', U'签'}, {U'簽', U'签'},
    {U'慾', U'欲'}, {U'鑑', U'鉴'}, {U'鑒', U'鉴'}, {U'鑬', U'鉴'}, {U'堦', U'阶'}, {U'階', U'阶'}, {U'箇', U'个'},
    {U'個', U'个'}, {U'祇', U'只'}, {U'衹', U'只'}, {U'隻', U'只'}, {U'傢', U'家'}, {U'傑', U'杰'}, {U'闆', U'板'},
    {U'幹', U'干'}, {U'乾', U'干'}, {U'榦', U'干'}, {U'藉', U'借'}, {U'瞭', U'了'}, {U'餘', U'余'}, {U'馀', U'余'},
    {U'徵', U'征'}, {U'鍾', U'钟'}, {U'鐘', U'钟'}, {U'锺', U'钟'}, {U'託', U'托'}, {U'○', U'〇'},  {U'◯', U'〇'},
    {U'“', U'"'},   {U'”', U'"'},   {U'„', U'"'},   {U'«', U'"'},   {U'»', U'"'},   {U'「', U'"'},  {U'」', U'"'},
    {U'『', U'"'},  {U'』', U'"'},  {U'〝', U'"'},  {U'〞', U'"'},  {U'‘', U'\''},  {U'’', U'\''},  {U'〔', U'('},
    {U'〕', U')'},  {U'[', U'('},   {U']', U')'},   {U'【', U'('},  {U'】', U')'},  {U'〈', U'('},  {U'〉', U')'},
    {U'〖', U'('},  {U'〗', U')'},  {U'〘', U'('},  {U'〙', U')'},  {U'⟨', U'('},   {U'⟩', U')'},   {U'{', U'('},
    {U'}', U')'},   {U'‐', U'-'},   {U'‑', U'-'},   {U'‒', U'-'},   {U'–', U'-'},   {U'—', U'-'},   {U'―', U'-'},
    {U'−', U'-'},   {U'─', U'-'},   {U'·', U'.'},   {U'•', U'.'},   {U'‧', U'.'},   {U'・', U'.'},  {U'∙', U'.'},
    {U'⋅', U'.'},   {U'〜', U'~'},
};

}  // namespace

const FoldTable& FoldTable::get() {
  static const FoldTable table;
  return table;
}

FoldTable::FoldTable() : map_(kSize), classes_(kSize) {
  normalise_all();
  simplify();
  add_variants();
  close();
}

CharClass FoldTable::class_beyond(char32_t c) {
  return u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0 ? CharClass::ignorable
                                                                                               : classify(c);
}

void FoldTable::normalise_all() {
  const icu::Normalizer2& nfkc = normaliser();
  for (char32_t c = 0; c < kSize; ++c) {
    map_[c] = c;
    const auto u = static_cast<UChar32>(c);
    classes_[c] = classify(c);
    UErrorCode status = U_ZERO_ERROR;
    if (U_IS_SURROGATE(u) || (is_han(c) && nfkc.isInert(u) != 0)) continue;
    if (nfkc.hasBoundaryBefore(u) == 0) classes_[c] = CharClass::combining;
    if (nfkc.isInert(u) != 0) continue;
    const std::u32string folded = to_u32(nfkc.normalize(icu::UnicodeString(u), status));
    if (folded.empty()) {
      classes_[c] = CharClass::ignorable;
    } else if (folded.size() == 1) {
      map_[c] = folded[0];
    } else {
      map_[c] = kExpands;
      expansions_[c] = folded;
    }
  }
}

void FoldTable::simplify() {
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<icu::Transliterator> rules(
      icu::Transliterator::createInstance("Traditional-Simplified", UTRANS_FORWARD, status));
  if (U_FAILURE(status) != 0) throw Error(ErrorCode::internal, "ICU has no traditional-simplified rules");
  icu::UnicodeSet sources;
  rules->getSourceSet(sources);
  icu::UnicodeString text;
  std::u32string from;
  for (std::int32_t i = 0; i < sources.size(); ++i) {
    const UChar32 c = sources.charAt(i);
    if (c < 0x80 || static_cast<char32_t>(c) >= kSize) continue;
    from.push_back(static_cast<char32_t>(c));
    text.append(c).append(u'\n');
  }
  rules->transliterate(text);
  std::size_t at = 0;
  std::u32string one;
  for (const char32_t c : to_u32(text)) {
    if (c != U'\n') {
      one.push_back(c);
      continue;
    }
    if (at < from.size() && one.size() == 1 && map_[from[at]] == from[at]) map_[from[at]] = one[0];
    one.clear();
    ++at;
  }
}

void FoldTable::add_variants() {
  for (const Variant variant : kVariants) map_[variant.from] = variant.to;
}

// Folding what is folded must change nothing: follow every chain to its end.
void FoldTable::close() {
  const auto end_of = [this](char32_t c) {
    for (int step = 0; step < 8 && c < kSize && map_[c] != kExpands && map_[c] != c; ++step) c = map_[c];
    return c;
  };
  for (char32_t c = 0; c < kSize; ++c) {
    if (map_[c] != kExpands) map_[c] = end_of(c);
    if (map_[c] != kExpands || expansions_.contains(c)) continue;
    expansions_[c] = expansions_.at(end_of(c));
  }
  for (auto& [c, text] : expansions_) {
    for (char32_t& each : text) each = end_of(each);
  }
}

std::u32string FoldTable::fold_sequence(std::u32string_view sequence) const {
  UErrorCode status = U_ZERO_ERROR;
  std::u32string out;
  for (const char32_t c : to_u32(normaliser().normalize(to_icu(sequence), status))) {
    if (mapped(c) == kExpands) {
      out += expansion(c);
    } else {
      out.push_back(mapped(c));
    }
  }
  return out;
}

bool is_han(char32_t c) {
  if (c < 0x2E80) return false;
  if (c >= 0x4E00 && c <= 0x9FFF) return true;
  if (c == U'〇' || c == U'々') return true;
  return (c >= 0x3400 && c <= 0x4DBF) || (c >= 0x2E80 && c <= 0x2FDF) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0x20000 && c <= 0x3FFFD);
}

bool is_word_char(char32_t c) {
  const CharClass found = FoldTable::get().char_class(c);
  return found == CharClass::word || found == CharClass::han || found == CharClass::combining;
}

}  // namespace lantai::text
