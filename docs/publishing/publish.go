// Package publish sends events to Hookline's publish queue.
package publish

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// Publish returns when all events, at most ten, are on the queue. Each needs an "id" of its own that stays the same:
// publishing it again has no effect. So after any error, publish the same events again.
func Publish(ctx context.Context, client *sqs.Client, queueURL string, events []map[string]any) error {
	for _, pause := range []time.Duration{0, 200 * time.Millisecond, time.Second, 5 * time.Second} {
		time.Sleep(pause)
		entries := make([]types.SendMessageBatchRequestEntry, len(events))
		for n, event := range events {
			body, err := json.Marshal(event)
			if err != nil {
				return err
			}
			entries[n].Id, entries[n].MessageBody = aws.String(strconv.Itoa(n)), aws.String(string(body))
		}
		answer, err := client.SendMessageBatch(ctx, &sqs.SendMessageBatchInput{QueueUrl: &queueURL, Entries: entries})
		if err != nil || len(answer.Failed) == 0 {
			return err
		}
		var left []map[string]any
		for _, failure := range answer.Failed {
			n, _ := strconv.Atoi(*failure.Id)
			if failure.SenderFault {
				return fmt.Errorf("%v: %s: %s", events[n]["id"], *failure.Code, aws.ToString(failure.Message))
			}
			left = append(left, events[n])
		}
		events = left
	}
	return fmt.Errorf("not published: %v", events)
}
