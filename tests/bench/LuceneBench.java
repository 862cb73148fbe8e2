// What Lucene's CJKAnalyzer takes for the same rows and queries, with two indexing threads. Started by lantai-bench:
// java -cp JARS LuceneBench.java ROWS.tsv QUERIES.tsv DIRECTORY WARM_UP. Prints one JSON object, as bench_search does.
// With PORT in the place of QUERIES.tsv it indexes if there is no index yet and answers GET /search?q="PHRASE" behind the
// JDK's server with the ids of the ten best, until it is killed (bench_http --peer).
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.cjk.CJKAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.QueryBuilder;

public class LuceneBench {
  static final Analyzer ANALYZER = new CJKAnalyzer();

  static double processorSeconds() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime() / 1e9;
  }

  static void index(List<String[]> rows, Path directory) throws Exception {
    IndexWriterConfig config = new IndexWriterConfig(ANALYZER).setRAMBufferSizeMB(256);
    try (IndexWriter writer = new IndexWriter(new MMapDirectory(directory), config)) {
      AtomicInteger next = new AtomicInteger();
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < 2; ++t) {
        Thread thread = new Thread(() -> {
          try {
            for (int i; (i = next.getAndIncrement()) < rows.size();) {
              String[] row = rows.get(i);
              Document document = new Document();
              document.add(new StoredField("id", row[0]));
              document.add(new TextField("title", row[3], Field.Store.NO));
              document.add(new TextField("body", row[4], Field.Store.NO));
              writer.addDocument(document);
            }
          } catch (IOException problem) {
            throw new RuntimeException(problem);
          }
        });
        thread.start();
        threads.add(thread);
      }
      for (Thread thread : threads) thread.join();
      writer.commit();
    }
  }

  static Query phrase(QueryBuilder builder, String text) {
    return new BooleanQuery.Builder().add(builder.createPhraseQuery("title", text), Occur.SHOULD)
        .add(builder.createPhraseQuery("body", text), Occur.SHOULD).build();
  }

  static String spread(String name, List<Double> times, int shown) {
    times.sort(null);
    return String.format(Locale.ROOT, ", \"%s\": {\"p50_ms\": %f, \"p99_ms\": %f, \"asked\": %d, \"shown\": %d}", name,
        times.get(times.size() / 2), times.get(times.size() * 99 / 100), times.size(), shown);
  }

  static void serve(Path directory, int port) throws Exception {
    IndexSearcher searcher = new IndexSearcher(DirectoryReader.open(new MMapDirectory(directory)));
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
    server.setExecutor(Executors.newFixedThreadPool(8));
    server.createContext("/search", exchange -> {
      String asked = URLDecoder.decode(exchange.getRequestURI().getRawQuery().replaceAll(".*q=", ""), StandardCharsets.UTF_8);
      StringBuilder out = new StringBuilder("{\"hits\":[");
      for (ScoreDoc hit : searcher.search(phrase(new QueryBuilder(ANALYZER), asked.replace("\"", "")), 10).scoreDocs)
        out.append(out.length() > 9 ? "," : "").append('"').append(searcher.doc(hit.doc).get("id")).append('"');
      byte[] answer = out.append("]}").toString().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
      exchange.close();
    });
    server.start();
    System.out.println("ready");
    Thread.currentThread().join();
  }

  public static void main(String[] arguments) throws Exception {
    boolean serves = arguments[1].matches("[0-9]+");
    if (serves && DirectoryReader.indexExists(new MMapDirectory(Path.of(arguments[2])))) {
      serve(Path.of(arguments[2]), Integer.parseInt(arguments[1]));
    }
    List<String[]> rows = new ArrayList<>();
    double bytes = 0;
    for (String line : Files.readAllLines(Path.of(arguments[0]))) {
      String[] columns = line.split("\t", -1);
      if (columns.length < 5) continue;
      bytes += columns[3].getBytes("UTF-8").length + columns[4].getBytes("UTF-8").length;
      rows.add(columns);
    }
    Path directory = Path.of(arguments[2]);
    double processor = processorSeconds();
    long start = System.nanoTime();
    index(rows, directory);
    double seconds = (System.nanoTime() - start) / 1e9;
    processor = processorSeconds() - processor;
    StringBuilder out = new StringBuilder(String.format(Locale.ROOT,
        "{\"engine\": \"lucene\", \"documents\": %d, \"text_mb\": %f, \"seconds\": %f, \"processor_seconds\": %f",
        rows.size(), bytes / 1e6, seconds, processor));
    rows = null;
    if (serves) serve(directory, Integer.parseInt(arguments[1]));
    try (DirectoryReader reader = DirectoryReader.open(new MMapDirectory(directory))) {
      IndexSearcher searcher = new IndexSearcher(reader);
      QueryBuilder builder = new QueryBuilder(ANALYZER);
      int warmUp = Integer.parseInt(arguments[3]);
      int asked = 0;
      int[] shown = {0, 0};
      List<List<Double>> times = List.of(new ArrayList<>(), new ArrayList<>());
      for (String line : Files.readAllLines(Path.of(arguments[1]))) {
        String[] phrases = line.split("\t");
        long begin = System.nanoTime();
        BooleanQuery.Builder all = new BooleanQuery.Builder();
        for (String text : phrases) all.add(phrase(builder, text), Occur.MUST);
        int kind = phrases.length - 1;
        shown[kind] += searcher.search(all.build(), 10).scoreDocs.length;
        if (++asked > warmUp) times.get(kind).add((System.nanoTime() - begin) / 1e6);
      }
      out.append(spread("phrase", times.get(0), shown[0])).append(spread("and", times.get(1), shown[1]));
    }
    System.out.println(out.append("}"));
  }
}
