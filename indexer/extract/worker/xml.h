// How is XML inside documents read? pugixml: no entities of the document's own, no external ones, nothing fetched.
// Names are compared without their prefix, since producers choose prefixes freely. Thread-confined.
#pragma once

#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "charset.h"

namespace lantai::extract::worker {

inline constexpr unsigned kMaxXmlDepth = 256;  // of our own walks

// Throws Fault damaged. Understands what the XML declaration says about GB18030 and Big5.
pugi::xml_document parse_xml(ByteView bytes, const Charsets& charsets);

// The document defines entities of its own, which stay as they are written.
bool defines_entities(ByteView bytes);

std::string_view local_name(const pugi::xml_node& node);  // `ofd:Page` → `Page`
bool is_named(const pugi::xml_node& node, std::string_view local);
pugi::xml_node child(const pugi::xml_node& parent, std::string_view local);
// The text of the child, without blanks around it; empty if there is none.
std::string child_text(const pugi::xml_node& parent, std::string_view local);
std::string_view attribute(const pugi::xml_node& node, std::string_view local);

}  // namespace lantai::extract::worker
