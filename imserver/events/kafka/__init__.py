"""The only place that speaks to Kafka."""
