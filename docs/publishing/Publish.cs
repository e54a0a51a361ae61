using System.Text.Json;
using Amazon.SQS;
using Amazon.SQS.Model;

/// <summary>Publishes events to Hookline's publish queue.</summary>
public static class Publisher
{
    /// <summary>
    /// Returns when all events, at most ten, are on the queue. Each needs an "id" of its own that stays the same: publishing it
    /// again has no effect. So after any exception, publish the same events again.
    /// </summary>
    public static async Task PublishAsync(IAmazonSQS sqs, string queueUrl, IReadOnlyList<Dictionary<string, object>> events)
    {
        foreach (var pause in new[] { 0, 200, 1_000, 5_000 })
        {
            await Task.Delay(pause);
            var batch = events;
            var entries = batch.Select((e, n) => new SendMessageBatchRequestEntry(n.ToString(), JsonSerializer.Serialize(e)));
            var answer = await sqs.SendMessageBatchAsync(new SendMessageBatchRequest(queueUrl, entries.ToList()));
            var failed = answer.Failed ?? [];
            var refused = failed.Find(failure => failure.SenderFault == true);
            if (refused is not null)
                throw new ArgumentException($"{batch[int.Parse(refused.Id)]["id"]}: {refused.Code}: {refused.Message}");
            if (failed.Count == 0) return;
            events = failed.Select(failure => batch[int.Parse(failure.Id)]).ToList();
        }
        throw new InvalidOperationException($"not published: {string.Join(", ", events.Select(e => e["id"]))}");
    }
}
