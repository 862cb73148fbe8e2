// Is it alive, is it ready, how is it doing?
#include <algorithm>

#include "encode.h"
#include "metrics.h"
#include "route.h"

namespace lantai::http {
namespace {

Response healthz(Call&) { return json_response(200, {{"status", "ok"}}); }

// Whoever is not signed in, a proxy or a monitor, learns whether and how far, not what errors say of the machine, nor
// how much the archive holds.
Response readyz(Call& call) {
  const auto told = [&](const std::string& error) {
    return call.caller || error.empty() ? error : std::string("told to those signed in, and in the log");
  };
  auto& app = call.app();
  app.store().read_view();
  const auto& identity = app.store().identity();
  const auto index = app.indexer().status();
  const auto extraction = app.extraction().status();
  const auto sandbox = app.extractor().sandbox();
  const bool ready = index.last_error.empty();
  Json body{{"status", ready ? "ready" : "not ready"},
            {"store", {{"uuid", identity.uuid}, {"epoch", identity.epoch}, {"position", index.feed_position}}},
            {"index",
             {{"position", index.position},
              {"feed_position", index.feed_position},
              {"rebuilding", index.rebuilding},
              {"error", told(index.last_error)}}},
            {"extraction",
             {{"position", extraction.position},
              {"waiting", extraction.waiting},
              {"extracted", extraction.extracted},
              {"failed", extraction.failed},
              {"error", told(extraction.last_error)}}},
            {"sandbox", {{"complete", sandbox.complete}, {"detail", sandbox.detail}}}};
  if (call.caller) body["index"]["documents"] = index.documents;
  auto response = json_response(ready ? 200 : 503, body);
  if (!ready) response.set("Retry-After", "5");
  return response;
}

std::string front_metrics(const FrontFigures& figures) {
  auto one = [](const char* name, const char* kind, const char* help, const std::atomic<std::uint64_t>& value) {
    return Metrics::one(std::string("lantai_http_") + name, kind, help, double(value.load()));
  };
  return one("connections", "gauge", "Open connections.", figures.connections) +
         one("connections_accepted_total", "counter", "Connections accepted.", figures.accepted) +
         one("connections_evicted_total", "counter", "Waiting connections that gave way.", figures.evicted) +
         one("refused_total", "counter", "Requests answered 503 for want of room.", figures.refused) +
         one("timed_out_total", "counter", "Waits that ended in time-out.", figures.timed_out) +
         one("working", "gauge", "Request threads at work.", figures.working) +
         one("queued", "gauge", "Requests waiting for a thread.", figures.queued);
}

Response metrics(Call& call) {
  auto& app = call.app();
  const auto store = app.store().statistics();
  const auto index = app.indexer().status();
  const auto extraction = app.extraction().status();
  Response response;
  response.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  response.body =
      call.context.metrics.text() + front_metrics(*call.context.figures) +
      Metrics::one("lantai_store_commits_total", "counter", "Transactions committed.", double(store.commits)) +
      Metrics::one("lantai_store_batches_total", "counter", "Synced writes.", double(store.batches)) +
      Metrics::one("lantai_store_conflicts_total", "counter", "Transactions run again.", double(store.conflicts)) +
      Metrics::one("lantai_store_blob_bytes", "gauge", "Bytes of stored files.", double(store.blob_bytes)) +
      Metrics::one("lantai_store_pack_bytes", "gauge", "Bytes of pack files.", double(store.pack_bytes)) +
      Metrics::one("lantai_index_documents", "gauge", "Records in the index.", double(index.documents)) +
      Metrics::one("lantai_index_segments", "gauge", "Parts of the index that a search goes through.",
                   double(index.segments)) +
      Metrics::one("lantai_index_lag", "gauge", "Changes not searchable yet.",
                   double(index.feed_position - std::min(index.position, index.feed_position))) +
      Metrics::one("lantai_index_disk_bytes", "gauge", "Size of the index.", double(index.disk_bytes)) +
      Metrics::one("lantai_extraction_waiting", "gauge", "Files to be read.", double(extraction.waiting)) +
      Metrics::one("lantai_extraction_extracted_total", "counter", "Files read.", double(extraction.extracted)) +
      Metrics::one("lantai_extraction_failed_total", "counter", "Files given up.", double(extraction.failed));
  return response;
}

}  // namespace

void add_health_routes(std::vector<Route>& table) {
  table.push_back({.method = "GET",
                   .path = "/healthz",
                   .operation = "healthz",
                   .summary = "The process works",
                   .need = Need::nothing,
                   .answer_schema = "Health",
                   .handle = healthz});
  table.push_back({.method = "GET",
                   .path = "/readyz",
                   .operation = "readyz",
                   .summary = "Requests can be served",
                   .need = Need::nothing,
                   .answer_schema = "Readiness",
                   .handle = readyz});
  table.push_back({.method = "GET",
                   .path = "/metrics",
                   .operation = "metrics",
                   .summary = "Prometheus metrics",
                   .need = Need::operations,
                   .handle = metrics});
}

}  // namespace lantai::http
