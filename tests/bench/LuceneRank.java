// What do Lucene's analyzers for Chinese rank first, with every term optional and BM25 as it comes? Run by ranking.py:
// java … LuceneRank.java cjk|smart DOCUMENTS.tsv QUERIES.tsv RUN.txt DEPTH
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.cjk.CJKAnalyzer;
import org.apache.lucene.analysis.cn.smart.SmartChineseAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.util.QueryBuilder;

public class LuceneRank {
  public static void main(String[] arguments) throws Exception {
    Analyzer analyzer = arguments[0].equals("cjk") ? new CJKAnalyzer() : new SmartChineseAnalyzer();
    var directory = new ByteBuffersDirectory();
    try (IndexWriter writer = new IndexWriter(directory, new IndexWriterConfig(analyzer));
         var rows = Files.lines(Path.of(arguments[1]), StandardCharsets.UTF_8)) {
      for (String row : (Iterable<String>) rows::iterator) {
        String[] cells = row.split("\t", 2);
        Document document = new Document();
        document.add(new StringField("id", cells[0], Field.Store.YES));
        document.add(new TextField("body", cells[1], Field.Store.NO));
        writer.addDocument(document);
      }
    }
    BooleanQuery.setMaxClauseCount(100_000);
    IndexSearcher searcher = new IndexSearcher(DirectoryReader.open(directory));
    try (PrintWriter run = new PrintWriter(arguments[3], StandardCharsets.UTF_8)) {
      for (String row : Files.readAllLines(Path.of(arguments[2]), StandardCharsets.UTF_8)) {
        String[] cells = row.split("\t", 2);
        Query query = new QueryBuilder(analyzer).createBooleanQuery("body", cells[1], BooleanClause.Occur.SHOULD);
        if (query == null) continue;
        int rank = 0;
        for (var hit : searcher.search(query, Integer.parseInt(arguments[4])).scoreDocs)
          run.println(cells[0] + " Q0 " + searcher.doc(hit.doc).get("id") + " " + ++rank + " " + hit.score + " " + arguments[0]);
      }
    }
  }
}
