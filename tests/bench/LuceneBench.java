// What Lucene's CJKAnalyzer takes for the same rows and queries, with two indexing threads. Started by lantai-bench:
// java -cp JARS LuceneBench.java ROWS.tsv QUERIES.tsv DIRECTORY WARM_UP. Prints one JSON object, as bench_search does.
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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

  public static void main(String[] arguments) throws Exception {
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
