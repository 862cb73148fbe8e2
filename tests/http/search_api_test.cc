// Search, tree and changes: and that nobody learns of what they may not see, not even by counting.
#include <boost/test/unit_test.hpp>
#include <map>
#include <set>

#include "world.h"

using namespace lantai::http;
using namespace lantai::http::test;

namespace {

// One item of each level, all with one word.
struct Levels {
  Levels() : word(unique_word()), archivist(World::the().as("archivist")) {
    for (const auto* level : {"public", "internal", "restricted"}) {
      items.push_back(
          archivist.make_item({{"title", word + " " + level}, {"access_level", level}, {"fiscal_year", 2019}}));
    }
    before = World::the().position();
  }
  Json search_as(const std::string& role, const std::string& more = {}) {
    const auto answer = World::the().as(role).search("q=" + word + more);
    BOOST_REQUIRE(answer.status == 200);
    return answer.json();
  }
  std::string word;
  Client archivist;
  std::vector<Json> items;
  std::uint64_t before = 0;
};

const std::map<std::string, std::size_t> kSeen{{"chief", 3}, {"archivist", 3}, {"staff", 2}, {"reader", 1}};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(search_api, Levels)

BOOST_AUTO_TEST_CASE(totals_hits_and_facets_count_only_what_the_caller_may_see) {
  for (const auto& [role, count] : kSeen) {
    BOOST_TEST_CONTEXT(role) {
      const auto result = search_as(role, "&facet=fiscal_year&facet=access_level");
      BOOST_TEST(result["total"] == count);
      BOOST_TEST(result["hits"].size() == count);
      std::map<std::string, Json> facets;
      for (const auto& facet : result["facets"]) facets[facet["field"]] = facet;
      BOOST_REQUIRE(facets["fiscal_year"]["values"].size() == 1U);
      BOOST_TEST(facets["fiscal_year"]["values"][0]["count"] == count);
      BOOST_TEST(facets["fiscal_year"]["label"] == "年度");
      BOOST_TEST(facets["access_level"]["values"].size() == count);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_hit_tells_what_of_the_query_it_lacks_and_all_words_leave_it_out) {
  const auto other = unique_word();
  archivist.make_item({{"title", word + " " + other}, {"access_level", "public"}});
  const auto answer = search_as("reader", "+" + other);
  BOOST_TEST(answer["total"] == 1);
  BOOST_TEST(answer["partial"] == 1);
  BOOST_TEST_REQUIRE(answer["hits"].size() == 2U);
  BOOST_TEST(answer["hits"][0]["missing"] == Json::array());
  BOOST_TEST(answer["hits"][1]["missing"] == Json::array({other}));
  const auto strict = search_as("reader", "+" + other + "&all_words=1");
  BOOST_TEST(strict["total"] == 1);
  BOOST_TEST(strict["partial"] == 0);
  BOOST_TEST(strict["hits"].size() == 1U);
}

BOOST_AUTO_TEST_CASE(names_are_completed_and_found_by_pinyin_within_what_the_caller_may_see) {
  for (const auto* level : {"public", "internal", "restricted"})
    archivist.make_item({{"title", std::string("骆驼驯养考察") + level}, {"access_level", level}});
  archivist.search("q=" + word);
  for (const auto& [role, count] : kSeen) {
    BOOST_TEST_CONTEXT(role) {
      auto client = World::the().as(role);
      const auto completed = client.get("/api/v1/completions?q=" + encoded("luotuoxunyang")).json()["completions"];
      BOOST_TEST_REQUIRE(completed.size() == count);
      BOOST_TEST(completed[0]["type"] == "item");
      BOOST_TEST(completed[0]["parts"][0] == (Json{{"text", "骆驼驯养"}, {"hit", true}}));
      BOOST_TEST(client.get("/api/v1/completions?q=ltxyk&type=person").json()["completions"].empty());
      const auto found = client.get("/api/v1/search?q=ltxykc").json();
      BOOST_TEST(found["total"] == count);
      BOOST_TEST(found["hints"][0]["code"] == "search.by_sound");
      const auto meant = client.get("/api/v1/search?q=" + encoded("洛驼驯养")).json()["hints"];
      BOOST_TEST(meant.back()["code"] == "search.did_you_mean");
      BOOST_TEST(meant.back()["detail"] == "骆驼驯养");
    }
  }
  BOOST_TEST(archivist.get("/api/v1/completions?q=a&limit=51").status == 400);
  BOOST_TEST(World::the().anonymous().get("/api/v1/completions?q=luotuo").status == 401);
}

BOOST_AUTO_TEST_CASE(past_searches_are_ones_own_and_popular_ones_are_told_to_whom_they_find_something) {
  const auto clear = [](Client& client) { client.remove("/api/v1/searches"); };
  const auto lists = [](Client& client) { return client.get("/api/v1/searches").json(); };
  const auto queries = [](const Json& list) {
    std::vector<std::string> found;
    for (const auto& one : list) found.push_back(one["query"]);
    return found;
  };
  using List = std::vector<std::string>;
  auto chief = World::the().as("chief"), staff = World::the().as("staff"), reader = World::the().as("reader");
  archivist.make_item({{"title", "丝绸之路展览 " + word}, {"access_level", "internal"}});
  archivist.search("q=" + word);
  for (auto* client : {&chief, &archivist, &staff, &reader}) clear(*client);
  for (const auto& query : List{"丝绸之路", "预算", " 絲綢之路 ", ""})
    BOOST_TEST(archivist.post("/api/v1/searches", {{"query", query}}).status == 204);
  BOOST_TEST(queries(lists(archivist)["past"]) == (List{"絲綢之路", "预算"}));
  BOOST_TEST(lists(staff)["past"].empty());
  const auto completed = [&](Client& client, const std::string& typed) {
    return client.get("/api/v1/completions?q=" + encoded(typed)).json()["searches"].get<List>();
  };
  BOOST_TEST(completed(archivist, "sichou") == List{"絲綢之路"});
  BOOST_TEST(completed(archivist, "预") == List{"预算"});
  BOOST_TEST(completed(staff, "sichou").empty());

  staff.post("/api/v1/searches", {{"query", "丝绸之路"}});
  BOOST_TEST(lists(staff)["popular"].empty());  // of two people
  reader.post("/api/v1/searches", {{"query", "丝绸之路"}});
  for (auto* client : {&chief, &archivist, &staff}) {
    const auto popular = lists(*client)["popular"];
    BOOST_TEST_REQUIRE(popular.size() == 1U);
    BOOST_TEST(popular[0]["people"] == 3);
  }
  BOOST_TEST(lists(reader)["popular"].empty());  // who would find nothing
  BOOST_TEST(staff.remove("/api/v1/searches?q=" + encoded("絲綢之路")).status == 204);
  BOOST_TEST(lists(staff)["past"].empty());
  BOOST_TEST(lists(archivist)["popular"].empty());
  for (int i = 0; i < 60; ++i) reader.post("/api/v1/searches", {{"query", "q" + std::to_string(i)}});
  BOOST_TEST(lists(reader)["past"].size() == 50U);
  BOOST_TEST(reader.post("/api/v1/searches", {{"query", std::string(1001, 'x')}}).status == 400);
  BOOST_TEST(World::the().anonymous().get("/api/v1/searches").status == 401);
}

BOOST_AUTO_TEST_CASE(what_came_since_the_last_answer_is_counted_within_what_the_caller_may_see) {
  const auto asked = search_as("reader")["asked_at"].get<std::string>();
  BOOST_TEST(search_as("archivist", "&made_after=" + encoded(asked))["total"] == 0);
  archivist.make_item({{"title", word + " 新"}, {"access_level", "internal"}});
  archivist.search("q=" + word);
  BOOST_TEST(search_as("archivist", "&made_after=" + encoded(asked))["total"] == 1);
  BOOST_TEST(search_as("reader", "&made_after=" + encoded(asked))["total"] == 0);
  BOOST_TEST(search_as("archivist", "&made_after=2019-01-01T00:00:00Z")["total"] == 4);
  BOOST_TEST(archivist.get("/api/v1/search?q=x&made_after=gestern").status == 400);
}

BOOST_AUTO_TEST_CASE(a_type_that_is_not_searchable_is_not_found) {
  const auto name = unique_word();
  BOOST_TEST(archivist.post("/api/v1/records/saved_search", {{"fields", {{"name", name}, {"shared", true}}}}).status ==
             201);
  BOOST_TEST(archivist.search("q=" + name).json()["total"] == 0);
}

BOOST_AUTO_TEST_CASE(a_synonym_holds_from_the_next_search_on_and_no_longer_than_it_is_kept) {
  const auto other = unique_word();
  const auto found = [&] { return archivist.search("q=" + other).json()["total"]; };
  BOOST_TEST(found() == 0);
  const auto kept = archivist.post("/api/v1/records/synonym", {{"fields", {{"word", other}, {"also", {word}}}}}).json();
  BOOST_TEST(found() == 3);
  BOOST_TEST(archivist.search("q=" + other).json()["hints"][0]["code"] == "search.synonyms");
  BOOST_TEST(World::the().as("reader").search("q=" + other).json()["total"] == 1);
  const auto path = "/api/v1/records/synonym/" + kept["id"].get<std::string>();
  BOOST_TEST(World::the().as("staff").remove(path, {{"If-Match", "\"1\""}}).status == 403);
  BOOST_TEST(archivist.remove(path, {{"If-Match", "\"1\""}}).status == 204);
  BOOST_TEST(found() == 0);
}

BOOST_AUTO_TEST_CASE(records_like_one_are_offered_within_what_the_caller_may_see) {
  for (const auto& item : items)
    archivist.add_file(item, "正文.txt", word + "实验室危险化学品整改台账，" + word + "由资产处销号。");
  archivist.search("q=" + word);
  for (const auto& [role, count] : kSeen) {
    BOOST_TEST_CONTEXT(role) {
      const auto hits = World::the()
                            .as(role)
                            .get("/api/v1/records/item/" + items[0]["id"].get<std::string>() + "/similar")
                            .json()["hits"];
      std::size_t own = 0;
      for (const auto& hit : hits) own += hit["title"].get<std::string>().starts_with(word) ? 1 : 0;
      BOOST_TEST(own == count - 1);
    }
  }
  BOOST_TEST(
      World::the().as("reader").get("/api/v1/records/item/" + items[2]["id"].get<std::string>() + "/similar").status ==
      404);
}

BOOST_AUTO_TEST_CASE(it_is_explained_why_a_record_is_found_or_not) {
  auto chief = World::the().as("chief");
  const auto& restricted = items[2];
  const auto file = archivist.add_file(restricted, "空白.txt", "  ");
  archivist.search("q=" + word);
  const auto ask = [&](Client& client, const std::string& query, const std::string& more = {}) {
    return client.get("/api/v1/explain?record=item/" + restricted["id"].get<std::string>() + "&q=" + encoded(query) +
                      more);
  };
  const auto codes = [](const Json& answer) {
    std::set<std::string> all;
    for (const auto& reason : answer["reasons"]) all.insert(reason["code"]);
    return all;
  };
  const auto found = ask(archivist, word).json();
  BOOST_TEST(found["found"] == true);
  BOOST_TEST((codes(found) == std::set<std::string>{"explain.found"}));
  const auto missing = ask(archivist, word + " 没有的词语").json();
  BOOST_TEST(missing["reasons"].dump().find("没有的词语") != std::string::npos);
  BOOST_TEST(codes(ask(archivist, "\"没有的词语\"").json()).contains("explain.part_missing"));
  BOOST_TEST(codes(ask(archivist, "\"没有的词语\"").json()).contains("explain.no_text"));
  BOOST_TEST(codes(ask(archivist, word, "&filter=access_level:public").json()).contains("explain.filter"));
  // Who may not see the record learns nothing of it; an archivist learns what keeps it from somebody.
  auto reader = World::the().as("reader"), staff = World::the().as("staff");
  BOOST_TEST(ask(reader, word).status == 404);
  BOOST_TEST(ask(staff, word, "&viewer=reader").status == 403);
  const auto other = ask(chief, word, "&viewer=reader").json();
  BOOST_TEST(other["found"] == false);
  BOOST_TEST((codes(other) == std::set<std::string>{"explain.not_visible", "explain.no_text"}));
  BOOST_TEST(ask(chief, word, "&viewer=nobody").status == 400);
}

BOOST_AUTO_TEST_CASE(a_filter_cannot_be_used_to_feel_for_what_is_hidden) {
  BOOST_TEST(search_as("reader", "&filter=access_level:restricted")["total"] == 0);
  BOOST_TEST(search_as("staff", "&filter=access_level:restricted")["total"] == 0);
  BOOST_TEST(search_as("archivist", "&filter=access_level:restricted")["total"] == 1);
}

BOOST_AUTO_TEST_CASE(a_page_token_and_a_score_tell_nothing_of_what_is_hidden) {
  auto reader = World::the().as("reader");
  for (int i = 0; i < 2; ++i) archivist.make_item({{"title", word + " 公开"}, {"access_level", "public"}});
  const std::string query = "q=" + word + "&limit=1";
  const auto token = reader.search(query).json()["next_page_token"].get<std::string>();
  const auto again = reader.search(query + "&facet=format").json()["next_page_token"].get<std::string>();
  BOOST_REQUIRE(!token.empty());
  // Sealed: the same numbers look different each time, and are as long whatever they are.
  BOOST_TEST(token != again);
  for (int i = 0; i < 20; ++i) archivist.make_item({{"title", word + " 内部"}, {"access_level", "restricted"}});
  const auto later = reader.search(query).json();
  BOOST_TEST(later["next_page_token"].get<std::string>().size() == token.size());
  BOOST_TEST(later["hits"][0]["score"] == 1.0);
  BOOST_TEST(reader.get("/api/v1/search?" + query + "&page_token=" + token).status == 200);
  auto forged = token;
  forged[forged.size() / 2] = forged[forged.size() / 2] == 'x' ? 'y' : 'x';
  BOOST_TEST(reader.get("/api/v1/search?" + query + "&page_token=" + forged).status == 400);
}

BOOST_AUTO_TEST_CASE(a_restricted_title_is_not_found_through_a_record_that_links_to_it) {
  const auto secret = unique_word(), open = unique_word();
  const auto make_volume = [&](const std::string& title, const char* level) {
    const auto made =
        archivist.post("/api/v1/records/volume", {{"fields", {{"title", title}, {"access_level", level}}}});
    BOOST_REQUIRE_MESSAGE(made.status == 201, made.body);
    return made.json();
  };
  const auto hidden = make_volume(secret, "restricted");
  const auto shown = make_volume(open, "public");
  for (const auto& volume : {hidden, shown}) {
    archivist.make_item({{"title", unique_word()}, {"access_level", "public"}, {"volume", volume["id"]}});
  }
  auto reader = World::the().as("reader");
  BOOST_TEST(reader.search("q=" + secret).json()["total"] == 0);
  BOOST_TEST(reader.search("q=" + open + "&type=item").json()["total"] == 1);
  // Whoever is kept out later is kept out of what links to it as well.
  BOOST_REQUIRE(
      archivist.patch(path_of(shown), {{"fields", {{"access_level", "restricted"}}}}, {{"If-Match", "*"}}).status ==
      200);
  BOOST_TEST(reader.search("q=" + open).json()["total"] == 0);
}

// The searcher has the record as it was when it was last shown, and the old page still holds its place: only the check
// against the store leaves it out.
BOOST_AUTO_TEST_CASE(what_was_withdrawn_is_neither_shown_nor_counted_on_an_old_page) {
  auto reader = World::the().as("reader");
  std::vector<Json> open{items[0]};
  for (int i = 0; i < 3; ++i)
    open.push_back(archivist.make_item({{"title", word + " 公开"}, {"access_level", "public"}}));
  BOOST_TEST(reader.search("q=" + word + "&sort=date").json()["hits"].size() == 4U);
  const std::string query = "q=" + word + "&sort=date&limit=2";
  const auto first = reader.search(query).json();
  std::set<std::string> shown;
  for (const auto& hit : first["hits"]) shown.insert(hit["id"]);
  std::string withdrawn;
  for (const auto& item : open) {
    if (!withdrawn.empty() || shown.contains(item["id"])) continue;
    withdrawn = item["id"];
    BOOST_REQUIRE(
        archivist.patch(path_of(item), {{"fields", {{"access_level", "restricted"}}}}, {{"If-Match", "*"}}).status ==
        200);
  }
  BOOST_REQUIRE(!withdrawn.empty());
  const auto second = reader.search(query + "&page_token=" + first["next_page_token"].get<std::string>());
  BOOST_REQUIRE(second.status == 200);
  BOOST_TEST(second.body.find(withdrawn) == std::string::npos);
  BOOST_TEST(second.json()["total"] == 3);
  BOOST_TEST(second.json()["hits"].size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_secrecy_facet_counts_what_the_caller_may_see) {
  archivist.make_item({{"title", word + " 密"}, {"access_level", "restricted"}, {"secrecy", "internal"}});
  archivist.make_item({{"title", word + " 公"}, {"access_level", "public"}, {"secrecy", "internal"}});
  const auto counts = [&](const std::string& role) {
    const auto facet = search_as(role, "&facet=secrecy")["facets"][0];
    std::uint64_t sum = 0;
    for (const auto& value : facet["values"]) sum += value["count"].get<std::uint64_t>();
    return sum;
  };
  BOOST_TEST(counts("archivist") == 2U);
  BOOST_TEST(counts("reader") == 1U);
}

BOOST_AUTO_TEST_CASE(a_changed_level_changes_who_sees) {
  const auto changed =
      archivist.patch(path_of(items[0]), {{"fields", {{"access_level", "restricted"}}}}, {{"If-Match", "\"1\""}});
  BOOST_REQUIRE(changed.status == 200);
  BOOST_TEST(search_as("reader")["total"] == 0);
  BOOST_TEST(search_as("archivist")["total"] == 3);
}

BOOST_AUTO_TEST_CASE(changes_tell_only_of_what_the_caller_may_see_also_when_it_is_removed) {
  auto admin = World::the().as("chief");
  BOOST_REQUIRE(admin.remove(path_of(items[2]), {{"If-Match", "*"}}).status == 204);
  for (const auto& [role, count] : kSeen) {
    std::set<std::string> ids;
    bool removal = false;
    const auto answer =
        World::the().as(role).get("/api/v1/changes?since=" + std::to_string(before > 40 ? before - 40 : 0));
    BOOST_REQUIRE(answer.status == 200);
    const auto changes = answer.json()["changes"];
    for (const auto& change : changes) {
      ids.insert(change["id"]);
      removal = removal || (change["id"] == items[2]["id"] && change["operation"] == "delete");
    }
    BOOST_TEST_CONTEXT(role) {
      BOOST_TEST(ids.contains(items[0]["id"]));
      BOOST_TEST(ids.contains(items[1]["id"]) == (count >= 2));
      BOOST_TEST(ids.contains(items[2]["id"]) == (count >= 3));
      BOOST_TEST(removal == (count >= 3));
      BOOST_TEST(answer.json()["position"] >= before);
      BOOST_TEST(answer.json()["store"]["epoch"].is_number());
    }
  }
}

BOOST_AUTO_TEST_CASE(whoever_waits_for_changes_is_answered_when_one_comes) {
  auto waiting = World::the().as("archivist");
  const auto position = World::the().position();
  RawClient raw(World::the().server->port());
  raw.send("GET /api/v1/changes?wait=20&since=" + std::to_string(position) +
           " HTTP/1.1\r\nHost: a\r\nAuthorization: " + waiting.standing_["Authorization"] + "\r\n\r\n");
  const auto item = archivist.make_item({{"title", "终于来了"}});
  bool seen = false;
  const auto changes = Json::parse(raw.read_response().body)["changes"];
  for (const auto& change : changes) seen = seen || change["id"] == item["id"];
  BOOST_TEST(seen);
  BOOST_TEST(waiting.get("/api/v1/changes?wait=61").status == 400);
}

BOOST_AUTO_TEST_CASE(an_empty_volume_stands_in_the_tree_for_whoever_may_see_it) {
  const std::string code = "V" + word.substr(1, 6);
  const auto fonds = archivist.post("/api/v1/records/fonds", {{"fields", {{"name", word}, {"code", code}}}});
  BOOST_REQUIRE(fonds.status == 201);
  const auto volume = archivist.post("/api/v1/records/volume", {{"fields",
                                                                 {{"title", "空卷" + word},
                                                                  {"fonds", fonds.json()["id"]},
                                                                  {"class_code", "organ.WS"},
                                                                  {"fiscal_year", 2020},
                                                                  {"access_level", "internal"}}}});
  BOOST_REQUIRE_MESSAGE(volume.status == 201, volume.body);
  search_as("archivist");
  // Fonds, class, year, no retention, then the volume.
  const auto walk = [&](const std::string& role) {
    std::vector<Json> line;
    std::string node = code;
    for (int level = 0; level < 4; ++level) {
      const auto below = World::the().as(role).get("/api/v1/tree?node=" + encoded(node)).json();
      if (below["nodes"].size() != 1) return line;
      line.push_back(below["nodes"][0]);
      node = line.back()["node"];
    }
    return line;
  };
  const auto seen = walk("archivist");
  BOOST_REQUIRE(seen.size() == 4U);
  BOOST_TEST(seen[2]["kind"] == "retention");
  BOOST_TEST(seen[3]["kind"] == "volume");
  BOOST_TEST(seen[3]["label"].get<std::string>().find("空卷" + word) != std::string::npos);
  BOOST_TEST(seen[3]["count"] == 0);
  BOOST_TEST(seen[3]["has_children"] == false);
  BOOST_TEST(seen[3]["record"] == "volume/" + volume.json()["id"].get<std::string>());
  BOOST_TEST(archivist.get("/api/v1/tree?node=" + encoded(seen[3]["node"].get<std::string>())).status == 200);
  BOOST_TEST(walk("reader").empty());
}

BOOST_AUTO_TEST_CASE(the_tree_counts_only_what_the_caller_may_see) {
  const auto fonds =
      archivist.post("/api/v1/records/fonds", {{"fields", {{"name", word}, {"code", "F" + word.substr(1, 6)}}}});
  BOOST_REQUIRE(fonds.status == 201);
  for (const auto& item : items) {
    const auto placed =
        archivist.patch(path_of(item), {{"fields", {{"fonds", fonds.json()["id"]}}}}, {{"If-Match", "\"1\""}});
    BOOST_REQUIRE(placed.status == 200);
  }
  for (const auto& [role, count] : kSeen) {
    search_as(role);
    const auto tree = World::the().as(role).get("/api/v1/tree?limit=1000").json();
    std::size_t found = 0;
    for (const auto& node : tree["nodes"]) {
      if (node["label"].get<std::string>().find(word) == std::string::npos) continue;
      found = node["count"];
      BOOST_TEST(node["kind"] == "fonds");
      BOOST_TEST(node["has_children"] == true);
      const auto below = World::the().as(role).get("/api/v1/tree?node=" + encoded(node["node"].get<std::string>()));
      BOOST_TEST(below.status == 200);
      BOOST_TEST(!below.json()["nodes"].empty());
    }
    BOOST_TEST_CONTEXT(role) BOOST_TEST(found == count);
  }
}

BOOST_AUTO_TEST_CASE(a_place_that_is_not_in_the_tree_is_not_found) {
  for (const auto* node : {"zz", "zz/yy", "a//b", "~", "item/none"}) {
    const auto answer = archivist.get("/api/v1/tree?node=" + encoded(node));
    BOOST_TEST(answer.status == 404, node);
    BOOST_TEST(answer.json()["message_id"] == "tree.unknown_node", node);
  }
  const Json fonds{{"name", "空全宗"}, {"code", "E" + word.substr(1, 6)}};
  BOOST_REQUIRE(archivist.post("/api/v1/records/fonds", {{"fields", fonds}}).status == 201);
  const auto empty = archivist.get("/api/v1/tree?node=" + fonds["code"].get<std::string>());
  BOOST_TEST(empty.status == 200);
  BOOST_TEST(empty.json()["nodes"].empty());
}

BOOST_AUTO_TEST_CASE(what_links_to_a_renamed_record_is_found_by_its_new_name) {
  const auto old_name = "处" + unique_word(), new_name = "部" + unique_word();
  const auto department = archivist.post("/api/v1/records/department", {{"fields", {{"name", old_name}}}}).json();
  const auto item = archivist.make_item({{"title", word}, {"department", department["id"]}});
  BOOST_TEST(archivist.search("type=item&q=" + encoded(old_name)).json()["total"] == 1);
  BOOST_REQUIRE(
      archivist.patch(path_of(department), {{"fields", {{"name", new_name}}}}, {{"If-Match", "\"1\""}}).status == 200);
  const auto found = archivist.search("type=item&q=" + encoded(new_name)).json();
  BOOST_REQUIRE(found["total"] == 1);
  BOOST_TEST(found["hits"][0]["id"] == item["id"]);
  BOOST_TEST(found["hits"][0]["department"] == new_name);
  BOOST_TEST(archivist.search("type=item&q=" + encoded(old_name)).json()["total"] == 0);
}

BOOST_AUTO_TEST_CASE(hits_are_sorted_as_asked) {
  const auto topic = unique_word();
  int number = 0;
  for (const auto* date : {"2020-05-01", "2018-01-01", "2021-12-31"}) {
    archivist.make_item({{"title", topic + " 之" + std::to_string(++number)},
                         {"date", date},
                         {"reference_code", "Z" + topic.substr(0, 3) + "-" + std::to_string(12 - 2 * number)},
                         {"access_level", "public"}});
  }
  const auto order = [&](const std::string& sort) {
    std::string out;
    const auto answer = World::the().as("archivist").search("q=" + encoded(topic) + "&sort=" + sort).json();
    for (const auto& hit : answer["hits"]) out += hit["date"].get<std::string>().substr(2, 2) + " ";
    return out;
  };
  BOOST_TEST(order("date") == "18 20 21 ");
  BOOST_TEST(order("-date") == "21 20 18 ");
  BOOST_TEST(order("code") == "21 18 20 ");  // …-6, …-8, …-10: numbers count, they are not letters
  BOOST_TEST(order("-code") == "20 18 21 ");
}

BOOST_AUTO_TEST_CASE(pages_of_hits_follow_without_gap_or_repeat) {
  for (int i = 0; i < 7; ++i) archivist.make_item({{"title", word + " 又"}, {"access_level", "public"}});
  std::set<std::string> ids;
  std::string token;
  std::size_t shown = 0;
  do {
    const auto page = search_as("archivist", "&limit=4" + (token.empty() ? "" : "&page_token=" + encoded(token)));
    BOOST_TEST(page["total"] == 10);
    shown += page["hits"].size();
    for (const auto& hit : page["hits"]) ids.insert(hit["record"]);
    token = page["next_page_token"];
  } while (!token.empty() && shown < 20);
  BOOST_TEST(shown == 10U);
  BOOST_TEST(ids.size() == 10U);
}

BOOST_AUTO_TEST_CASE(a_hit_says_where_and_shows_the_passage) {
  const auto item = archivist.make_item({{"title", "运动会"}, {"reference_code", ""}, {"date", "2021-03-05"}});
  archivist.add_file(item, "秩序册.txt", "开幕式之后是 " + word + " 比赛。");
  const auto result = search_as("archivist", "&filter=date:2021-03-05");
  BOOST_REQUIRE(result["hits"].size() == 1U);
  const auto hit = result["hits"][0];
  BOOST_TEST(hit["rank"] == 1);
  BOOST_TEST(hit["record"] == "item/" + item["id"].get<std::string>());
  BOOST_TEST(hit["file"]["name"] == "秩序册.txt");
  bool marked = false;
  for (const auto& part : hit["snippet"]) marked = marked || (part["hit"] == true && part["text"] == word);
  BOOST_TEST(marked);
}

BOOST_AUTO_TEST_CASE(what_people_wrote_about_a_file_into_it_is_found) {
  const auto keyword = unique_word();
  archivist.add_file(archivist.make_item({{"title", "有关键词"}}), "a.html",
                     "<html><head><meta name=\"keywords\" content=\"" + keyword + "\"></head><body>正文</body></html>");
  const auto found = archivist.search("q=" + keyword).json();
  BOOST_TEST_REQUIRE(found["total"] == 1);
  BOOST_TEST(found["hits"][0]["title"] == "有关键词");
}

BOOST_AUTO_TEST_CASE(bad_syntax_is_a_hint_for_people_and_an_error_for_programs) {
  const auto hinted = archivist.get("/api/v1/search?q=%22" + word);
  BOOST_TEST(hinted.status == 200);
  BOOST_REQUIRE(!hinted.json()["hints"].empty());
  BOOST_TEST(hinted.json()["hints"][0]["message"].get<std::string>().find("search.") == std::string::npos);
  const auto strict = archivist.get("/api/v1/search?strict=1&q=%22" + word);
  BOOST_TEST(strict.status == 400);
}

BOOST_AUTO_TEST_CASE(parameters_are_checked) {
  for (const char* query :
       {"limit=0", "limit=1001", "limit=x", "sort=size", "filter=nocolon", "filter=:x", "strict=maybe", "filter=a:..",
        "wait=99999999999", "unknown=1", "page_token=garbage", "q=%zz", "q=%ff"}) {
    BOOST_TEST_CONTEXT(query) BOOST_TEST(archivist.get("/api/v1/search?" + std::string(query)).status == 400);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(export_api, Levels)

BOOST_AUTO_TEST_CASE(an_export_holds_what_the_caller_may_see_and_only_for_who_may_export) {
  const auto lines = archivist.get("/api/v1/records/item/export?format=jsonl");
  BOOST_REQUIRE(lines.status == 200);
  BOOST_TEST(lines.header("content-disposition") == "attachment; filename=\"item.jsonl\"");
  for (const auto& item : items) {
    BOOST_TEST(lines.body.find(item["id"].get<std::string>()) != std::string::npos);
  }
  const auto csv = archivist.get("/api/v1/records/item/export?format=csv&labels=1");
  BOOST_TEST(csv.status == 200);
  BOOST_TEST(csv.body.starts_with("\xef\xbb\xbf"));
  BOOST_TEST(csv.body.find("题名") != std::string::npos);
  BOOST_TEST(World::the().as("reader").get("/api/v1/records/item/export").status == 403);
  BOOST_TEST(archivist.get("/api/v1/records/item/export?format=xml").status == 400);
}

BOOST_AUTO_TEST_SUITE_END()
