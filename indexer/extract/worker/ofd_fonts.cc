#include "ofd_fonts.h"

#include <cairo-ft.h>
#include <fontconfig/fontconfig.h>

namespace lantai::extract::worker {
namespace {

FT_Library library() {
  static FT_Library kLibrary = [] {
    FT_Library made = nullptr;
    FT_Init_FreeType(&made);
    return made;
  }();
  return kLibrary;
}

struct DropPattern {
  void operator()(FcPattern* pattern) const { FcPatternDestroy(pattern); }
};
using Pattern = std::unique_ptr<FcPattern, DropPattern>;

void add_family(FcPattern* pattern, const std::string& family) {
  FcPatternAddString(pattern, FC_FAMILY, reinterpret_cast<const FcChar8*>(family.c_str()));
}

// Chinese typefaces under their usual names; installed is one with serifs, or one without.
bool has_serifs(const std::string& family) {
  for (const auto* name :
       {"宋", "楷", "隶", "Song", "SimSun", "SONG", "Kai", "KAI", "Fang", "FANG", "Times", "Serif", "STZhong"})
    if (family.find(name) != std::string::npos) return true;
  return false;
}

}  // namespace

// A font file that is open, with its bytes if they came with the document.
struct OfdFonts::Face {
  FT_Face face = nullptr;
  Bytes bytes;

  Face() = default;
  Face(const Face&) = delete;
  Face& operator=(const Face&) = delete;
  ~Face() {
    if (face != nullptr) FT_Done_Face(face);
  }
};

// cairo keeps faces in caches of its own: the font lives until cairo has forgotten it.
OfdFonts::Loaded OfdFonts::load(std::unique_ptr<Face> face) {
  static const cairo_user_data_key_t kKey{};
  Loaded loaded{Handle(cairo_ft_font_face_create_for_ft_face(face->face, 0)), face.get()};
  const auto drop = [](void* owned) { delete static_cast<Face*>(owned); };
  if (cairo_font_face_set_user_data(loaded.cairo.get(), &kKey, face.get(), drop) != CAIRO_STATUS_SUCCESS) return {};
  static_cast<void>(face.release());
  return loaded;
}

OfdFonts::Loaded* OfdFonts::installed(const std::string& family, bool bold) {
  const Pattern wanted(FcPatternCreate());
  if (!family.empty()) add_family(wanted.get(), family);
  add_family(wanted.get(), has_serifs(family) ? "Noto Serif CJK SC" : "Noto Sans CJK SC");
  FcPatternAddInteger(wanted.get(), FC_WEIGHT, bold ? FC_WEIGHT_BOLD : FC_WEIGHT_REGULAR);
  FcPatternAddString(wanted.get(), FC_LANG, reinterpret_cast<const FcChar8*>("zh-cn"));
  FcConfigSubstitute(nullptr, wanted.get(), FcMatchPattern);
  FcDefaultSubstitute(wanted.get());
  FcResult result = FcResultMatch;
  const Pattern found(FcFontMatch(nullptr, wanted.get(), &result));
  FcChar8* file = nullptr;
  int index = 0;
  if (!found || FcPatternGetString(found.get(), FC_FILE, 0, &file) != FcResultMatch) return nullptr;
  FcPatternGetInteger(found.get(), FC_INDEX, 0, &index);
  const auto* path = reinterpret_cast<const char*>(file);
  auto& known = installed_[std::string(path) + "#" + std::to_string(index)];
  if (known.face == nullptr) {
    auto face = std::make_unique<Face>();
    if (FT_New_Face(library(), path, index & 0xFFFF, &face->face) != 0) return nullptr;
    known = load(std::move(face));
  }
  return known.face == nullptr ? nullptr : &known;
}

OfdFonts::Candidates& OfdFonts::candidates(const std::string& font) {
  const auto [entry, is_new] = candidates_.try_emplace(font);
  Candidates& all = entry->second;
  if (!is_new) return all;
  if (const auto* bytes = document_.font_file(font)) {
    auto face = std::make_unique<Face>();
    face->bytes = *bytes;
    if (FT_New_Memory_Face(library(), face->bytes.data(), static_cast<FT_Long>(face->bytes.size()), 0, &face->face) ==
        0)
      all.own = load(std::move(face));
  }
  const auto node = document_.font(font);
  const bool bold = attribute(node, "Bold") == "true";
  for (const auto& family :
       {std::string(attribute(node, "FamilyName")), std::string(attribute(node, "FontName")), std::string()})
    if (auto* other = installed(family, bold)) all.others.push_back(other);
  return all;
}

OfdFonts::Glyph OfdFonts::of_character(const std::string& font, char32_t character) {
  auto& all = candidates(font);
  if (all.own.face != nullptr)
    if (const auto index = FT_Get_Char_Index(all.own.face->face, character); index != 0)
      return {all.own.cairo.get(), index};
  for (const auto* other : all.others)
    if (const auto index = FT_Get_Char_Index(other->face->face, character); index != 0)
      return {other->cairo.get(), index};
  return {};
}

OfdFonts::Glyph OfdFonts::of_number(const std::string& font, unsigned long number) {
  const auto& own = candidates(font).own;
  if (own.face == nullptr || number >= static_cast<unsigned long>(own.face->face->num_glyphs)) return {};
  return {own.cairo.get(), number};
}

}  // namespace lantai::extract::worker
