<?php
use Aws\Sqs\SqsClient;

/**
 * Publishes events to Hookline's publish queue, and returns when all are on it. Each needs an "id" of its own that stays the
 * same: publishing it again has no effect. So after any exception, publish the same events again.
 */
function publish(SqsClient $sqs, string $queueUrl, array $events): void
{
    foreach (array_chunk($events, 10) as $batch) {
        foreach ([0, 200_000, 1_000_000, 5_000_000] as $pause) {
            usleep($pause);
            $entries = [];
            foreach ($batch as $n => $event) {
                $entries[] = ['Id' => (string) $n, 'MessageBody' => json_encode($event, JSON_THROW_ON_ERROR)];
            }
            $answer = $sqs->sendMessageBatch(['QueueUrl' => $queueUrl, 'Entries' => $entries]);
            $left = [];
            foreach ($answer['Failed'] ?? [] as $failure) {
                if ($failure['SenderFault']) {
                    throw new InvalidArgumentException("{$batch[$failure['Id']]['id']}: {$failure['Code']}");
                }
                $left[] = $batch[$failure['Id']];
            }
            if (!($batch = $left)) break;
        }
        if ($batch) throw new RuntimeException('not published: ' . implode(', ', array_column($batch, 'id')));
    }
}
