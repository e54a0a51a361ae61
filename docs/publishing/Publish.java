import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;

/** Publishes events to Hookline's publish queue. */
public final class Publish {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Returns when all events, at most ten, are on the queue. Each needs an "id" of its own that stays the same: publishing it
   * again has no effect. So after any exception, publish the same events again.
   */
  public static void publish(SqsClient sqs, String queueUrl, List<Map<String, Object>> events) throws Exception {
    for (long pause : new long[] {0, 200, 1_000, 5_000}) {
      Thread.sleep(pause);
      var batch = events;
      var entries = new java.util.ArrayList<SendMessageBatchRequestEntry>();
      for (int n = 0; n < batch.size(); n++) {
        var body = JSON.writeValueAsString(batch.get(n));
        entries.add(SendMessageBatchRequestEntry.builder().id("" + n).messageBody(body).build());
      }
      var failed = sqs.sendMessageBatch(request -> request.queueUrl(queueUrl).entries(entries)).failed();
      for (BatchResultErrorEntry failure : failed) {
        if (failure.senderFault())
          throw new IllegalArgumentException(batch.get(Integer.parseInt(failure.id())).get("id") + ": " + failure.message());
      }
      if (failed.isEmpty()) return;
      events = failed.stream().map(failure -> batch.get(Integer.parseInt(failure.id()))).toList();
    }
    throw new IllegalStateException("not published: " + events.stream().map(event -> event.get("id")).toList());
  }
}
