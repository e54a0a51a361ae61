require 'aws-sdk-sqs'
require 'json'

# Publishes events to Hookline's publish queue, and returns when all are on it. Each needs an "id" of its own that stays the
# same: publishing it again has no effect. So after any error, publish the same events again.
def publish(queue_url, events, sqs = Aws::SQS::Client.new)
  events.each_slice(10) do |batch|
    [0, 0.2, 1, 5].each do |pause|
      sleep pause
      entries = batch.each_with_index.map { |event, n| { id: n.to_s, message_body: JSON.generate(event) } }
      failed = sqs.send_message_batch(queue_url: queue_url, entries: entries).failed || []
      refused = failed.find(&:sender_fault)
      raise ArgumentError, "#{batch[refused.id.to_i]['id']}: #{refused.code}: #{refused.message}" if refused

      batch = failed.map { |failure| batch[failure.id.to_i] }
      break if batch.empty?
    end
    raise "not published: #{batch.map { |event| event['id'] }}" unless batch.empty?
  end
end
